import type { LineWatch } from './line-watch.js';
import { failAt, type HexContext, type HexMode, Strays } from './mode.js';
import { showChar } from '../text/place.js';

const LF = 0x0a;
const BLANK = 16;
const LINE = 17;
const OTHER = 18;

const HASH = 0x23;
const AFTER_DIGITS =
  'a # directly after digits may be the radix of a number as well as a comment: leave a blank before it';

/** For each byte the value of the hex digit that it is, or its part in the spelling. */
const CLASS = buildTable();

function buildTable(): Uint8Array {
  const table = new Uint8Array(256).fill(OTHER);
  for (const blank of ' \t\r\v\f,:;-') table[blank.charCodeAt(0)] = BLANK;
  for (let digit = 0; digit < 16; digit++) {
    const lower = digit.toString(16).charCodeAt(0);
    table[lower] = digit;
    if (digit > 9) table[lower - 0x20] = digit;
  }
  table[LF] = LINE;
  return table;
}

/**
 * Hex digits, two a byte, with blanks, commas, colons, semicolons and hyphens between bytes and `0x` before any group:
 * `8187`, `81 87`, `81:87`, `0x81,0xe` (one digit is a byte only after `0x`).
 */
export class PlainHex implements HexMode {
  /** The first digit of a pair whose second is still to come, or -1. */
  private high = -1;
  /** Offset of that digit. */
  private highAt = 0;
  /** Digits of the current group, `0x` not counted. */
  private digits = 0;
  private prefixed = false;
  /** The watch wants to know more of the line's groups. */
  private isWatched: boolean;
  private readonly strays: Strays;

  /** `closer` is the byte that ends the digits (a quote, `>`), where there is one; `behind` reads on from there. */
  constructor(
    private readonly context: HexContext,
    private readonly closer = -1,
    private readonly behind?: () => HexMode,
    /** Follows the lines. */
    private readonly watch?: LineWatch,
  ) {
    this.isWatched = watch !== undefined;
    this.strays = new Strays(context, 'a hex digit');
  }

  read(chunk: Uint8Array, from: number, base: number): number {
    const { events } = this.context;
    let out = events.reserve(((chunk.length - from) >> 1) + 2);
    const last = chunk.length - 1;
    let at = from;
    this.watch?.enter(chunk, from, base);
    while (at <= last && !events.failed) {
      if (this.high < 0 && !this.strays.open) {
        let to = events.length;
        const start = at;
        while (at < last) {
          const high = CLASS[chunk[at]!]!;
          const low = CLASS[chunk[at + 1]!]!;
          if ((high | low) > 15) break;
          out[to++] = (high << 4) | low;
          at += 2;
        }
        events.length = to;
        this.digits += at - start;
        if (at > last) break;
      }
      const byte = chunk[at]!;
      this.slow(byte, base + at);
      if (events.buffer !== out) out = events.reserve(((chunk.length - at) >> 1) + 2);
      at++;
      if (byte === this.closer && this.high < 0 && !this.strays.open && this.closed()) break;
    }
    return at;
  }

  end(offset: number): void {
    this.tell(LF);
    this.lineEnds(offset);
    this.strays.end(offset);
    if (this.closer >= 0) failAt(this.context, offset, `the input ends before the closing ${showChar(this.closer)}`);
  }

  /** A byte that is not the first digit of an adjacent pair. */
  private slow(byte: number, offset: number): void {
    if (this.strays.open) {
      if (byte === LF) this.lineEnds(offset);
      return this.strays.feed(byte, offset);
    }
    const value = CLASS[byte]!;
    if (value < 16) return this.digit(value, offset);
    if ((byte | 0x20) === 0x78 && this.high === 0 && this.digits === 1) {
      this.high = -1;
      this.digits = 0;
      this.prefixed = true;
      return;
    }
    if (value === OTHER && byte !== this.closer && isWrong(byte)) return this.strays.feed(byte, offset);
    if (byte === HASH && this.digits > 0) return failAt(this.context, offset, AFTER_DIGITS);
    if (this.isWatched) this.tell(byte);
    else this.endGroup();
    if (value === LINE) {
      this.lineEnds(offset);
      this.context.place.newline(offset + 1);
    } else if (value === OTHER && byte !== this.closer) this.strays.feed(byte, offset);
  }

  /** A group ends before `byte`: the watch gets it. */
  private tell(byte: number): void {
    const { digits } = this;
    this.endGroup();
    this.isWatched = this.watch?.separator(byte, digits) === true;
  }

  private lineEnds(offset: number): void {
    this.watch?.end(offset);
    this.isWatched = this.watch !== undefined;
  }

  private digit(value: number, offset: number): void {
    this.digits++;
    if (this.high < 0) {
      this.high = value;
      this.highAt = offset;
    } else {
      this.context.events.byte((this.high << 4) | value);
      this.high = -1;
    }
  }

  private endGroup(): void {
    if (this.prefixed && this.digits === 1) this.context.events.byte(this.high);
    else if (this.high >= 0) {
      const where = this.digits === 1 ? 'it is alone' : `there are ${this.digits} in a row`;
      failAt(this.context, this.highAt, `the hex digit ${showChar(hexDigit(this.high))} has no second one: ${where}`);
    } else if (this.prefixed && this.digits === 0) failAt(this.context, this.highAt + 1, 'no hex digit follows 0x');
    this.high = -1;
    this.digits = 0;
    this.prefixed = false;
  }

  private closed(): boolean {
    if (this.behind === undefined || this.context.events.failed) return false;
    this.context.become(this.behind());
    return true;
  }
}

const hexDigit = (value: number): number => value.toString(16).charCodeAt(0);
/** Neither the beginning of a comment, of dots or of a character beyond ASCII, nor a backslash that may join two lines. */
const isWrong = (byte: number): boolean =>
  byte < 0x80 && byte !== 0x23 && byte !== 0x2e && byte !== 0x2f && byte !== 0x5c;
