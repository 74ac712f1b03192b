// The clients of bench/idle.js, in a process of their own: what they find goes to the parent.
import { readdirSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

const { port, pid, connections, settle } = JSON.parse(process.argv[2]);
/** So many handshakes are under way at a time: fewer than wait to be accepted. */
const AT_ONCE = 200;
/** Of the idle ones, so many are asked whether somebody is there. */
const ASKED = 100;

// Without its parent nobody waits for an answer.
process.on('disconnect', () => process.exit(1));

function open() {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: false });
    socket.on('open', () => resolve(socket));
    socket.on('error', reject);
  });
}

async function firstOpen() {
  for (let tries = 0; ; tries++) {
    try {
      return await open();
    } catch (error) {
      if (tries > 100) throw error;
      await sleep(50);
    }
  }
}

/** Milliseconds until `text` came back. */
function echoed(socket, text) {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    socket.on('message', (data) => {
      if (data.toString() === text) resolve(performance.now() - start);
      else reject(new Error(`${text} came back as ${data}`));
    });
    socket.on('close', () => reject(new Error('the connection was closed')));
    socket.send(text);
  });
}

/** Kilobytes. */
const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
const descriptors = () => readdirSync(`/proc/${pid}/fd`).length;

const warm = await firstOpen();
await echoed(warm, 'warm');
const withWarm = descriptors();
warm.terminate();
// The server has noticed.
while (descriptors() >= withWarm) await sleep(20);
await sleep(settle / 3);
const before = { memory: memory(), descriptors: descriptors() };

const sockets = [];
const began = performance.now();
while (sockets.length < connections) {
  const count = Math.min(AT_ONCE, connections - sockets.length);
  sockets.push(...(await Promise.all(Array.from({ length: count }, open))));
}
const opening = performance.now() - began;
await sleep(settle);
const kilobytes = (memory() - before.memory) / connections;
const held = descriptors() - before.descriptors;

const start = performance.now();
const late = await open();
await echoed(late, 'late');
const newcomer = performance.now() - start;
const step = Math.max(1, Math.floor(connections / ASKED));
await Promise.all(sockets.filter((_, i) => i % step === 0).map((socket, i) => echoed(socket, `idle ${i}`)));
const isOpen = sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length;
process.send({ open: isOpen, held, kilobytes, opening, newcomer }, () => process.exit());
