// Other programs, timed from outside: seconds on the clock, and the peak of their memory where GNU time can tell it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './measure.js';

const TIME = '/usr/bin/time';
/** Its `-f` and `-o` are GNU's. */
const hasTime = spawnSync(TIME, ['-f', '%M', '-o', '/dev/null', 'true']).status === 0;
if (!hasTime) console.log(`${TIME} is not installed, or not GNU time: no figures of memory`);

export function isInstalled(program) {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/** A folder for the length of `use`. */
export function withFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'wsinspect-bench-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a command once, its output thrown away. */
export function timed([program, ...args]) {
  return withFolder((folder) => {
    const told = join(folder, 'peak');
    const [command, ...rest] = [...(hasTime ? [TIME, '-f', '%M', '-o', told] : []), program, ...args];
    const begin = process.hrtime.bigint();
    const { status, stderr } = spawnSync(command, rest, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
    const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${status}\n${stderr}`);
    return { seconds, megabytes: hasTime ? (Number(readFileSync(told, 'utf8').trim()) * 1024) / 1e6 : NaN };
  });
}

/** Every contender in turn, `runs` times: the median of each, of seconds and of memory. `run` gives what `timed` does. */
export function raceRuns(contenders, runs) {
  const results = contenders.map(() => []);
  for (let round = 0; round < runs; round++) {
    for (const [i, { run }] of contenders.entries()) results[i].push(run());
  }
  return contenders.map((contender, i) => ({
    ...contender,
    seconds: median(results[i].map(({ seconds }) => seconds)),
    megabytes: median(results[i].map(({ megabytes }) => megabytes)),
  }));
}
