import { BASE64_ALPHABET } from '../../codec/bytes/base64.js';
import { Events } from '../text/events.js';
import { isBlank, Place, showChar, WideChar } from '../text/place.js';
import type { Source, SourceEvent } from '../bytes/types.js';

const BLANK = 64;
const PAD = 65;
const OTHER = 66;

/** For each byte its 6 bits, or its part in the text; `-` and `_` stand for `+` and `/` (RFC 4648 §5). */
const CLASS = buildTable();

function buildTable(): Uint8Array {
  const table = new Uint8Array(256).fill(OTHER);
  for (const blank of ' \t\r\n\v\f"\'') table[blank.charCodeAt(0)] = BLANK;
  for (let value = 0; value < 64; value++) table[BASE64_ALPHABET.charCodeAt(value)] = value;
  table[0x2d] = 62;
  table[0x5f] = 63;
  table[0x3d] = PAD;
  return table;
}

/**
 * Reads Base64 (RFC 4648 §4 and §5, mixed as they come), with blanks and quotes anywhere and padding or none. After
 * padding another text may begin. `bytes` events; a problem has line and column.
 */
export class Base64Source implements Source {
  readonly kind = 'Base64';
  private readonly events = new Events();
  private readonly place = new Place();
  private readonly wide = new WideChar();
  private offset = 0;
  /** Bits of the current group of four characters, and how many characters and padding signs it has. */
  private bits = 0;
  private count = 0;
  private pads = 0;

  push(chunk: Uint8Array): SourceEvent[] {
    const { events } = this;
    if (events.failed) return [];
    const out = events.reserve(((chunk.length * 3) >> 2) + 3);
    let at = 0;
    while (at < chunk.length && !events.failed) {
      if (this.count === 0 && !this.wide.open) at = group(chunk, at, out, events);
      if (at < chunk.length) this.take(chunk[at]!, this.offset + at);
      at++;
    }
    this.offset += chunk.length;
    return events.take();
  }

  end(): SourceEvent[] {
    const { events } = this;
    if (events.failed) return [];
    if (this.count === 1) this.fail(this.offset, 'the Base64 text is cut short: a single character is left over');
    else if (this.pads > 0 && this.pads + this.count < 4)
      this.fail(this.offset, 'the Base64 padding is cut short: a = is missing');
    else this.finish();
    const last = events.take();
    events.failed = true;
    return last;
  }

  private take(byte: number, offset: number): void {
    const value = CLASS[byte]!;
    if (this.wide.open || byte >= 0x80) return this.beyondAscii(byte, offset);
    if (value < 64) this.character(value, offset);
    else if (value === PAD) this.pad(offset);
    else if (value === OTHER) this.fail(offset, `${showChar(byte)} is not a Base64 character`);
    else if (byte === 0x0a) this.place.newline(offset + 1);
  }

  private character(value: number, offset: number): void {
    if (this.pads > 0) return this.fail(offset, 'a Base64 character follows the padding of an unfinished group');
    this.bits = (this.bits << 6) | value;
    if (++this.count === 4) this.finish();
  }

  private pad(offset: number): void {
    this.pads++;
    if (this.count < 2) this.fail(offset, "'=' is in the place of a Base64 character");
    else if (this.count + this.pads === 4) this.finish();
  }

  /** Gives the bytes of a group: one less than it has characters. */
  private finish(): void {
    const bits = this.bits << (6 * (4 - this.count));
    for (let index = 0; index < this.count - 1; index++) this.events.byte((bits >> (16 - 8 * index)) & 0xff);
    this.bits = this.count = this.pads = 0;
  }

  private beyondAscii(byte: number, offset: number): void {
    const code = this.wide.feed(byte, offset);
    if (code < 0) return;
    if (code !== 0xfffd && isBlank(code)) this.place.continued(offset - this.wide.start);
    else this.fail(this.wide.start, `${showChar(code)} is not a Base64 character`);
  }

  private fail(offset: number, message: string): void {
    this.events.fail(this.place.problem(offset, message));
  }
}

/** Writes adjacent whole groups; gives the index after them. */
function group(chunk: Uint8Array, from: number, out: Uint8Array, events: Events): number {
  let at = from;
  let to = events.length;
  for (; at + 4 <= chunk.length; at += 4) {
    const a = CLASS[chunk[at]!]!;
    const b = CLASS[chunk[at + 1]!]!;
    const c = CLASS[chunk[at + 2]!]!;
    const d = CLASS[chunk[at + 3]!]!;
    if ((a | b | c | d) > 63) break;
    out[to] = (a << 2) | (b >> 4);
    out[to + 1] = ((b & 15) << 4) | (c >> 2);
    out[to + 2] = ((c & 3) << 6) | d;
    to += 3;
  }
  events.length = to;
  return at;
}
