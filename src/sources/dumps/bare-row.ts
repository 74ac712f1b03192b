import { fittingLength, showsExactly } from './characters.js';
import { withBars, wordsOf } from './offset-row.js';
import { looksLikeWebSocket } from '../../codec/resync/plausible.js';
import { LONGEST_SEARCHED } from '../text/lines.js';
import { isPayload } from '../text/shown-payload.js';

/** Bytes of a row without an offset, and the column of the first. */
export interface BareRow {
  readonly bytes: readonly number[];
  readonly at: number;
}

/** What a log writes before the first byte of a row. */
const LONGEST_LABEL = 128;
/** Fewer bytes after a label are a row only below another. */
const LEAST_BYTES = 4;
const FIRST_BYTE = /(?<=\s)[0-9a-fA-F]{2}(?=\s)/g;
const LEAD = /^[\s|*>]*/;
/** Between the bytes and the characters. */
const GAP = /^(?:\s{2}|\t|\s?\|)/;

/**
 * The bytes of a line that has no offset, where the same bytes, or the payload of the frame that they begin, stand as
 * characters after them. `column`: where those of the row before began.
 */
export function bareRow(line: string, column: number): BareRow | undefined {
  const text = withBars(line.slice(0, LONGEST_SEARCHED));
  const lead = LEAD.exec(text)![0].length;
  for (let run = runAt(text, lead) ?? nextRun(text, lead); run !== undefined; run = nextRun(text, run.end)) {
    const row = rowOf(text, run, column);
    if (row !== undefined && (row.at === lead || row.bytes.length >= LEAST_BYTES || row.at === column)) return row;
  }
  return undefined;
}

/** Bytes next to each other: where they begin and end in the line. */
interface Run extends BareRow {
  readonly end: number;
}

function runAt(text: string, at: number): Run | undefined {
  const area = wordsOf(text, at);
  if (area === undefined || area.size > 1 || area.isPrefixed) return undefined;
  return { bytes: area.bytes, at, end: area.ends.at(-1)!.at };
}

function nextRun(text: string, from: number): Run | undefined {
  const at = firstByte(text, from);
  return at === undefined ? undefined : runAt(text, at);
}

function firstByte(text: string, from: number): number | undefined {
  FIRST_BYTE.lastIndex = from;
  const at = FIRST_BYTE.exec(text)?.index ?? LONGEST_LABEL;
  return at < LONGEST_LABEL ? at : undefined;
}

/**
 * A number may come before the bytes (`TX 07 81 05 …`): it is none of them only where the bytes were in that column
 * before, or where the characters show exactly what begins a frame after it, and it begins none itself.
 */
function rowOf(text: string, run: Run, column: number): BareRow | undefined {
  const whole = shownFrom(text, run.at) ?? withPayload(text, run);
  const isBeginning = begins(run.bytes);
  if (whole !== undefined && (isBeginning || run.at === column || isExact(text, whole))) return whole;
  for (let at = firstByte(text, run.at + 1); at !== undefined && at < run.end; at = firstByte(text, at + 1)) {
    const row = shownFrom(text, at);
    if (row === undefined) continue;
    if (at === column || (!isBeginning && begins(row.bytes) && isExact(text, row))) return row;
  }
  return whole;
}

const begins = (bytes: readonly number[]): boolean => looksLikeWebSocket(Uint8Array.from(bytes), 1);

/** Each of the bytes has a character of its own. */
function isExact(text: string, { bytes, at }: BareRow): boolean {
  const end = wordsOf(text, at)!.ends.find(({ count }) => count === bytes.length)!;
  return showsExactly(text.slice(end.at), bytes);
}

function shownFrom(text: string, from: number): BareRow | undefined {
  const area = wordsOf(text, from);
  if (area === undefined || area.size > 1 || area.isPrefixed) return undefined;
  const count = fittingLength({ ...area, line: text });
  if (count === undefined) return undefined;
  // Only blanks and bars are between them.
  const isApart = GAP.test(text.slice(area.ends.find((end) => end.count === count)!.at));
  return isApart ? { bytes: area.bytes.slice(0, count), at: from } : undefined;
}

/** The characters are those of the payload alone. */
function withPayload(text: string, { bytes, at, end }: Run): BareRow | undefined {
  const rest = text.slice(end);
  return GAP.test(rest) && isPayload(rest, bytes) ? { bytes, at } : undefined;
}
