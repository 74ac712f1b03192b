// An hour compressed into minutes: connects, drops, half-open and silent peers; memory has to stay flat, no descriptor
// leak, no message be lost. node bench/soak.js [--minutes M] [--seed N]
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { freePort } from './free-port.js';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '5' }, seed: { type: 'string', default: '6455' } },
});
let state = Number(values.seed);
const roll = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};
const port = await freePort();
const binary = fileURLToPath(new URL('../bin/wsinspect.js', import.meta.url));
const server = spawn(process.execPath, [binary, 'serve', String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
let printed = 0;
server.stdout.on('data', (chunk) => (printed += chunk.length));
await sleep(1000);

const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024;
const descriptors = () => readdirSync(`/proc/${server.pid}/fd`).length;
const counts = { connects: 0, sent: 0, back: 0, lost: 0, dropped: 0, halfOpen: 0, garbage: 0 };

/** Says some things, hears them back, and closes: nothing may be missing. */
async function talk() {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/${roll(1000)}`, { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  counts.connects++;
  const sent = Array.from({ length: 1 + roll(20) }, (_, i) => `${i} ${'x'.repeat(roll(2000))}`);
  const back = [];
  const all = new Promise((resolve) => {
    socket.on('message', (data) => back.push(data.toString()) === sent.length && resolve());
    socket.on('close', resolve);
  });
  for (const text of sent) socket.send(text);
  await all;
  counts.sent += sent.length;
  counts.back += back.length;
  if (back.join() !== sent.join()) counts.lost++;
  if (roll(2)) socket.close(1000);
  else socket.terminate();
}

/** Goes away without a word, or never says one. */
async function vanish() {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.on('connect', resolve));
  const kind = roll(3);
  if (kind === 0) {
    counts.garbage++;
    socket.write(Buffer.from(Array.from({ length: 200 }, () => roll(256))));
  } else if (kind === 1) {
    counts.dropped++;
    socket.write(
      'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
  } else counts.halfOpen++;
  await sleep(roll(1500));
  socket.destroy();
}

const end = Date.now() + Number(values.minutes) * 60_000;
const samples = [];
async function worker() {
  while (Date.now() < end)
    await (roll(4) === 0 ? vanish() : talk()).catch((error) => (counts.lost++, console.error(error.message)));
}
const sampler = setInterval(() => samples.push({ memory: memory(), descriptors: descriptors() }), 2000);
await Promise.all(Array.from({ length: 40 }, worker));
clearInterval(sampler);
await sleep(3000);
const left = descriptors();
const third = Math.max(1, Math.floor(samples.length / 3));
const mean = (list) => list.reduce((sum, { memory }) => sum + memory, 0) / list.length;
// The first third warms up.
const [middle, last] = [mean(samples.slice(third, 2 * third)), mean(samples.slice(2 * third))];
server.kill('SIGINT');
console.log(`seed ${values.seed}`, counts, `printed ${(printed / 1e6).toFixed(1)} MB`);
console.log(
  `memory MB: middle third ${middle.toFixed(1)}, last third ${last.toFixed(1)}, ratio ${(last / middle).toFixed(2)}; descriptors at the end ${left}`,
);
const isSound = counts.lost === 0 && counts.sent === counts.back && last < middle * 1.15 && left < 40;
console.log(isSound ? 'sound' : 'NOT SOUND');
process.exitCode = isSound ? 0 : 1;
