// What a connection costs that says nothing, and whether a crowd of them is in the way of a newcomer: `serve -q`, `serve`
// and a bare `ws` echo server, one after the other. node bench/idle.js [--connections N] [--settle MS] [--newcomer MS] [--longest MS]
import { fork, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { freePort } from './free-port.js';

/** Descriptors that a process needs for other things. */
const SPARE = 100;

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '10000' },
    // Memory is read that long after the last one opened.
    settle: { type: 'string', default: '1500' },
    // A newcomer has its handshake and its echo within this time.
    newcomer: { type: 'string', default: '1000' },
    // Everything ends by then, whatever happens.
    longest: { type: 'string', default: '58000' },
  },
});
const wanted = Number(values.connections);
const [settle, mostNewcomer, longest] = [values.settle, values.newcomer, values.longest].map(Number);
if (!Number.isInteger(wanted) || wanted < 1) throw new Error('--connections is a whole number from 1 on');
if (process.platform !== 'linux') throw new Error('memory and descriptors are read from /proc: this needs Linux');

/** What may be open at a time: by descriptors of a process, and by ports of one address. */
function mostConnections() {
  const [, files] = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  const [low, high] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/).map(Number);
  const byFiles = files === 'unlimited' ? Infinity : Number(files) - SPARE;
  return Math.min(byFiles, high - low - SPARE);
}

const most = mostConnections();
const connections = Math.min(wanted, most);
if (connections < 1) throw new Error(`the limits of this system leave no room for connections (${most})`);
if (connections < wanted)
  console.log(`notice: ${connections} connections, not ${wanted}: descriptors or ports end there`);

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const children = new Set();
function started(child) {
  children.add(child);
  child.on('exit', () => children.delete(child));
  return child;
}
const late = setTimeout(() => {
  console.log(`NOT SOUND: not done after ${longest / 1000} s`);
  for (const child of children) child.kill('SIGKILL');
  process.exit(1);
}, longest);

/** What the clients find at a server that runs with `args`. */
async function crowd([program, ...args]) {
  const port = String(await freePort());
  const command = [here(program), ...args.map((arg) => (arg === 'PORT' ? port : arg))];
  const server = started(spawn(process.execPath, command, { stdio: ['ignore', 'ignore', 'inherit'] }));
  const job = JSON.stringify({ port: Number(port), pid: server.pid, connections, settle });
  try {
    return await new Promise((resolve, reject) => {
      const clients = started(fork(here('idle-clients.js'), [job]));
      clients.on('message', resolve);
      clients.on('exit', (code) => code && reject(new Error(`the clients ended with ${code}`)));
      server.on('exit', (code, signal) => reject(new Error(`the server ended: ${code ?? signal}`)));
    });
  } finally {
    server.kill('SIGKILL');
  }
}

function faultsOf({ open, held, newcomer }) {
  return [
    ...(open < connections ? [`${connections - open} are not open`] : []),
    ...(held < connections ? [`the server holds ${held} only`] : []),
    ...(newcomer > mostNewcomer ? [`a newcomer waits for more than ${mostNewcomer} ms`] : []),
  ];
}

const SERVERS = [
  ['bare ws', 'live-bare.js', 'PORT', 'echo'],
  ['serve -q', '../bin/wsinspect.js', 'serve', 'PORT', '-q'],
  ['serve', '../bin/wsinspect.js', 'serve', 'PORT'],
];

let bare;
try {
  for (const [name, ...command] of SERVERS) {
    const found = await crowd(command);
    bare ??= found.kilobytes;
    const faults = faultsOf(found);
    if (faults.length > 0) process.exitCode = 1;
    console.log(
      `${name.padEnd(9)} ${found.open} open of ${connections}, in ${(found.opening / 1000).toFixed(1)} s` +
        `  ${found.kilobytes.toFixed(1)} KB each, ratio ${(found.kilobytes / bare).toFixed(2)}` +
        `  newcomer echoed after ${found.newcomer.toFixed(0)} ms` +
        (faults.length > 0 ? `  NOT SOUND: ${faults.join(', ')}` : ''),
    );
  }
} finally {
  clearTimeout(late);
}
