// What applications say, by their own libraries: a library at both ends of each protocol talks through `wsinspect proxy`,
// both log their packets, and those that `proxy` showed, and `decode` reads from the recording, are compared with these.
// Installs the libraries with npm into a folder of its own, outside of the tree; servers are the system's (Debian).
//   npm run apps:peers                        all, in a folder that is removed afterwards
//   npm run apps:peers -- FOLDER              keeps that folder, and takes what is in it already
//   npm run apps:peers -- FOLDER mqtt stomp   the cases whose names begin so
// Exit 1: a difference, or a case that did not run to its end.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { CASES, PACKAGES } from './peers/cases.js';

/** A case takes seconds; a browser or a broker starts slowly on a busy machine. */
const MOST_SECONDS = 90;

const [kept, ...wanted] = process.argv.slice(2);
const folder = kept === undefined ? mkdtempSync(join(tmpdir(), 'wsinspect-peers-')) : resolve(kept);
const totals = { cases: 0, packets: 0, replies: 0, differences: 0 };
try {
  install();
  for (const name of Object.keys(CASES)) {
    if (wanted.length === 0 || wanted.some((start) => name.startsWith(start))) report(name, await outcome(name));
  }
} finally {
  if (kept === undefined) rmSync(folder, { recursive: true, force: true });
}
console.log(
  `peers: ${totals.packets} packets and ${totals.replies} replies compared, ${totals.differences} differences`,
);
if (totals.differences > 0 || totals.cases === 0) process.exitCode = 1;

function install() {
  mkdirSync(folder, { recursive: true });
  if (existsSync(join(folder, 'node_modules', 'ws'))) return;
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: PACKAGES }));
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps', '--loglevel=error'];
  const { status } = spawnSync('npm', ['install', ...options], { cwd: folder, stdio: 'inherit' });
  if (status !== 0) throw new Error(`peers: npm install ended with ${status}`);
}

/** Each in a process of its own: libraries change globals and keep timers. */
async function outcome(name) {
  const runner = fileURLToPath(new URL('peers/run-case.js', import.meta.url));
  const child = spawn(process.execPath, [runner, folder, name], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  const timer = setTimeout(() => endGroup(child), MOST_SECONDS * 1000);
  let result;
  let said = '';
  child.on('message', (message) => (result = message));
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said = (said + chunk).slice(-4000)));
  const status = await new Promise((done) => child.once('exit', (code, signal) => done(code ?? signal)));
  clearTimeout(timer);
  endGroup(child);
  return result ?? { packets: 0, replies: 0, differences: [`the case ended with ${status}: ${said.trim()}`] };
}

/** With the servers and proxies that a case started and did not end. */
function endGroup({ pid }) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of them have ended.
  }
}

function report(name, { skipped, packets, replies, differences }) {
  if (skipped !== undefined) return console.log(`${name.padEnd(34)} skipped: ${skipped}`);
  totals.cases++;
  totals.packets += packets;
  totals.replies += replies;
  totals.differences += differences.length;
  const counts = `${String(packets).padStart(4)} packets ${String(replies).padStart(4)} replies`;
  console.log(`${name.padEnd(34)} ${counts}  ${differences.length} differences`);
  for (const difference of differences.slice(0, 20)) console.log(`    ${difference}`);
}
