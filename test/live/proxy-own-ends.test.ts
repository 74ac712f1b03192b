import { createServer, connect as connectTcp, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { records, Workshop } from '../cli/binary.js';
import { runHere } from '../cli/in-process.js';
import { HTTP2_TYPE, http2Frame } from '../../src/codec/http2/http2-frame.js';
import { Http2End } from '../codec/http2/http2-bytes.js';
import { closeHttp2, echoFrames, Http2Socket, http2Peer, http2Session } from './http2-peers.js';
import { closeServers, echo, listening, switching } from './servers.js';
import { Client, Serving } from './serving.js';

type Json = Readonly<Record<string, unknown>>;

let shop: Workshop;
const running: Serving[] = [];
beforeAll(() => {
  shop = new Workshop();
});
afterEach(async () => {
  await Serving.endAll(running);
  closeServers();
  closeHttp2();
});
afterAll(() => shop.remove());

let files = 0;
const fileOf = (kind: string): string => `${shop.folder}/own-${files++}.${kind}`;

async function proxy(url: string, ...args: string[]): Promise<Serving> {
  const serving = await Serving.proxy(url, '--json', ...args);
  running.push(serving);
  return serving;
}

async function decoded(file: string): Promise<Json> {
  const { out } = await runHere(['decode', '--json', file]);
  return ofConnection(records(out));
}

function ofConnection(all: readonly Json[]): Json {
  return all.find(({ type }) => type === 'connection')!;
}

const REQUEST =
  'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';
const ANSWER = switching('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
const REFUSAL = 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno';
/** What would name an end, or blame one. */
const BLAME = ['closeCode', 'closedBy', 'endedBy', 'cause'] as const;
const none = (record: Json): unknown[] => BLAME.map((name) => record[name]);
const NONE = BLAME.map(() => undefined);

async function asking(serving: Serving): Promise<Socket> {
  const client = connectTcp({ port: serving.port, host: '127.0.0.1', allowHalfOpen: true });
  client.on('error', () => undefined);
  client.resume();
  client.write(REQUEST);
  await once(client, 'connect');
  return client;
}

/** A server that gives this answer, if any; resolves with a URL and its first connection. */
async function answering(answer: string): Promise<{ url: string; asked: Promise<Socket> }> {
  const listener = createServer({ allowHalfOpen: true });
  const asked = new Promise<Socket>((resolve) =>
    listener.on('connection', (socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        if (answer !== '') socket.write(answer);
        resolve(socket);
      });
    }),
  );
  return { url: (await listening(listener)).url, asked };
}

