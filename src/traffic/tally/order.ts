import { severities } from './severities.js';
import { durationOf, eachDirection, type ConnectionSummary } from './summary.js';
import { breaksRules, endsBadly, isRefused, isWaiting } from './trouble.js';

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

/** The rank by which connections are shown first: how they ended and what broke a rule, before what the capture lacks. */
function urgency(summary: ConnectionSummary): number {
  const { diagnostics, directions } = summary;
  const { error } = severities(diagnostics);
  if (endsBadly(summary)) return error > 0 ? 6 : 5;
  if (error > 0) return 4;
  if (isRefused(summary)) return 3;
  if (breaksRules(summary) || isWaiting(directions)) return 2;
  return [...eachDirection(directions)].some(([, { gaps }]) => gaps > 0) ? 1 : 0;
}

const byNumber = (a: ConnectionSummary, b: ConnectionSummary): number => a.connection - b.connection;

/** Those of a higher rank first, each rank in the order of their numbers. */
export function ranked(summaries: readonly ConnectionSummary[]): ConnectionSummary[] {
  const rows = summaries.map((summary) => ({ summary, rank: urgency(summary) }));
  rows.sort((a, b) => b.rank - a.rank || byNumber(a.summary, b.summary));
  return rows.map(({ summary }) => summary);
}

/** At most `most` of them, those of the highest rank, in the order of their numbers. */
export function noteworthy(summaries: readonly ConnectionSummary[], most: number): ConnectionSummary[] {
  const chosen = summaries.length <= most ? [...summaries] : ranked(summaries).slice(0, most);
  return chosen.sort(byNumber);
}
