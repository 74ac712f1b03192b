import type { Case, Need } from '../../conformance/case.js';

/** Work of a case compared with most others: those that run alone keep all lanes, those with large data most of them. */
const ALONE = 100;
const LARGE = 20;

/** This part of the work has to be done before the rest is estimated. */
const LEAST_DONE = 0.01;

type Timed = Pick<Case, 'id' | 'work' | 'traits' | 'needs'>;

function workOf({ work, traits, needs }: Timed, lacks: readonly Need[]): number {
  // It ends as soon as that shows.
  if (needs.some((need) => lacks.includes(need))) return 1;
  if (work !== undefined) return work;
  if (traits.includes('alone')) return ALONE;
  return traits.includes('long') ? LARGE : 1;
}

/**
 * Seconds that the rest of a run takes, going by the work that was done in `seconds`; undefined: too little was. `lacks`: what the
 * peer is known not to have.
 */
export function timeLeft(
  cases: readonly Timed[],
  isDone: (id: string) => boolean,
  seconds: number,
  lacks: readonly Need[] = [],
): number | undefined {
  let [done, all] = [0, 0];
  for (const one of cases) {
    const work = workOf(one, lacks);
    all += work;
    if (isDone(one.id)) done += work;
  }
  return done < all * LEAST_DONE ? undefined : (seconds / done) * (all - done);
}
