import { latin1 } from '../../codec/http1/text.js';

/** The value of each character that is a hex digit; 16 for every other. */
const DIGITS = Uint8Array.from({ length: 256 }, (_, code) => {
  const value = parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? 16 : value;
});
const DOT = 0x2e;
/** Layouts that no other row had: after this number in a row, none is looked for. */
const MOST_FAILURES = 64;

/** A row that was read, and what was found in it. */
export interface ReadRow {
  readonly text: string;
  /** Digits of the offset, and where they begin. */
  readonly digits: string;
  readonly at: number;
  readonly radix: number;
  /** In the order in which they are printed. */
  readonly printed: ArrayLike<number>;
  /** Bytes of a word whose last byte is printed first; 1 where they are in order. */
  readonly turned: number;
}

/** Where each part of a row stands. */
interface ColumnLayout {
  readonly length: number;
  readonly at: number;
  readonly end: number;
  readonly radix: number;
  /** Of the first digit of each byte. */
  readonly places: readonly number[];
  /** Of the first character of the bytes shown as characters; -1 without such. */
  readonly ascii: number;
  /** Characters that belong to none of them: index and code, one after the other. */
  readonly fixed: readonly number[];
}

/**
 * Reads rows by the columns of one that was read before: offset, bytes and characters at the same places, everything
 * between them the same. What does not fit is left to whoever can read any row.
 */
export class Columns {
  /** The bytes of the last row that fitted; overwritten by the next one. */
  bytes = new Uint8Array(0);
  private layout: ColumnLayout | undefined;
  private failures = 0;

  /** Takes the layout of `row`, if it is certain. */
  learn(row: ReadRow): void {
    this.layout = ++this.failures > MOST_FAILURES ? undefined : layoutOf(row);
    if (this.layout !== undefined) this.bytes = new Uint8Array(this.layout.places.length);
  }

  forget(): void {
    this.layout = undefined;
  }

  /** Whether `text` is a row in this layout, at this offset; `bytes` are those of it. */
  read(text: string, offset: number): boolean {
    const { layout, bytes } = this;
    if (layout === undefined || text.length !== layout.length) return false;
    const { at, end, radix, places, ascii, fixed } = layout;
    let value = 0;
    for (let index = at; index < end; index++) {
      const digit = DIGITS[text.charCodeAt(index)]!;
      if (digit >= radix) return false;
      value = value * radix + digit;
    }
    if (value !== offset) return false;
    for (let index = 0; index < fixed.length; index += 2)
      if (text.charCodeAt(fixed[index]!) !== fixed[index + 1]!) return false;
    for (let index = 0; index < places.length; index++) {
      const place = places[index]!;
      const high = DIGITS[text.charCodeAt(place)]!;
      const low = DIGITS[text.charCodeAt(place + 1)]!;
      if ((high | low) > 15) return false;
      const byte = (high << 4) | low;
      if (ascii >= 0 && text.charCodeAt(ascii + index) !== shown(byte)) return false;
      bytes[index] = byte;
    }
    this.failures = 0;
    return true;
  }
}

const shown = (byte: number): number => (byte >= 0x20 && byte < 0x7f ? byte : DOT);

function layoutOf({ text, digits, at, radix, printed, turned }: ReadRow): ColumnLayout | undefined {
  const end = at + digits.length;
  // Numbers beyond 48 bits can't be counted with.
  if (digits.length > 12 || printed.length % turned !== 0) return undefined;
  const places: number[] = [];
  let from = end;
  for (let index = 0; index < printed.length; index++) {
    while (from < text.length && DIGITS[text.charCodeAt(from)]! > 15) from++;
    if (parseInt(text.slice(from, from + 2), 16) !== printed[index]) return undefined;
    places.push(from);
    from += 2;
  }
  const ordered = places.map((_, index) => places[index - (index % turned) + turned - 1 - (index % turned)]!);
  const bytes = ordered.map((place) => parseInt(text.slice(place, place + 2), 16));
  const ascii = asciiAt(text, from, bytes);
  if (ascii === undefined) return undefined;
  const taken = new Set(places.flatMap((place) => [place, place + 1]));
  const fixed: number[] = [];
  for (let index = 0; index < text.length; index++) {
    const isOwn = (index >= at && index < end) || (ascii >= 0 && index >= ascii && index < ascii + bytes.length);
    if (!isOwn && !taken.has(index)) fixed.push(index, text.charCodeAt(index));
  }
  return { length: text.length, at, end, radix, places: ordered, ascii, fixed };
}

/** -1 where nothing follows the bytes; undefined where something else does. */
function asciiAt(text: string, from: number, bytes: readonly number[]): number | undefined {
  if (text.slice(from).trim() === '') return -1;
  const found = text.indexOf(latin1(Uint8Array.from(bytes, shown)), from + 1);
  return found < 0 ? undefined : found;
}
