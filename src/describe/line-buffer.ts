import type { Printable, PrintableBytes } from './printable.js';

const FIRST_ROOM = 64 * 1024;
/** Characters of a text that are written at a time: room is made for the most bytes that they can have. */
const PIECE = 64 * 1024;
const SPACE = 0x20;
const ZERO = 0x30;
const LF = 0x0a;
const HEX = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Output in the making, as UTF-8 bytes: captures have millions of lines, and a string for each part of each of them
 * costs more than reading the frame did.
 */
export class LineBuffer {
  private bytes = new Uint8Array(FIRST_ROOM);
  length = 0;

  /** Takes out all that was written. */
  take(): PrintableBytes {
    const taken = this.bytes.slice(0, this.length) as PrintableBytes;
    this.length = 0;
    return taken;
  }

  /** The same as text. */
  takeText(): Printable {
    return decoder.decode(this.take()) as Printable;
  }

  /** Makes room for `count` more bytes; what was written so far comes before them. */
  reserve(count: number): Uint8Array {
    const need = this.length + count;
    if (need > this.bytes.length) {
      const larger = new Uint8Array(Math.max(need, 2 * this.bytes.length));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    return this.bytes;
  }

  /** Any text. */
  text(text: Printable): void {
    let at = 0;
    for (; text.length - at > PIECE; at = pieceEnd(text, at)) this.piece(text.slice(at, pieceEnd(text, at)));
    this.piece(at === 0 ? text : text.slice(at));
  }

  /** Each with a line end: a joined text of many lines would be held once more. */
  lines(lines: readonly Printable[]): void {
    for (const line of lines) {
      this.text(line);
      this.reserve(1)[this.length++] = LF;
    }
  }

  private piece(text: string): void {
    const room = this.reserve(text.length * 3);
    this.length += encoder.encodeInto(text, room.subarray(this.length)).written;
  }

  /** A few bytes as they are. Written one by one: for so few a copy by the engine costs more. */
  raw(bytes: PrintableBytes): void {
    const room = this.reserve(bytes.length);
    let at = this.length;
    for (let i = 0; i < bytes.length; i++) room[at++] = bytes[i]!;
    this.length = at;
  }

  /** Any number of bytes as they are. */
  copy(bytes: PrintableBytes): void {
    this.reserve(bytes.length).set(bytes, this.length);
    this.length += bytes.length;
  }

  blanks(count: number): void {
    const room = this.reserve(Math.max(0, count));
    for (let i = 0; i < count; i++) room[this.length++] = SPACE;
  }

  /** The last `width` digits of a whole number below 2^31, with leading zeros. */
  digits(value: number, width: number): void {
    const room = this.reserve(width);
    let rest = value | 0;
    for (let at = this.length + width - 1; at >= this.length; at--) {
      const next = (rest / 10) | 0;
      room[at] = ZERO + rest - next * 10;
      rest = next;
    }
    this.length += width;
  }

  /** Bytes as hex pairs separated by blanks. */
  hex(bytes: Uint8Array): void {
    const room = this.reserve(bytes.length * 3);
    let at = this.length;
    for (let i = 0; i < bytes.length; i++) {
      if (i > 0) room[at++] = SPACE;
      room[at++] = HEX[bytes[i]! >> 4]!;
      room[at++] = HEX[bytes[i]! & 15]!;
    }
    this.length = at;
  }

  /** Ends the line, without the blanks at its end. */
  endLine(): void {
    const room = this.reserve(1);
    while (this.length > 0 && room[this.length - 1] === SPACE) this.length--;
    room[this.length++] = LF;
  }
}

/** Where the piece that begins at `at` ends: between two characters, also where one has two code units. */
function pieceEnd(text: string, at: number): number {
  const end = at + PIECE;
  return (text.charCodeAt(end - 1) & 0xfc00) === 0xd800 ? end - 1 : end;
}

/** Text as the bytes that `raw` takes. */
export function rawText(text: Printable): PrintableBytes {
  return encoder.encode(text) as PrintableBytes;
}

/** Room for bytes that are copied from where they may be printed already. */
export function printableRoom(length: number): PrintableBytes {
  return new Uint8Array(length) as PrintableBytes;
}
