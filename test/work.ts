import { Session, type Profiler } from 'node:inspector';

// Before any other code runs: what is compiled earlier is not counted block by block. So this is imported first.
const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

/** How often a count is taken: what is lost is lost from one of them. */
const TIMES = 3;

/**
 * How much work `run` is: how often its functions and blocks of src/ are entered. The same on any machine, however busy
 * it is, so that growth with the size of an input can be asserted. What Node does inside of one call counts as nothing.
 */
export function workOf(run: () => void): number {
  taken();
  run();
  return taken();
}

/** The count since the last time: taking it sets it to 0. */
function taken(): number {
  let work = 0;
  session.post('Profiler.takePreciseCoverage', (_, coverage) => (work = counted(coverage)));
  return work;
}

function counted({ result }: Profiler.TakePreciseCoverageReturnType): number {
  const ours = result.filter(({ url }) => url.includes('/src/') && !url.includes('/node_modules/'));
  const ranges = ours.flatMap(({ functions }) => functions.flatMap((one) => one.ranges));
  return ranges.reduce((sum, { count }) => sum + count, 0);
}

/** The work of `run` with twice the size, as a multiple of that with the size: 2 where it grows with it, 4 where with its square. */
export function growthOf(size: number, run: (size: number) => void): number {
  // What is done once is done by now.
  run(size);
  const [one, two] = [most(() => run(size)), most(() => run(2 * size))];
  return two / one;
}

/** V8 now and then loses a part of a count (seen on Node.js 26), never adds to one: the largest of a few is the work. */
function most(run: () => void): number {
  return Math.max(...Array.from({ length: TIMES }, () => workOf(run)));
}
