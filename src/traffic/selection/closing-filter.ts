import type { NumberRange } from './ranges.js';
import type { ConnectionSummary } from '../tally/summary.js';
import { isTrouble } from '../tally/trouble.js';

/** Which connections are shown, by what only their end shows. What is given has to hold altogether. */
export interface ClosingCriteria {
  readonly trouble?: true;
  /** Close codes, any of which has to match; `none`: no code is known. */
  readonly closed?: readonly (NumberRange | 'none')[];
}

export type ClosingFilter = (summary: ConnectionSummary) => boolean;

/** Undefined: all of them are shown. */
export function closingFilter({ trouble, closed }: ClosingCriteria): ClosingFilter | undefined {
  if (trouble === undefined && closed === undefined) return undefined;
  return (summary) =>
    (trouble === undefined || isTrouble(summary)) &&
    (closed === undefined || closed.some((codes) => isAmong(summary.closeCode, codes)));
}

function isAmong(code: number | undefined, codes: NumberRange | 'none'): boolean {
  if (codes === 'none' || code === undefined) return codes === 'none' && code === undefined;
  return code >= codes.low && code <= codes.high;
}
