import { noteworthy } from './run.js';
import { durationOf, eachDirection, type ConnectionSummary } from './summary.js';

/** What connections are sorted by, the largest first. */
export type SortKey = 'bytes' | 'frames' | 'ping' | 'duration';

/** Chooses up to `most` of them, and puts these into the order in which they are shown. */
export type Ranking = (summaries: readonly ConnectionSummary[], most: number) => ConnectionSummary[];

/** Undefined: the noteworthy ones, in the order of their numbers. */
export function rankingBy(key: SortKey | undefined): Ranking {
  if (key === undefined) return noteworthy;
  const measure = MEASURES[key];
  return (summaries, most) =>
    summaries
      .map((summary) => ({ summary, value: measure(summary) }))
      .sort((a, b) => b.value - a.value || a.summary.connection - b.summary.connection)
      .slice(0, most)
      .map(({ summary }) => summary);
}

/** A value that is not known comes last. */
const UNKNOWN = -1;

const MEASURES: Readonly<Record<SortKey, (summary: ConnectionSummary) => number>> = {
  bytes: ({ directions }) => sum(directions, 'wireBytes'),
  frames: ({ directions }) => sum(directions, 'frames'),
  ping: ({ directions }) => {
    const medians = [...eachDirection(directions)].map(([, { ping }]) => ping?.times?.median ?? UNKNOWN);
    return medians.reduce((one, other) => Math.max(one, other));
  },
  duration: (summary) => durationOf(summary) ?? UNKNOWN,
};

function sum(directions: ConnectionSummary['directions'], name: 'wireBytes' | 'frames'): number {
  return [...eachDirection(directions)].reduce((total, [, counts]) => total + counts[name], 0);
}
