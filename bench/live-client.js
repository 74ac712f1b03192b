// The clients of bench/live.js, in a process of their own: what they count goes to the parent.
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

const { port, what, size, peers, seconds, pid } = JSON.parse(process.argv[2]);

async function open(path) {
  for (let tries = 0; ; tries++) {
    try {
      return await new Promise((resolve, reject) => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { perMessageDeflate: false });
        socket.on('open', () => resolve(socket));
        socket.on('error', reject);
      });
    } catch (error) {
      if (tries > 100) throw error;
      await sleep(50);
    }
  }
}

/** Messages a second of a few connections that each have some on their way. */
async function echo() {
  const inFlight = size > 10_000 ? 8 : 64;
  const data = Buffer.alloc(size, 'a');
  let count = 0;
  const sockets = [];
  for (let i = 0; i < 4; i++) {
    const socket = await open('/');
    sockets.push(socket);
    socket.on('message', () => {
      count++;
      socket.send(data, { binary: false });
    });
  }
  for (const socket of sockets) for (let i = 0; i < inFlight; i++) socket.send(data, { binary: false });
  await sleep(500);
  const before = count;
  const start = performance.now();
  await sleep(seconds * 1000);
  return ((count - before) / (performance.now() - start)) * 1000;
}

/** Microseconds that a message takes there and back, one at a time: the median. */
async function delay() {
  const socket = await open('/');
  const data = Buffer.alloc(size, 'a');
  const times = [];
  for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
    const start = performance.now();
    const back = new Promise((resolve) => socket.once('message', resolve));
    socket.send(data, { binary: false });
    await back;
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[times.length >> 1] * 1000;
}

/** Deliveries a second, with one that speaks as fast as the others hear. */
async function chat() {
  let delivered = 0;
  const sockets = [];
  for (let i = 0; i < peers; i += 50) {
    sockets.push(
      ...(await Promise.all(Array.from({ length: Math.min(50, peers - i) }, (_, j) => open(`/ws/peer${i + j}`)))),
    );
  }
  const [speaker, ...others] = sockets;
  let heard = 0;
  const say = () => speaker.send('hello, everybody in this room');
  for (const socket of others) {
    socket.on('message', () => {
      delivered++;
      if (++heard % others.length === 0) say();
    });
  }
  for (let i = 0; i < 4; i++) say();
  await sleep(500);
  const before = delivered;
  const start = performance.now();
  await sleep(seconds * 1000);
  return ((delivered - before) / (performance.now() - start)) * 1000;
}

/** Kilobytes of the server's resident memory for each connection that says nothing. */
async function idle() {
  const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
  (await open('/')).terminate();
  await sleep(500);
  const before = memory();
  const sockets = [];
  for (let i = 0; i < peers; i += 100) {
    sockets.push(...(await Promise.all(Array.from({ length: Math.min(100, peers - i) }, () => open('/')))));
  }
  await sleep(1500);
  return (memory() - before) / sockets.length;
}

process.send(await { echo, delay, chat, idle }[what]());
process.exit();
