import type { Events } from '../text/events.js';
import { failInLine, type Line } from '../text/lines.js';
import { showChar } from '../text/place.js';

/** A reader of one form of dump, given one line after the other. It writes to the events that it was made with. */
export interface DumpForm {
  /** What it is called, where that shows only as it is read. */
  readonly kind?: string;
  line(line: Line): void;
  /** No line follows. */
  end(): void;
}

/** What is wrong with a line, and at which character. */
export interface RowFault {
  readonly problem: string;
  readonly at: number;
}

/** A word, and the character of its line that it begins at. */
interface Token {
  readonly text: string;
  readonly at: number;
}

/** The blank-separated words of `text` from `from` to `to`. */
export function tokens(text: string, from: number, to: number): Token[] {
  const found: Token[] = [];
  let at = from;
  while (at < to) {
    if (text.charCodeAt(at) === 0x20) {
      at++;
      continue;
    }
    let end = text.indexOf(' ', at);
    if (end < 0 || end > to) end = to;
    found.push({ text: text.slice(at, end), at });
    at = end;
  }
  return found;
}

/** The end of the hex digits that begin at `from`: the first blank that is not followed by a single word. `after8` allows one wider gap after eight words. */
export function areaEnd(text: string, from: number, after8 = false): number {
  let at = from;
  for (let words = 1; ; words++) {
    const gap = text.indexOf(' ', at);
    if (gap < 0) return text.length;
    const wide = text.charCodeAt(gap + 1) === 0x20;
    if (gap + 1 >= text.length || (wide && !(after8 && words === 8 && isHex(text, gap + 2)))) return gap;
    at = wide ? gap + 2 : gap + 1;
  }
}

const DIGITS = Array.from({ length: 256 }, (_, code) => {
  const value = parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? -1 : value;
});

const digitAt = (text: string, at: number): number => DIGITS[text.charCodeAt(at)] ?? -1;
const isHex = (text: string, at: number): boolean => digitAt(text, at) >= 0;

/** The first of the words between `from` and `to` that is not of pairs of hex digits. */
export function wrongDigit(text: string, from: number, to: number): RowFault | undefined {
  for (const token of tokens(text, from, to)) {
    for (let index = 0; index < token.text.length; index += 2) {
      const at = token.at + index;
      if (!isHex(text, at)) return { problem: `${showChar(text.charCodeAt(at))} is not a hex digit`, at };
      if (index + 1 === token.text.length)
        return { problem: `the hex digit ${showChar(text.charCodeAt(at))} has no second one`, at };
      if (!isHex(text, at + 1))
        return { problem: `${showChar(text.charCodeAt(at + 1))} is not a hex digit`, at: at + 1 };
    }
  }
  return undefined;
}

/** The bytes of all words between `from` and `to`, or undefined after a problem. */
export function areaBytes(events: Events, line: Line, from: number, to: number): number[] | undefined {
  const { text } = line;
  const bytes: number[] = [];
  for (let at = from; at < to;) {
    const code = text.charCodeAt(at);
    if (code === 0x20) {
      at++;
      continue;
    }
    const high = DIGITS[code] ?? -1;
    const low = at + 1 < to ? digitAt(text, at + 1) : -1;
    if (high < 0 || low < 0) {
      const { problem, at: wrong } = wrongDigit(text, from, to)!;
      return void failInLine(events, line, wrong, problem);
    }
    bytes.push((high << 4) | low);
    at += 2;
  }
  return bytes;
}

/** The same bytes with each word of `size` turned round. */
export function turnedRound(bytes: readonly number[], size: number): number[] {
  const turned: number[] = [];
  for (let start = 0; start < bytes.length; start += size) {
    for (let at = Math.min(start + size, bytes.length) - 1; at >= start; at--) turned.push(bytes[at]!);
  }
  return turned;
}
