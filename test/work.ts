import { COUNTS } from './counted-work.js';

/** How often a count is taken at most. */
const TRIES = 12;

/** Of a file: how often each function and statement, and each arm of a branch, was run. */
interface Counts {
  readonly f: Readonly<Record<string, number>>;
  readonly s: Readonly<Record<string, number>>;
  readonly b: Readonly<Record<string, readonly number[]>>;
}

/**
 * How much work `run` is: how often the functions, statements and branches of src/ are run. The same on any machine, however
 * busy it is, so that growth with the size of an input can be asserted. What Node does inside of one call counts as nothing.
 * The first run does more: what is counted twice is the work. Only for files that vitest.config.ts has counted.
 */
export function workOf(run: () => void): number {
  const seen = new Set<number>();
  for (let tries = 0; tries < TRIES; tries++) {
    const before = total();
    run();
    const work = total() - before;
    if (work === 0) throw new Error('nothing is counted: the name of the file has to end in -growth.test.ts');
    if (seen.has(work)) return work;
    seen.add(work);
  }
  return Math.max(...[...seen]);
}

function total(): number {
  const files = (globalThis as { [COUNTS]?: Readonly<Record<string, Counts>> })[COUNTS] ?? {};
  let sum = 0;
  for (const { f, s, b } of Object.values(files))
    for (const counts of [f, s, ...Object.values(b)]) for (const count of Object.values(counts)) sum += count;
  return sum;
}

/** The work of `run` with twice the size, as a multiple of that with the size: 2 where it grows with it, 4 where with its square. */
export function growthOf(size: number, run: (size: number) => void): number {
  const [one, two] = [workOf(() => run(size)), workOf(() => run(2 * size))];
  return two / one;
}
