import { turnedRound } from './form.js';
import { latin1Bytes } from '../text/spelled.js';

/** Bytes in a line that may have the same bytes as characters after them. */
export interface ShownRow {
  /** Bytes of each word. */
  readonly size: number;
  /** The bytes as printed, as many as can be; where each word's last ends. */
  readonly bytes: readonly number[];
  readonly ends: readonly { readonly count: number; readonly at: number }[];
  readonly line: string;
}

/** Order of the bytes within a word: as they stand, or the last one first (little-endian). */
export type ByteOrder = 'as-printed' | 'swapped';

/** What stands for no byte that can't be printed. Of words a blank stands for none: one too many would turn them round. */
const BLANKS_TOO = /[0-9A-Za-z]/;
const NO_BLANKS = /[0-9A-Za-z ]/;

/** How many of the row's bytes its characters show; undefined where they show no number of them, or more than one. */
export function fittingLength(row: ShownRow): number | undefined {
  const fitting = row.ends.filter(({ count }) => fits(row, count) !== undefined);
  // An empty end fits nothing; where digits could be characters as well, the longest run of characters counts.
  return fitting.length === 1 ? fitting[0]!.count : undefined;
}

/** Whether the row holds `count` bytes and shows them as characters: in which order they are then, which may be either. */
export function fits(row: ShownRow, count: number): ByteOrder | 'either' | undefined {
  const end = row.ends.find((one) => one.count === count);
  if (end === undefined) return undefined;
  const rest = row.line.slice(end.at);
  if (rest.trim() === '') return undefined;
  const printed = row.bytes.slice(0, count);
  if (row.size === 1) return isShown(rest, printed, BLANKS_TOO) ? 'as-printed' : undefined;
  const isSwapped = isShown(rest, turnedRound(printed, row.size), NO_BLANKS);
  if (isShown(rest, printed, NO_BLANKS)) return isSwapped ? 'either' : 'as-printed';
  return isSwapped ? 'swapped' : undefined;
}

const PANELS = /^[\s|]*\|(.{8})\|(.{8})\|\s*$/;
/** Without blanks around it. */
const FRAMED = /^(?:\|(.*?)\|?|>(.*)<|\[(.*)\]|\*(.*)\*|'(.*)'|"(.*)")$/;

/** Blanks before the characters. */
const LEAST_GAP = 2;

/** Whether `rest` shows all of `bytes`, and no blank before the first character stands for a byte that is none. */
export function showsExactly(rest: string, bytes: readonly number[]): boolean {
  const blanks = Math.max(
    0,
    bytes.findIndex((byte) => byte !== 0x20),
  );
  const lead = /^[\s|]*/.exec(rest)![0].length - blanks;
  return lead >= (blanks > 0 ? LEAST_GAP : 1) && isShown(rest, bytes, BLANKS_TOO, lead);
}

/** `leastLead`: blanks and bars that come before the characters at least. */
function isShown(rest: string, bytes: readonly number[], wrong: RegExp, leastLead = 1): boolean {
  const text = /[\x80-\xff]/.test(rest) ? new TextDecoder().decode(latin1Bytes(rest)) : rest;
  const framed = FRAMED.exec(text.trim());
  const inner = framed?.slice(1).find((one) => one !== undefined);
  if (inner !== undefined && shows(inner, bytes, wrong)) return true;
  const lead = /^[\s|]*/.exec(text)![0].length;
  for (let at = lead; at >= leastLead; at--) if (shows(text.slice(at), bytes, wrong)) return true;
  // Two panels of eight.
  const panels = PANELS.exec(text);
  return panels !== null && shows(panels[1]! + panels[2]!.trimEnd(), bytes, wrong);
}

/** Printable characters as they are, anything but a letter or a digit for the others; blanks at the end may be lost, or be too many. */
function shows(ascii: string, bytes: readonly number[], wrong: RegExp): boolean {
  const trimmed = ascii.trimEnd();
  const chars = [...trimmed];
  if (chars.length > bytes.length) return false;
  const all = [...ascii];
  for (const [index, byte] of bytes.entries()) {
    const char = all[index] ?? ' ';
    if (
      byte >= 0x20 && byte < 0x7f
        ? char !== String.fromCharCode(byte) && !(char === '.' && byte < 0x21)
        : wrong.test(char)
    )
      return false;
  }
  return chars.length > 0 && chars.length >= lastShown(bytes);
}

/** Blanks at the end may be lost, everything else is there. */
function lastShown(bytes: readonly number[]): number {
  let length = bytes.length;
  while (length > 0 && (bytes[length - 1] === 0x20 || bytes[length - 1] === 0)) length--;
  return length;
}
