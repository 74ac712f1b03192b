import { looksLikeFrames } from '../../codec/resync/plausible.js';
import { startsLikeHead } from '../../codec/http1/head-start.js';
import type { LiteralLine } from './literal-line.js';
import { LONGEST_SEARCHED } from './lines.js';
import { spelled } from './spelled.js';

const DAY = String.raw`(?:19|20)\d\d[-/](?:0[1-9]|1[0-2])[-/](?:0[1-9]|[12]\d|3[01])`;
const CLOCK = String.raw`(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,:](?:\d{9}|\d{6}|\d{3}))?)?`;
/** `20240501`, `20240501 120001`. */
const COMPACT = String.raw`(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[ _-]?(?:[01]\d|2[0-3])[0-5]\d[0-5]\d(?:\d{3})?)?`;
/** Seconds since the epoch from 2001 to 2033, or thousandths, millionths, billionths of them. */
const EPOCH = String.raw`1\d{9}(?:\d{9}|\d{6}|\d{3})?`;
/** A time whose characters are all those of plain hex, and plain hex after it. */
const TIMED = new RegExp(
  `^\\s*(?:${DAY}(?:[ ,_-]{1,2}${CLOCK})?|${CLOCK}|${COMPACT}|${EPOCH})(?:\\s*[,;]\\s*|\\s?[:-]\\s+|\\s+)(?=(?:0[xX])?[0-9a-fA-F]{2})([\\s0-9a-fA-FxX,:;-]+)$`,
);
const LEAST_OF_HEAD = 4;
const PROBLEM = 'the line begins with what looks like a time, and what follows it is no whole frame: remove the time';

/** A head, or whole frames. */
function areWhole(text: string): boolean {
  const { bytes, problem } = spelled(text);
  if (problem !== undefined) return false;
  const all = Uint8Array.from(bytes);
  // Rather the first offset of a dump.
  if (all[0] === 0 && all[1] === 0) return false;
  return looksLikeFrames(all, Infinity) || (all.length >= LEAST_OF_HEAD && startsLikeHead(all) !== 'no');
}

/**
 * The bytes of a line that is a time and hex digits: those after the time, where they alone are whole; a problem
 * otherwise, as the digits of the time may be bytes as well. Undefined: the line is none such, or whole frames with the
 * digits of the time.
 */
export function timedHex(line: string): LiteralLine | undefined {
  const rest = line.length > LONGEST_SEARCHED ? undefined : TIMED.exec(line)?.[1];
  if (rest === undefined) return undefined;
  const isWhole = areWhole(line);
  if (areWhole(rest) && !isWhole) return { bytes: spelled(rest).bytes, speaker: undefined, notices: [] };
  return isWhole && !areWhole(rest) ? undefined : { problem: PROBLEM, at: line.length - line.trimStart().length };
}

/** What looks like an offset at `at` is a time, as it begins the line and whole frames follow it. */
export function isTimed(line: string, at: number): boolean {
  const timed = line.slice(0, at).trim() === '' ? timedHex(line) : undefined;
  return timed !== undefined && 'bytes' in timed;
}

/** The first line of `text` that is neither blank nor a comment begins with a time. */
export function beginsWithTime(text: string): boolean {
  const first = text
    .replace(/^\xef\xbb\xbf/, '')
    .split('\n')
    .find((line) => !/^\s*(?:$|#|\/\/)/.test(line));
  return first !== undefined && timedHex(first.replace(/\r$/, '')) !== undefined;
}

/** What is wrong with text that begins so, where no line of it can be read. */
export const TIME_PROBLEM = { message: PROBLEM, offset: 0, line: 1, column: 1 };
