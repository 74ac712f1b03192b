import { isDated } from '../../codec/bytes/time.js';
import type { StallSummary } from './summary.js';

/** Of both sides of a connection; undefined where a side never stalled. */
export type SideStalls = [StallSummary | undefined, StallSummary | undefined];

/** Shorter ones are how TCP slows a fast sender. Seconds. */
const LONG = 1;

/** One of them was long enough to be trouble. */
export function isLong(stalls: StallSummary | undefined): boolean {
  return stalls !== undefined && stalls.longest >= LONG;
}

/** Those of which it is kept when they were, of each side. */
const MOST_SPANS = 16;

/** One more stall, which ended at `time`; NaN seconds, which are not known, count as none. */
export function addedStall(
  { count, seconds, longest, spans = [] }: StallSummary = { count: 0, seconds: 0, longest: 0 },
  more: number,
  time: number,
): StallSummary {
  const known = Number.isNaN(more) ? 0 : more;
  const isKept = isDated(time) && known > 0 && spans.length < MOST_SPANS;
  const kept = isKept ? [...spans, { from: time - known, seconds: known }] : spans;
  return {
    count: count + 1,
    seconds: seconds + known,
    longest: Math.max(longest, known),
    ...(kept.length > 0 && { spans: kept }),
  };
}
