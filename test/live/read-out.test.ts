// What an end said last before it left is seen, though what was being written to it fails.
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOut } from '../../src/live/sockets/defer-write-errors.js';
import { Workshop, wsinspect } from '../cli/binary.js';
import { Serving } from './serving.js';
import { bare, closeServers, switching, type Running } from './servers.js';

/** More than the buffers of the system hold. */
const MUCH = 20_000_000;
const CLOSE_1009 = '880203f1';
const ROUNDS = [1, 2, 3, 4, 5];

let shop: Workshop;
beforeAll(() => {
  shop = new Workshop();
  writeFileSync(`${shop.folder}/much.bin`, Buffer.alloc(MUCH, 1));
});
afterAll(() => {
  closeServers();
  shop.remove();
});

/** A server that finds a message too big: it says so and leaves, what is under way unread. */
function curt(): Promise<Running> {
  return bare(({ accept, socket }) => {
    socket.on('error', () => undefined);
    socket.write(switching(accept));
    socket.once('data', () => {
      socket.pause();
      socket.write(Buffer.from(CLOSE_1009, 'hex'), () => socket.destroy());
    });
  });
}

function closed(stream: Duplex): Promise<void> {
  return new Promise((resolve) => stream.once('close', () => resolve()));
}

/** Writes bytes to a port whatever becomes of them; what came back. */
async function answerTo(port: number, bytes: Uint8Array): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1');
  readOut(socket);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  socket.write(bytes);
  await closed(socket);
  return Buffer.concat(chunks);
}

describe('a peer that says something and leaves while it is written to', () => {
  it.each(ROUNDS)('is read by connect (%i)', async () => {
    const { url } = await curt();
    const ran = await wsinspect(['connect', url, '--send-file', `${shop.folder}/much.bin`]);
    expect(ran.err).toMatch(/^wsinspect: the server closed with 1009 Message Too Big\nwhy: .*\n$/);
    expect(ran.exit).toBe(57);
  });

  it.each(ROUNDS)('is read through proxy (%i)', async () => {
    const proxy = await Serving.proxy((await curt()).url);
    const head = [
      'GET / HTTP/1.1',
      'Host: localhost',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
    ];
    const request = [...head, 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '', ''].join('\r\n');
    const frame = Buffer.alloc(14 + MUCH);
    frame.set([0x82, 0xff]);
    frame.writeBigUInt64BE(BigInt(MUCH), 2);
    const answer = await answerTo(proxy.port, Buffer.concat([Buffer.from(request), frame]));
    expect(answer.subarray(answer.indexOf('\r\n\r\n') + 4).toString('hex')).toBe(CLOSE_1009);
    await proxy.stop();
    expect(proxy.out).toMatch(/← close .* 1009/);
  });

  it.each(ROUNDS)('is read through proxy where it sends HTTP (%i)', async () => {
    const early = 'HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
    const { url } = await bare(({ socket }) => {
      socket.on('error', () => undefined);
      socket.pause();
      socket.write(early, () => socket.destroy());
    });
    const proxy = await Serving.proxy(url);
    const request = `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${MUCH}\r\n\r\n`;
    const answer = await answerTo(proxy.port, Buffer.concat([Buffer.from(request), Buffer.alloc(MUCH)]));
    expect(answer.toString()).toBe(early);
    await proxy.stop();
    expect(proxy.out).toContain('413');
  });
});

describe('a write that fails', () => {
  class Broken extends Duplex {
    override _read(): void {}
    override _write(_chunk: unknown, _encoding: string, done: (error: Error) => void): void {
      done(new Error('no'));
    }
  }

  it('is reported when all was read, or after a while where nothing more comes', async () => {
    for (const ends of [true, false]) {
      const stream = new Broken({ allowHalfOpen: true });
      readOut(stream);
      const read: string[] = [];
      let failed: string | undefined;
      stream.on('data', (chunk: Buffer) => read.push(chunk.toString()));
      stream.on('error', ({ message }) => (failed = message));
      stream.write('lost');
      stream.push('late');
      // What is pushed is read in the next turn; the while is longer.
      await new Promise((resolve) => setImmediate(resolve));
      expect([read, failed]).toEqual([['late'], undefined]);
      if (ends) stream.push(null);
      await closed(stream);
      expect(failed).toBe('no');
    }
  });
});
