import type { StallSummary } from './summary.js';

/** Of both sides of a connection; undefined where a side never stalled. */
export type SideStalls = [StallSummary | undefined, StallSummary | undefined];

/** Shorter ones are how TCP slows a fast sender. Seconds. */
const LONG = 1;

/** One of them was long enough to be trouble. */
export function isLong(stalls: StallSummary | undefined): boolean {
  return stalls !== undefined && stalls.longest >= LONG;
}

/** One more stall; NaN seconds, which are not known, count as none. */
export function addedStall(
  { count, seconds, longest }: StallSummary = { count: 0, seconds: 0, longest: 0 },
  more: number,
): StallSummary {
  const known = Number.isNaN(more) ? 0 : more;
  return { count: count + 1, seconds: seconds + known, longest: Math.max(longest, known) };
}
