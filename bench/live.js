// How much looking costs: `serve` beside a bare `ws` echo server, in one run, both figures printed.
// node bench/live.js [--seconds S] [--runs N] [--sizes 125,65536] [--chat N] [--idle N]
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
    chat: { type: 'string', default: '1000' },
    idle: { type: 'string', default: '2000' },
  },
});
const seconds = Number(values.seconds);
const folder = mkdtempSync(join(tmpdir(), 'wsinspect-live-'));

/** A server as a process of its own: `bare`, or wsinspect's with these arguments. */
async function serverOf(kind, args, out) {
  const port = await freePort();
  const command =
    kind === 'bare'
      ? [here('live-bare.js'), String(port), ...args]
      : [here('../bin/wsinspect.js'), 'serve', String(port), ...args];
  return { port, child: start(command, out) };
}

async function run(kind, args, job, out) {
  const { port, child } = await serverOf(kind, args, out);
  try {
    return await measure({ port, seconds, ...job, pid: child.pid });
  } finally {
    child.kill('SIGKILL');
  }
}

async function compare(name, goal, unit, bare, ours, better = 'more') {
  const figures = { bare: [], ours: [] };
  for (let i = 0; i < Number(values.runs); i++) {
    figures.bare.push(await bare());
    figures.ours.push(await ours());
  }
  const [a, b] = [median(figures.bare), median(figures.ours)];
  const ratio = b / a;
  const reached = better === 'more' ? ratio >= goal : ratio <= goal;
  console.log(
    `${name.padEnd(44)} ws ${shown(a).padStart(8)}  wsinspect ${shown(b).padStart(8)} ${unit.padEnd(8)} ratio ${ratio.toFixed(2)} (goal ${goal}) ${reached ? '' : 'NOT REACHED'}`,
  );
}

try {
  for (const size of values.sizes.split(',').map(Number)) {
    const job = { what: 'echo', size };
    await compare(
      `echo ${size} B, -q`,
      0.9,
      'msg/s',
      () => run('bare', ['echo'], job),
      () => run('ours', ['-q'], job),
    );
    await compare(
      `echo ${size} B, every frame printed to a file`,
      0.6,
      'msg/s',
      () => run('bare', ['echo'], job),
      () => run('ours', [], job, openSync(join(folder, 'frames.txt'), 'w')),
    );
  }
  const peers = Number(values.chat);
  const chat = { what: 'chat', peers };
  await compare(
    `chat, ${peers} peers, deliveries`,
    1,
    'msg/s',
    () => run('bare', ['chat'], chat),
    () => run('ours', ['--mode', 'chat', '-q'], chat),
  );
  const idle = { what: 'idle', peers: Number(values.idle) };
  await compare(
    `idle, memory of a connection of ${values.idle}`,
    1.5,
    'KB',
    () => run('bare', ['echo'], idle),
    () => run('ours', ['-q'], idle),
    'less',
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
