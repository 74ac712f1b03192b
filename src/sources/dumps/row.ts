import type { Line } from '../text/lines.js';

/** Order of the bytes within a word: as they stand, or the last one first (little-endian). */
export type ByteOrder = 'as-printed' | 'swapped';

/** The bytes of one line of a dump with offsets. */
export interface Row {
  readonly offset: string;
  readonly asPrinted: readonly number[];
  /** The same with each word turned round; undefined where a word is a single byte. */
  readonly swapped?: readonly number[];
  /** The byte order that the line proves, by its ASCII column or the place of a short word; `never` where no line will. */
  readonly proof?: ByteOrder | 'never' | undefined;
  /** Bytes of a word. */
  readonly size: number;
}

/** What there is to know about dumps of one family. */
export interface RowFamily {
  /** The possible radices of the offsets, by the first row's line; the likeliest first. */
  radices(line: Line, offset: string): readonly number[];
  /** The row of a line that begins with an offset; undefined after a problem was reported. */
  parse(line: Line): Row | undefined;
  /** A line that begins a row of this family. */
  readonly begins: RegExp;
  /** Whether zeros pad the last word, so that the offset after it shows the true length. */
  readonly pads: boolean;
  /** The order to go by where no line proved one, and what to say then. */
  unproven(size: number): { readonly order: ByteOrder; readonly notice: string } | { readonly problem: string };
}

/** Whether an ASCII column shows `bytes`: printable ones as they are, others as a dot. Blanks at its end may be lost. */
export function shows(ascii: string, bytes: readonly number[]): boolean {
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]!;
    const shown = index < ascii.length ? ascii.charCodeAt(index) : 0x20;
    if (shown !== (byte >= 0x20 && byte < 0x7f ? byte : 0x2e)) return false;
  }
  return true;
}

/** The order that an ASCII column proves; undefined where it shows both, or neither. */
export function provenOrder(
  ascii: string,
  asPrinted: readonly number[],
  swapped: readonly number[],
): ByteOrder | undefined {
  const first = shows(ascii, asPrinted);
  return first === shows(ascii, swapped) ? undefined : first ? 'as-printed' : 'swapped';
}
