import { connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { concat } from '../../src/codec/bytes/byte-collector.js';
import { HTTP2_FLAG, HTTP2_TYPE, http2Frame } from '../../src/codec/http2/http2-frame.js';
import { Http2Front } from '../../src/live/http2/http2-front.js';
import { WholeFrames } from '../../src/conformance/http2/whole-frames.js';
import { CONNECT, Http2End } from '../codec/http2/http2-bytes.js';
import { listening, type Running } from '../conformance/listening.js';

/** Clients of which nothing is read but what node:http2 hands out, as `proxy` has them. */

const running: Running[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of running.splice(0)) await server.stop();
});

interface Watched {
  readonly troubles: string[];
  /** Resolves when there is another one. */
  readonly trouble: () => Promise<string>;
  /** Resolves when the WebSocket of the connection has closed. */
  readonly closed: Promise<void>;
  readonly client: Socket;
}

async function watched(answersPings: boolean): Promise<Watched> {
  const troubles: string[] = [];
  let told: (words: string) => void = () => undefined;
  let closed = (): void => undefined;
  const isClosed = new Promise<void>((resolve) => (closed = resolve));
  const front = new Http2Front(
    { now: () => 0, isSecure: false, reading: { capture: 'any' } } as never,
    {
      stream: ({ stream }) => {
        if (stream.id !== 1) return;
        stream.respond();
        stream.on('close', closed);
      },
      goaway: () => undefined,
      trouble: (words) => (troubles.push(words), told(words)),
      begins: () => undefined,
      number: () => 0,
      busy: () => undefined,
    },
    { idle: 20, answer: answersPings ? 60_000 : 100 },
  );
  const server = await listening(createServer({ allowHalfOpen: true }, (socket) => front.begin(socket, {})));
  running.push(server);
  const client = connect(server.port, '127.0.0.1');
  sockets.push(client);
  const end = new Http2End();
  client.write(concat([Http2End.preface, end.settings(), end.headers(1, CONNECT)]));
  const frames = new WholeFrames(0xffffff);
  await new Promise<void>((resolve) => {
    client.on('error', () => undefined);
    client.on('data', (chunk) => {
      for (const { header, payload } of frames.push(chunk)) {
        if (header.type === HTTP2_TYPE.headers) resolve();
        const isAsked = header.type === HTTP2_TYPE.ping && header.flags === 0 && answersPings;
        if (isAsked) client.write(http2Frame({ type: HTTP2_TYPE.ping, flags: HTTP2_FLAG.ack }, payload));
        if (isAsked) client.emit('asked');
      }
    });
  });
  const trouble = (): Promise<string> => new Promise((resolve) => (told = resolve));
  return { troubles, trouble, closed: isClosed, client };
}

describe('a connection of HTTP/2 that is not read', () => {
  it.each<[string, Uint8Array]>([
    ['a PING of a wrong length', http2Frame({ type: HTTP2_TYPE.ping }, [1, 2, 3])],
    ['DATA of an idle stream', http2Frame({ type: HTTP2_TYPE.data, stream: 9 }, [1])],
    ['bytes of HTTP/1.1', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ])('is ended after %s, and its WebSocket with it', async (_, bytes) => {
    const { client, trouble, closed } = await watched(false);
    client.write(bytes);
    expect(await trouble()).toBe(
      'an HTTP/2 connection was ended: nothing passes any more: the client is gone, or broke HTTP/2',
    );
    await closed;
  });

  it('stays where PINGs are answered', async () => {
    const { client, troubles } = await watched(true);
    for (let i = 0; i < 5; i++) await new Promise((resolve) => client.once('asked', resolve));
    expect(troubles).toEqual([]);
  });

  it('ends with the end of TCP, however long its PINGs would be waited for', async () => {
    const { client, troubles, closed } = await watched(true);
    client.end();
    await closed;
    expect(troubles).toEqual([]);
  });

  it('is named where its requests are reset in masses', async () => {
    const { client, trouble } = await watched(true);
    const end = new Http2End();
    end.headers(1, CONNECT);
    const resets = Array.from({ length: 150 }, (_, i) => [
      end.headers(2 * i + 3, CONNECT),
      end.reset(2 * i + 3, 8),
    ]).flat();
    client.write(concat(resets));
    expect(await trouble()).toContain('a rapid reset flood');
  });
});
