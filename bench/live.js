// How much looking costs: `serve` beside a bare `ws` echo server, in one run, both figures printed.
// node bench/live.js [--seconds S] [--runs N] [--sizes 125,65536] [--chat N] [--idle N]
import { fork, spawn } from 'node:child_process';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    runs: { type: 'string', default: '3' },
    sizes: { type: 'string', default: '125,65536' },
    chat: { type: 'string', default: '1000' },
    idle: { type: 'string', default: '2000' },
  },
});
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const seconds = Number(values.seconds);
const folder = mkdtempSync(join(tmpdir(), 'wsinspect-live-'));

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** A server as a process of its own: `bare`, or wsinspect's with these arguments. */
async function start(kind, args, out = 'ignore') {
  const port = await freePort();
  const command =
    kind === 'bare'
      ? [here('live-bare.js'), String(port), ...args]
      : [here('../bin/wsinspect.js'), 'serve', String(port), ...args];
  const child = spawn(process.execPath, command, { stdio: ['ignore', out, 'inherit'] });
  return { port, child };
}

/** What clients in another process measure. */
function measure(port, job) {
  return new Promise((resolve, reject) => {
    const client = fork(here('live-client.js'), [JSON.stringify({ port, seconds, ...job })]);
    client.on('message', resolve);
    client.on('exit', (code) => code && reject(new Error(`the clients ended with ${code}`)));
  });
}

async function run(kind, args, job, out) {
  const { port, child } = await start(kind, args, out);
  try {
    return await measure(port, { ...job, pid: child.pid });
  } finally {
    child.kill('SIGKILL');
  }
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const shown = (n) => (n >= 1000 ? `${(n / 1000).toFixed(1)}k` : n.toFixed(1));

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
