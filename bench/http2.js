// Live echo over HTTP/2: `serve --http2` beside a bare `node:http2` echo, in one run, both figures printed.
// node bench/http2.js [--seconds S] [--runs N] [--size BYTES]
import { performance } from 'node:perf_hooks';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import * as http2 from 'node:http2';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freePort } from './free-port.js';
import { here, median, shown, start } from './processes.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    runs: { type: 'string', default: '3' },
    size: { type: 'string', default: '125' },
    window: { type: 'string', default: '1' },
  },
});

/** Frames that are on their way at one time: with several, the bare echo copies chunks of many frames, and looks at none. */
const WINDOW = Number(values.window);
const size = Number(values.size);

/** A masked binary frame, and the length of the echo: masked as it was (bare), or not. */
function frameOf() {
  const extended = size > 65535 ? 8 : size > 125 ? 2 : 0;
  const frame = Buffer.alloc(2 + extended + 4 + size);
  frame[0] = 0x82;
  frame[1] = 0x80 | (extended === 0 ? size : extended === 2 ? 126 : 127);
  if (extended === 2) frame.writeUInt16BE(size, 2);
  if (extended === 8) frame.writeBigUInt64BE(BigInt(size), 2);
  randomBytes(4 + size).copy(frame, 2 + extended);
  return frame;
}

async function listens(port) {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isThere = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (isThere) return;
    await sleep(20);
  }
}

/** Echoes a second. */
async function measure(port, reply) {
  await listens(port);
  const session = http2.connect(`http://127.0.0.1:${port}`);
  await new Promise((resolve) => session.once('remoteSettings', resolve));
  const own = { ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/', 'sec-websocket-version': '13' };
  const stream = session.request(own, { endStream: false });
  await new Promise((resolve) => stream.once('response', resolve));
  const frame = frameOf();
  let [bytes, sent] = [0, 0];
  const send = () => {
    for (const done = Math.floor(bytes / reply); sent < done + WINDOW; sent++) stream.write(frame);
  };
  stream.on('data', (chunk) => {
    bytes += chunk.length;
    send();
  });
  send();
  await sleep(500);
  const [begun, counted] = [performance.now(), bytes];
  await sleep(Number(values.seconds) * 1000);
  const rate = (bytes - counted) / reply / ((performance.now() - begun) / 1000);
  session.destroy();
  return rate;
}

async function run(command, reply, out) {
  const port = await freePort();
  const child = start(command(String(port)), out);
  try {
    return await measure(port, reply);
  } finally {
    child.kill('SIGKILL');
  }
}

const folder = mkdtempSync(join(tmpdir(), 'wsinspect-h2-'));
const masked = frameOf().length;
const serve = (port) => [here('../bin/wsinspect.js'), 'serve', port, '--http2'];
try {
  for (const [name, goal, args, out] of [
    ['-q', 0.8, ['-q'], () => undefined],
    ['every frame printed to a file', 0.4, [], () => openSync(join(folder, 'frames.txt'), 'w')],
  ]) {
    const [bare, ours] = [[], []];
    for (let i = 0; i < Number(values.runs); i++) {
      bare.push(await run((port) => [here('http2-bare.js'), port], masked));
      ours.push(await run((port) => [...serve(port), ...args], masked - 4, out()));
    }
    const [a, b] = [median(bare), median(ours)];
    const reached = b / a >= goal ? '' : 'NOT REACHED';
    console.log(
      `echo over HTTP/2 ${size} B, ${name}`.padEnd(52) +
        ` node:http2 ${shown(a).padStart(8)}  wsinspect ${shown(b).padStart(8)} msg/s  ratio ${(b / a).toFixed(2)} (goal ${goal}) ${reached}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