describe('what the proxy ends itself', () => {
  it.each([
    ['SIGINT', 'without an answer', '', 'pcapng'],
    ['SIGTERM', 'without an answer', '', 'ndjson'],
    ['SIGINT', 'after the handshake', ANSWER, 'pcapng'],
    ['SIGTERM', 'after the handshake', ANSWER, 'ndjson'],
  ] as const)('by %s is open at the end, %s: no end is named, shown or recorded', async (signal, _, answer, kind) => {
    const { url, asked } = await answering(answer);
    const file = fileOf(kind);
    const serving = await proxy(url, '--record', file);
    const client = await asking(serving);
    await asked;
    if (answer !== '') await serving.until((out) => out.includes('"handshake"'));
    await serving.stop(signal);
    client.destroy();
    for (const found of [ofConnection(serving.records), await decoded(file)]) {
      expect(found).toMatchObject({ ended: 'end' });
      expect(none(found)).toEqual(NONE);
    }
  });

  it.each(['pcapng', 'ndjson'])('by a signal after a FIN of the client: that one is kept, in %s too', async (kind) => {
    const { url, asked } = await answering('');
    const file = fileOf(kind);
    const serving = await proxy(url, '--record', file);
    const client = await asking(serving);
    const server = await asked;
    client.end();
    server.resume();
    await once(server, 'end');
    await serving.stop();
    client.destroy();
    for (const found of [ofConnection(serving.records), await decoded(file)]) {
      expect(found).toMatchObject({ ended: 'end', endedBy: 'client' });
      expect(found['cause']).toBeUndefined();
    }
  });

  it('for want of room is no reset of the client', async () => {
    const { url } = await answering(REFUSAL);
    const serving = await proxy(url, '--max-connections', '1');
    const client = await asking(serving);
    const gone = once(client, 'end');
    await serving.until((out) => out.includes('"handshake"'));
    const other = await asking(serving);
    await gone;
    await serving.until((out) => out.includes('"connection","'));
    expect(ofConnection(serving.records)).toMatchObject({ ended: 'reset' });
    expect(ofConnection(serving.records)['endedBy']).toBeUndefined();
    other.destroy();
  });

  it.each(['pcapng', 'ndjson'])('with --drop-after is a reset of neither end, in %s too', async (kind) => {
    const file = fileOf(kind);
    const serving = await proxy((await echo()).url, '--drop-after', '2', '--record', file);
    const client = await Client.open(serving.url);
    client.socket.send('a');
    await client.closed;
    await serving.until((out) => out.includes('"connection","'));
    await serving.stop();
    for (const found of [ofConnection(serving.records), await decoded(file)]) expect(found['endedBy']).toBeUndefined();
  });

  it.each(['pcapng', 'ndjson'])(
    'with --close-after has the code of the proxy, and no close of an end in %s',
    async (kind) => {
      const file = fileOf(kind);
      const serving = await proxy((await echo()).url, '--close-after', '2:1012:on purpose', '--record', file);
      const client = await Client.open(serving.url);
      client.socket.send('a');
      expect(await client.closed).toEqual([1012, 'on purpose']);
      await serving.until((out) => out.includes('"connection","'));
      await serving.stop();
      const shown = ofConnection(serving.records);
      expect(shown).toMatchObject({ closeCode: 1012, closeReason: 'on purpose', ended: 'fin' });
      expect([shown['closedBy'], shown['endedBy']]).toEqual([undefined, undefined]);
      expect(none(await decoded(file))).toEqual(NONE);
    },
  );

  it.each(['pcapng', 'ndjson'])('with an answer to a later request is its own, and not in %s', async (kind) => {
    const { url } = await answering(REFUSAL);
    const file = fileOf(kind);
    const serving = await proxy(url, '--record', file);
    const client = await asking(serving);
    let got = '';
    client.on('data', (chunk: Buffer) => (got += chunk.toString('latin1')));
    await serving.until((out) => out.includes('"handshake"'));
    client.write(REQUEST.replace('Host: localhost', 'Host: evil.example'));
    await once(client, 'end');
    expect(got).toContain('HTTP/1.1 403 ');
    await serving.until((out) => out.includes('"connection","'));
    await serving.stop();
    client.destroy();
    const fault = serving.records.find(({ type }) => type === 'fault');
    expect(fault).toMatchObject({ connection: 0, direction: 'client', fault: 'refuse' });
    expect(fault!['message']).toMatch(/^the request is answered with 403: .*evil\.example/);
    const { out } = await runHere(['decode', '--json', file]);
    for (const all of [serving.records, records(out)]) {
      const statuses = all.flatMap(({ type, response }) =>
        type === 'handshake' ? [(response as Json | undefined)?.['line']] : [],
      );
      expect(statuses).toEqual(['HTTP/1.1 401 Unauthorized', undefined]);
      expect([ofConnection(all)['closedBy'], ofConnection(all)['endedBy']]).toEqual([undefined, undefined]);
      expect(JSON.stringify(all)).not.toContain('wsinspect: ');
    }
    expect(ofConnection(serving.records)['cause']).toEqual(ofConnection(records(out))['cause']);
  });

  it('with an answer to a later request is shown as by the proxy', async () => {
    const { url } = await answering(REFUSAL);
    const serving = await Serving.proxy(url);
    running.push(serving);
    const client = await asking(serving);
    await serving.until((out) => out.includes('401'));
    client.write(REQUEST.replace('Host: localhost', 'Host: evil.example'));
    await serving.until((out) => out.includes('ended'));
    client.destroy();
    expect(serving.out).toMatch(/refused by the proxy: the request is answered with 403: /);
    expect(serving.out).not.toContain('403 Forbidden');
  });

  it('with --close-after is shown as by the proxy', async () => {
    const serving = await Serving.proxy((await echo()).url, '--close-after', '2:1012:on purpose');
    running.push(serving);
    const client = await Client.open(serving.url);
    client.socket.send('a');
    await client.closed;
    await serving.until((out) => out.includes('ended'));
    expect(serving.out).toMatch(/ended {2}1012 Service Restart {2}"on purpose" {2}by the proxy/);
  });

  it.each(['pcapng', 'ndjson'])(
    'by a signal, a stream of HTTP/2 is open at the end too, shown and in %s',
    async (kind) => {
      const { port } = await http2Peer((stream) => stream.respond());
      const file = fileOf(kind);
      const serving = await proxy(`ws://127.0.0.1:${port}/`, '--http2', '--record', file);
      const session = await http2Session(`http://127.0.0.1:${serving.port}`);
      session.on('error', () => undefined);
      const socket = new Http2Socket(session, '/');
      expect(await socket.answered()).toBe(200);
      await serving.stop();
      for (const found of [ofConnection(serving.records), await decoded(file)])
        expect([found['ended'], found['endedBy']]).toEqual(['end', undefined]);
    },
  );

  it('by a signal is no reset of a client of HTTP/2 in a recording: what the client ended is kept', async () => {
    const { port } = await http2Peer((stream) => stream.respond());
    const file = fileOf('pcapng');
    const serving = await proxy(`ws://127.0.0.1:${port}/`, '--http2', '--record', file);
    const session = await http2Session(`http://127.0.0.1:${serving.port}`);
    session.on('error', () => undefined);
    const [first, second] = [new Http2Socket(session, '/'), new Http2Socket(session, '/')];
    expect([await first.answered(), await second.answered()]).toEqual([200, 200]);
    first.stream.close(8);
    await serving.until((out) => out.includes('"connection","'));
    await serving.stop();
    const { out } = await runHere(['decode', '--json', file]);
    const ends = records(out).filter(({ type }) => type === 'connection');
    expect(ends.map(({ ended, endedBy }) => [ended, endedBy])).toEqual([
      ['reset', 'client'],
      ['end', undefined],
    ]);
  });

  it('for want of a legal frame is no reset of a client of HTTP/2 in a recording', async () => {
    const { port } = await http2Peer(echoFrames);
    const file = fileOf('pcapng');
    const serving = await proxy(`ws://127.0.0.1:${port}/`, '--http2', '--record', file);
    const end = new Http2End();
    const client = connectTcp({ port: serving.port, host: '127.0.0.1', allowHalfOpen: true });
    client.on('error', () => undefined).resume();
    const gone = once(client, 'end');
    client.write(Http2End.preface);
    client.write(end.settings());
    client.write(
      end.headers(1, [
        [':method', 'CONNECT'],
        [':protocol', 'websocket'],
        [':scheme', 'http'],
        [':path', '/'],
        [':authority', 'localhost'],
        ['sec-websocket-version', '13'],
      ]),
    );
    await serving.until((out) => out.includes('"handshake"'));
    // SETTINGS on a stream (RFC 9113 section 6.5).
    client.write(http2Frame({ type: HTTP2_TYPE.settings, stream: 1 }, []));
    await gone;
    await serving.until((out) => out.includes('"connection","'));
    await serving.stop();
    const { out } = await runHere(['decode', '--json', file]);
    client.destroy();
    expect(ofConnection(records(out))).toMatchObject({ ended: 'end' });
    expect(ofConnection(records(out))['endedBy']).toBeUndefined();
  });

  it.each([
    ['--drop-after', '2', 'pcapng'],
    ['--drop-after', '2', 'ndjson'],
    ['--close-after', '2:1012:on purpose', 'pcapng'],
    ['--close-after', '2:1012:on purpose', 'ndjson'],
  ])('over HTTP/2 with %s %s is of neither end, in %s', async (option, value, kind) => {
    const { port } = await http2Peer(echoFrames);
    const file = fileOf(kind);
    const serving = await proxy(`ws://127.0.0.1:${port}/`, '--http2', option, value, '--record', file);
    const session = await http2Session(`http://127.0.0.1:${serving.port}`);
    session.on('error', () => undefined);
    const socket = new Http2Socket(session, '/');
    expect(await socket.answered()).toBe(200);
    socket.send('a');
    await serving.until((out) => out.includes('"connection","'));
    session.close();
    await serving.stop();
    const found = await decoded(file);
    expect(none(found)).toEqual(NONE);
    expect(found['messages']).toEqual({ client: 1, server: 1 });
  });
});
