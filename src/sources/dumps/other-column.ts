import { areMessages } from '../../codec/resync/plausible.js';
import type { OffsetRow } from './offset-row.js';
import { areFrames, literalsIn } from '../text/literals.js';
import { isTimed } from '../text/timed-hex.js';

/** Widths of rows in dumps: such a number may be the offset of a second row. */
const WIDTHS: ReadonlySet<number> = new Set([8, 16, 32, 64]);
const NUMBER = /^[1-9]\d*$/;
/** A bracket, a colon. */
const MARK = /^[:>\])]/;

/**
 * Whether what looks like the offset of the first row of a dump is something else, and whole frames follow it: a time;
 * the number of the bytes after it (`TX (7) 81 05 …`); a number below that (`[1] 81 05 …`), as the rows before it would
 * be shorter than this one; a part of the bytes (`recv 8105 4865 …`). `sawRows`: the text holds a dump already, whose
 * offsets may go on.
 */
export function isOtherColumn(row: OffsetRow, sawRows: boolean): boolean {
  if (isTimed(row.line, row.at)) return true;
  return !sawRows && !row.isSure && (isNumber(row) || isWithinFrames(row));
}

function isNumber({ line, at, digits, bytes }: OffsetRow): boolean {
  if (!NUMBER.test(digits) || !areMessages(Uint8Array.from(bytes))) return false;
  const isCount = Number(digits) === bytes.length && /[A-Za-z]/.test(line.slice(0, at));
  if (isCount && !WIDTHS.has(bytes.length)) return true;
  const isByte = digits.length % 2 === 0 && !MARK.test(line.slice(at + digits.length));
  return parseInt(digits, 16) < bytes.length && !isByte;
}

const isWithinFrames = ({ line, at }: OffsetRow): boolean =>
  literalsIn(line).some(
    ({ from, to, bytes, problem }) =>
      problem === undefined && from <= at && at < to && areFrames(Uint8Array.from(bytes)),
  );
