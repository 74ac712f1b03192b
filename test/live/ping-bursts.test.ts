import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { FrameStream } from '../../src/codec/connection/frame-stream.js';
import { createAssembler } from '../../src/codec/connection/reading-options.js';
import type { Frame } from '../../src/codec/messages/records.js';
import { wsinspect } from '../cli/binary.js';
import { FRAME_FLOODS, intrude, until } from './floods.js';
import { memoryOf } from './memory.js';
import { bare, closeServers, switching } from './servers.js';
import { Serving } from './serving.js';

/** Legal traffic that `ws` by itself would end the connection for: a fault of ours is never the peer's. */

afterAll(closeServers);

const PINGS = 1000;

function ping(text: string, masked: boolean): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([
    Buffer.from([0x89, payload.length | (masked ? 0x80 : 0)]),
    Buffer.alloc(masked ? 4 : 0),
    payload,
  ]);
}

const burst = (masked: boolean): Buffer =>
  Buffer.concat(Array.from({ length: PINGS }, (_, i) => ping(`ping ${i}`, masked)));

/** The pongs that come on a socket, their payloads. */
function pongsOf(socket: Socket, sender: 'client' | 'server'): string[] {
  const pongs: string[] = [];
  const stream = new FrameStream(createAssembler(sender, undefined, {}));
  const take = (frame: Frame): void => void (frame.header.opcode === 10 && pongs.push(decodeUtf8(frame.payload)));
  socket.on('data', (chunk: Buffer) => stream.read(new Uint8Array(chunk), 0, chunk.length, NaN, { frame: take }));
  return pongs;
}

const ALL = Array.from({ length: PINGS }, (_, i) => `ping ${i}`);

describe('a burst of pings', () => {
  it('is answered by connect, and the connection lives on', async () => {
    let pongs: string[] = [];
    const { url } = await bare(({ accept, socket }) => {
      pongs = pongsOf(socket, 'client');
      socket.write(Buffer.concat([Buffer.from(switching(accept)), burst(false)]));
      void until(() => pongs.length === PINGS).then(() => {
        socket.write(Buffer.from('810568656c6c6f880203e8', 'hex'));
        socket.end();
      });
    });
    const ran = await wsinspect(['connect', url, '--no-stdin']);
    expect(ran).toMatchObject({ exit: 0, out: 'hello\n' });
    expect(pongs).toEqual(ALL);
  });

  it('is answered by serve', async () => {
    const serving = await Serving.start();
    const socket = await intrude(serving.port, '/', { again: Buffer.alloc(0), once: true });
    const pongs = pongsOf(socket, 'server');
    socket.write(burst(true));
    await until(() => pongs.length === PINGS);
    expect(pongs).toEqual(ALL);
    socket.destroy();
    expect(await serving.stop()).toBe(130);
  });

  it('of a peer that does not read costs no memory, and the most recent ping is answered when it reads again', async () => {
    const serving = await Serving.start('-q');
    const socket = await intrude(serving.port, '/', FRAME_FLOODS['pings of a peer that does not read']!(true));
    await until(() => socket.bytesWritten - socket.writableLength > 48 * 1024 * 1024);
    expect(memoryOf(serving.child.pid!)).toBeLessThan(300);
    socket.removeAllListeners('drain');
    const pongs = pongsOf(socket, 'server');
    socket.resume();
    await until(() => socket.writableLength === 0);
    // In the middle of a payload it may have stopped: zeros fill that up, and are no legal ping then.
    socket.write(ping('the last one', true));
    await until(() => pongs.includes('the last one'));
    socket.destroy();
    expect(await serving.stop()).toBe(130);
  });
});

/** [what is legal, what comes after the status line of the answer, frames, what is printed] */
const LEGAL: readonly (readonly [string, string, Buffer, string])[] = [
  ['a head of 40 KiB', `X-Long: ${'x'.repeat(40 * 1024)}\r\n`, Buffer.from('81026f6b', 'hex'), 'ok\n'],
  ['3000 header fields', 'X: y\r\n'.repeat(3000), Buffer.from('81026f6b', 'hex'), 'ok\n'],
  [
    'a message in 30000 fragments',
    '',
    Buffer.concat([
      Buffer.from('010178', 'hex'),
      Buffer.from('000178'.repeat(29_998), 'hex'),
      Buffer.from('800178', 'hex'),
    ]),
    `${'x'.repeat(30_000)}\n`,
  ],
];

describe('what is legal is taken', () => {
  it.each(LEGAL)('%s', async (_, head, frames, printed) => {
    const { url } = await bare(({ accept, socket }) => {
      const answer = switching(accept).replace('\r\n', `\r\n${head}`);
      socket.end(Buffer.concat([Buffer.from(answer), frames, Buffer.from('880203e8', 'hex')]));
    });
    const ran = await wsinspect(['connect', url, '--no-stdin']);
    expect(ran).toMatchObject({ exit: 0, out: printed, err: '' });
  });

  it('3000 header fields of a request', async () => {
    const serving = await Serving.start();
    const socket = await serving.raw();
    const more = 'X: y\r\n'.repeat(3000);
    socket.write(
      `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n${more}Upgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 101 /);
    socket.destroy();
    await serving.stop();
  });
});

/** [what is more than this end takes, frames, what is said] */
const LIMITS: readonly (readonly [string, () => Buffer, RegExp])[] = [
  [
    'fragments',
    () => Buffer.from(`010178${'000178'.repeat(140_000)}`, 'hex'),
    /^wsinspect: this end closed with 1008: .*131072 fragments/,
  ],
  [
    'bytes',
    () => Buffer.from('827f0000000040000000', 'hex'),
    /^wsinspect: this end closed with 1009: the message is larger/,
  ],
  ['bytes of a frame', () => Buffer.from('827f0fffffffffffffff', 'hex'), /^wsinspect: this end closed with 1009: /],
];

it.each(LIMITS)('a limit of this end is reported as such: %s', async (_, frames, told) => {
  const { url } = await bare(
    ({ accept, socket }) => void socket.write(Buffer.concat([Buffer.from(switching(accept)), frames()])),
  );
  const ran = await wsinspect(['connect', url, '--no-stdin']);
  expect(ran.exit).toBe(57);
  expect(ran.err).toMatch(told);
});

it('a head that is longer than this end reads is reported as that', async () => {
  const { url } = await bare(({ socket }) => void socket.write(`HTTP/1.1 101 A\r\nX: ${'x'.repeat(300_000)}`));
  const ran = await wsinspect(['connect', url]);
  expect(ran.exit).toBe(4);
  expect(ran.err).toContain('the head of the answer is longer than this end reads (256 KiB)');
});
