import type { Case } from '../../conformance/case.js';

/** Work of a case compared with most others: those that run alone keep all lanes, those with large data most of them. */
const ALONE = 100;
const LARGE = 20;

/** This part of the work has to be done before the rest is estimated. */
const LEAST_DONE = 0.01;

function workOf({ work, traits }: Pick<Case, 'work' | 'traits'>): number {
  if (work !== undefined) return work;
  if (traits.includes('alone')) return ALONE;
  return traits.includes('long') ? LARGE : 1;
}

/** Seconds that the rest of a run takes, going by the work that was done in `seconds`; undefined: too little was. */
export function timeLeft(
  cases: readonly Pick<Case, 'id' | 'work' | 'traits'>[],
  isDone: (id: string) => boolean,
  seconds: number,
): number | undefined {
  let [done, all] = [0, 0];
  for (const one of cases) {
    const work = workOf(one);
    all += work;
    if (isDone(one.id)) done += work;
  }
  return done < all * LEAST_DONE ? undefined : (seconds / done) * (all - done);
}
