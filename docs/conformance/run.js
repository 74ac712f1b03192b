// node docs/conformance/run.js [--full] [--out FOLDER] [PEER ...]: runs the cases against every peer that is installed
// here, each peer one after another, and prints the matrix of README.md. A peer that is absent is skipped with a notice.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, openSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PEERS, versionOf } from './peers.js';
import { failures, matrix, readCases } from './matrix.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { full: { type: 'boolean' }, out: { type: 'string' } },
});
const here = import.meta.dirname;
const wsinspect = join(here, '../../bin/wsinspect.js');
const out = values.out ?? mkdtempSync(join(tmpdir(), 'conformance-'));
mkdirSync(out, { recursive: true });
const limit = (values.full ? 30 : 10) * 60_000;
const { setTimeout, clearTimeout } = globalThis;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const ended = (child) => new Promise((resolve) => child.on('close', resolve).on('error', resolve));
const start = (command, stdio) => spawn(command[0], command.slice(1), { cwd: join(here, 'peers'), stdio });

/** A port that was free a moment ago. */
const freePort = () =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const answers = (port) =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
  });

/** Waits until someone listens there. */
async function listening(port) {
  for (let tries = 0; tries < 100; tries++) {
    if (await answers(port)) return true;
    await sleep(100);
  }
  return false;
}

/** Ends the program and waits for that. */
async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = ended(child);
  child.kill('SIGKILL');
  await end;
}

function check(args, file) {
  const all = [wsinspect, 'check', ...args, '--json', ...(values.full ? ['--full'] : [])];
  const child = start([process.execPath, ...all], ['ignore', 'pipe', 'inherit']);
  child.stdout.pipe(createWriteStream(file));
  return child;
}

/** Whether the run came to its end by itself. */
async function inTime(child) {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, limit);
  await ended(child);
  clearTimeout(timer);
  return !late && child.signalCode === null;
}

/** What the peer complains of. */
const log = (file) => openSync(file.replace(/json$/, 'log'), 'w');

async function testServer(peer, port, file) {
  const server = start(peer.command(port), ['ignore', 'ignore', log(file)]);
  try {
    if (!(await listening(port))) return false;
    return await inTime(check([`ws://127.0.0.1:${port}/`, '--pid', String(server.pid), ...(peer.args ?? [])], file));
  } finally {
    await stop(server);
  }
}

async function testClient(peer, port, file) {
  const tester = check(['--listen', `127.0.0.1:${port}`, '--oneshot', ...(peer.args ?? [])], file);
  let client;
  try {
    if (!(await listening(port))) return false;
    client = start(peer.command(`ws://127.0.0.1:${port}`), ['ignore', 'ignore', log(file)]);
    // A client that broke off asks for no report.
    void ended(client).then(() => setTimeout(() => tester.kill('SIGKILL'), 30_000).unref());
    return await inTime(tester);
  } finally {
    await stop(tester);
    if (client) await stop(client);
  }
}

const results = [];
for (const peer of PEERS) {
  if (positionals.length && !positionals.includes(peer.name)) continue;
  const found = versionOf(peer);
  if (!found) {
    console.error(`${peer.name}: skipped, not installed`);
    continue;
  }
  const file = join(out, `${peer.name}.json`);
  const begin = Date.now();
  const whole = await (peer.role === 'server' ? testServer : testClient)(peer, await freePort(), file);
  await sleep(100); // the file is written
  const cases = readCases(file);
  const note = whole && cases.length ? '' : ', NOT WHOLE';
  console.error(`${peer.name} ${found}: ${cases.length} cases in ${Math.round((Date.now() - begin) / 1000)} s${note}`);
  results.push({ peer, version: found, cases });
}
console.log(matrix(results));
console.log(failures(results));
console.error(`the results are in ${out}`);
process.exitCode = results.length ? 0 : 69;
