// How much standing between costs: `proxy` beside a bare relay of bytes, both in front of the same bare `ws` echo server,
// in one run, both figures printed. node bench/relay.js [--seconds S] [--runs N] [--sizes 125,65536]
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from './free-port.js';
import { here, measure, median, shown, start } from './processes.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    runs: { type: 'string', default: '3' },
    sizes: { type: 'string', default: '125,65536' },
  },
});
const seconds = Number(values.seconds);
const folder = mkdtempSync(join(tmpdir(), 'wsinspect-relay-'));

/** What clients find behind a relay in a process of its own. */
async function run(relay, job, out = 'ignore') {
  const [port, to] = [await freePort(), await freePort()];
  const children = [
    start([here('live-bare.js'), String(to), 'echo']),
    start(
      relay === undefined
        ? [here('relay-bare.js'), String(port), String(to)]
        : [here('../bin/wsinspect.js'), 'proxy', String(port), `ws://127.0.0.1:${to}/`, ...relay],
      out,
    ),
  ];
  try {
    return await measure({ port, seconds, ...job });
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

async function compare(name, goal, unit, relay, job, out) {
  const figures = { bare: [], ours: [] };
  for (let i = 0; i < Number(values.runs); i++) {
    figures.bare.push(await run(undefined, job));
    figures.ours.push(await run(relay, job, out?.()));
  }
  const [a, b] = [median(figures.bare), median(figures.ours)];
  const isTime = unit === 'µs';
  const reached = goal === undefined || (isTime ? b / a <= goal : b / a >= goal);
  console.log(
    `${name.padEnd(44)} net ${shown(a).padStart(7)}  wsinspect ${shown(b).padStart(8)} ${unit.padEnd(8)} ratio ${(b / a).toFixed(2)}` +
      (goal === undefined ? '' : ` (goal ${goal}) ${reached ? '' : 'NOT REACHED'}`),
  );
}

try {
  for (const size of values.sizes.split(',').map(Number)) {
    const job = { what: 'echo', size };
    await compare(`proxy ${size} B, -q`, 0.8, 'msg/s', ['-q'], job);
    const file = () => openSync(join(folder, 'frames.txt'), 'w');
    await compare(`proxy ${size} B, every frame printed to a file`, undefined, 'msg/s', [], job, file);
  }
  const job = { what: 'delay', size: 125 };
  await compare('proxy 125 B, median round trip, -q', 1.5, 'µs', ['-q'], job);
  const file = () => openSync(join(folder, 'frames.txt'), 'w');
  await compare('proxy 125 B, median round trip, printed', 1.5, 'µs', [], job, file);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
