import { Session, type Profiler } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';

// Optimised code of Node.js 26 leaves out a part of the counts, from a moment on that depends on how busy the machine is.
for (const compiler of ['opt', 'maglev', 'sparkplug']) setFlagsFromString(`--no-${compiler}`);

// Before any other code runs: what is compiled earlier is not counted block by block. So this is imported first.
const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

/** How often a count is taken at most. */
const TRIES = 12;

/**
 * How much work `run` is: how often its functions and blocks of src/ are entered. The same on any machine, however busy
 * it is, so that growth with the size of an input can be asserted. What Node does inside of one call counts as nothing.
 * The first run does more: what is counted twice is the work.
 */
export function workOf(run: () => void): number {
  const seen = new Set<number>();
  for (let tries = 0; tries < TRIES; tries++) {
    taken();
    run();
    const work = taken();
    if (seen.has(work)) return work;
    seen.add(work);
  }
  return Math.max(...[...seen]);
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
  const [one, two] = [workOf(() => run(size)), workOf(() => run(2 * size))];
  return two / one;
}
