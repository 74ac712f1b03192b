import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import * as http2 from 'node:http2';
import { connect as dial } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { http2Frame, HTTP2_TYPE } from '../../src/codec/http2/http2-frame.js';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import { HpackEncoder } from '../../src/codec/http2/hpack-encoder.js';
import { records, wsinspect } from '../cli/binary.js';
import { has } from '../tools.js';
import { closeHttp2, http2Session, Http2Socket } from './http2-peers.js';
import { Serving } from './serving.js';
import { selfSigned, type Pair } from './tls-server.js';

const hasTls = has('openssl');
const folder = mkdtempSync(join(tmpdir(), 'wsinspect-h2-serve-'));
const pair: Pair | undefined = hasTls ? selfSigned(folder) : undefined;
const running: Serving[] = [];
async function serve(...args: string[]): Promise<Serving> {
  const serving = await Serving.start('--http2', ...args);
  running.push(serving);
  return serving;
}
afterEach(async () => {
  closeHttp2();
  await Serving.endAll(running);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const connectFields = (port: number): { name: string; value: string }[] => [
  { name: ':method', value: 'CONNECT' },
  { name: ':protocol', value: 'websocket' },
  { name: ':scheme', value: 'http' },
  { name: ':path', value: '/bad' },
  { name: ':authority', value: `127.0.0.1:${port}` },
  { name: 'sec-websocket-version', value: '13' },
];

const HELLO = '810568656c6c6f';

describe('serve --http2', () => {
  it.each([
    ['GET', '', '200 OK'],
    ['HEAD', '', '200 OK'],
    ['POST', 'Content-Length: 1\r\n', '400 Bad Request'],
    ['GET', 'Sec-WebSocket-Key: AAAA\r\n', '400 Bad Request'],
  ])('a %s over HTTP/1.1 with Upgrade: h2c (%j), as curl --http2 sends it: %s', async (method, lines, status) => {
    const { port } = await serve();
    const client = dial(port, '127.0.0.1');
    let said = '';
    client.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')));
    client.write(
      `${method} / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n` +
        `HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n${lines}\r\n`,
    );
    await new Promise((resolve) => client.on('end', resolve));
    expect(said).toMatch(new RegExp(`^HTTP/1.1 ${status}\r\n`));
    expect(said).toMatch(/\r\nconnection: close\r\n/i);
    expect(/<html/.test(said)).toBe(method === 'GET' && lines === '');
    client.destroy();
  });

  it('takes HTTP/1.1 and, by its preface, HTTP/2 on one port', async () => {
    const server = await serve('--json');
    const session = await http2Session(`http://127.0.0.1:${server.port}`);
    const one = new Http2Socket(session, '/a');
    const two = new Http2Socket(session, '/b');
    const plain = await server.open('/c');
    one.send('hello');
    two.send('hello');
    plain.socket.send('hello');
    await Promise.all([one.got(HELLO), two.got(HELLO), plain.got(1)]);
    plain.socket.close(1000);
    for (const each of [one, two]) {
      each.send('\x03\xe8', 8);
      // Until the client's END_STREAM comes the server waits, and then resets the stream.
      await each.got('880203e8');
      each.stream.end();
    }
    expect(await Promise.all([one.closed, two.closed])).toEqual([0, 0]);
    await server.until((out) => out.split('"type":"connection"').length === 4);
    await server.stop();
    const ends = server.records.filter(({ type }) => type === 'connection');
    const kept = ends.map(({ handshake, http, stream, closeCode }) => [
      ...[(handshake as { target: string }).target, http, stream, closeCode],
    ]);
    expect(kept.toSorted()).toEqual([
      ['/a', '2', 1, 1000],
      ['/b', '2', 3, 1000],
      ['/c', undefined, undefined, 1000],
    ]);
    expect(ends.map(({ connection }) => connection).toSorted()).toEqual([0, 1, 2]);
  });

  it.skipIf(!hasTls)('takes both by ALPN in TLS, and the page over HTTP/2', async () => {
    const server = await serve('--cert', pair!.cert, '--key', pair!.key);
    const session = await http2Session(`https://127.0.0.1:${server.port}`);
    const socket = new Http2Socket(session, '/');
    socket.send('hello');
    await socket.got(HELLO);
    const page = session.request({ ':path': '/app.js' });
    const status = await new Promise((resolve) => page.on('response', (headers) => resolve(headers[':status'])));
    expect(status).toBe(200);
    const client = await server.open('/', { rejectUnauthorized: false });
    client.socket.send('x');
    expect(await client.got(1)).toEqual(['x']);
  });

  it('answers in chat over both', async () => {
    const server = await serve('--mode', 'chat');
    const socket = new Http2Socket(await http2Session(`http://127.0.0.1:${server.port}`), '/ws/ann');
    expect(await socket.answered()).toBe(200);
    const client = await server.open('/ws/bob');
    client.socket.send('hi ann');
    await socket.got(Buffer.from('hi ann').toString('hex'));
    socket.send('hi bob');
    expect((await client.got(1))[0]).toContain('"msg":"hi bob"');
  });

  it('negotiates subprotocol and compression, and shows a refusal with its reason', async () => {
    const server = await serve('--subprotocol', 'demo', '--deflate', '--path', '/in');
    const session = await http2Session(`http://127.0.0.1:${server.port}`);
    const offer = { 'sec-websocket-protocol': 'x, demo', 'sec-websocket-extensions': 'permessage-deflate' };
    const inside = new Http2Socket(session, '/in', offer);
    expect(await inside.answered()).toBe(200);
    expect(inside.headers).toMatchObject({
      'sec-websocket-protocol': 'demo',
      'sec-websocket-extensions': 'permessage-deflate',
    });
    expect(inside.headers).not.toHaveProperty('sec-websocket-accept');
    const outside = new Http2Socket(session, '/out');
    expect(await outside.answered()).toBe(404);
    await server.until((out) => /CONNECT \/out +404/.test(out));
  });

  it.each<[string, http2.OutgoingHttpHeaders, number]>([
    ['another protocol', { ':protocol': 'other' }, 501],
    ['a wrong version', { 'sec-websocket-version': '8' }, 426],
    ['no version', { 'sec-websocket-version': undefined }, 400],
    ['a foreign host', { ':authority': 'evil.example' }, 403],
  ])('refuses %s', async (_what, headers, status) => {
    const server = await serve();
    const socket = new Http2Socket(await http2Session(`http://127.0.0.1:${server.port}`), '/', headers);
    expect(await socket.answered()).toBe(status);
  });

  it('--drop is RST_STREAM with CANCEL, of that stream alone', async () => {
    const server = await serve('--drop');
    const session = await http2Session(`http://127.0.0.1:${server.port}`);
    const [one, two] = [new Http2Socket(session, '/'), new Http2Socket(session, '/')];
    expect(await Promise.all([one.answered(), two.answered()])).toEqual([200, 200]);
    one.send('x');
    expect(await one.closed).toBe(http2.constants.NGHTTP2_CANCEL);
    expect(two.stream.closed).toBe(false);
    await server.until((out) => out.includes('h2-stream-reset') || out.includes('RST_STREAM'));
  });

  it('ends with 1001 on each stream', async () => {
    const server = await serve();
    const socket = new Http2Socket(await http2Session(`http://127.0.0.1:${server.port}`), '/');
    expect(await socket.answered()).toBe(200);
    const exit = server.stop();
    await socket.got('03e9');
    socket.send('\x03\xe9', 8);
    expect(await exit).toBe(130);
  });
});

describe('a recording of HTTP/2', () => {
  it.each(['ndjson', 'pcapng'])('as %s is read back with the same records', async (kind) => {
    const path = join(folder, `recorded.${kind}`);
    const server = await serve('--json', '--record', path, '--deflate');
    const url = server.url;
    const { exit } = await wsinspect([
      'connect',
      url,
      '--http2',
      '--streams',
      '2',
      '-x',
      'hello',
      '--ping',
      '--deflate',
    ]);
    expect(exit).toBe(0);
    await server.until((out) => out.split('"type":"connection"').length === 3);
    await server.stop();
    const frames = (all: Record<string, unknown>[]): unknown[] =>
      all
        .filter(({ type }) => type === 'frame' || type === 'handshake')
        .map(({ time, duration, connection, ...fields }) => (void [time, duration, connection], JSON.stringify(fields)))
        .toSorted();
    const { out } = await wsinspect(['decode', '-f', path, '--json']);
    expect(frames(records(out))).toEqual(frames(server.records));
    if (kind === 'ndjson')
      expect(readFileSync(path, 'utf8')).toMatch(/"type":"opened","connection":0,"http":"2","stream":1,/);
  });

  it('is played again, by a client and by a server', async () => {
    const path = join(folder, 'replayed.ndjson');
    const server = await serve('--record', path);
    await wsinspect(['connect', server.url, '--http2', '-x', 'one', '-x', 'two']);
    await server.stop();
    const again = await serve('--replay', path);
    const { exit, out } = await wsinspect([
      ...['connect', again.url, '--http2', '--replay', path, '--diff', '--speed', '0', '--json'],
    ]);
    expect([exit, records(out).find(({ type }) => type === 'replay')]).toEqual([
      0,
      { type: 'replay', sent: 2, same: 2, changed: 0, missing: 0, extra: 0 },
    ]);
  });
});

describe('floods over HTTP/2 end their connection, are named, and disturb no other', () => {
  const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  const SETTINGS = http2Frame({ type: HTTP2_TYPE.settings });
  const get = [':method=GET', ':scheme=http', ':path=/', ':authority=localhost'].map((line) => {
    const [name = '', value = ''] = line.split('=');
    return { name, value };
  });
  const block = (stream: number, flags: number): Uint8Array =>
    http2Frame(
      { type: HTTP2_TYPE.headers, flags, stream },
      new HpackEncoder().encode(get.map((each) => ({ ...each, form: 'plain' as const }))),
    );
  const repeated = (count: number, frame: (at: number) => Uint8Array): Uint8Array =>
    Buffer.concat(Array.from({ length: count }, (_, at) => frame(at)));

  it.each<[string, () => Uint8Array, RegExp]>([
    [
      'CONTINUATION',
      () =>
        Buffer.concat([block(1, 0), repeated(2000, () => http2Frame({ type: HTTP2_TYPE.continuation, stream: 1 }))]),
      /CONTINUATION flood/,
    ],
    [
      'rapid reset',
      () =>
        repeated(5000, (at) =>
          Buffer.concat([
            block(2 * at + 1, 5),
            http2Frame({ type: HTTP2_TYPE.rstStream, stream: 2 * at + 1 }, [0, 0, 0, 8]),
          ]),
        ),
      /rapid reset flood/,
    ],
    [
      'a header bomb',
      () => {
        const encoder = new HpackEncoder();
        const first = encoder.encode([...get, { name: 'x', value: 'a'.repeat(4000) }]);
        const bomb = encoder.encode([
          ...get,
          ...Array.from({ length: 1500 }, () => ({ name: 'x', value: 'a'.repeat(4000) })),
        ]);
        return Buffer.concat([
          http2Frame({ type: HTTP2_TYPE.headers, flags: 5, stream: 1 }, first),
          http2Frame({ type: HTTP2_TYPE.headers, flags: 5, stream: 3 }, bomb),
        ]);
      },
      /header bomb/,
    ],
  ])('%s', async (_what, flood, words) => {
    // Its clock stands still: nothing ends the connection before it is named.
    const server = await Serving.startHeld('--http2');
    running.push(server);
    const other = await server.open();
    const socket = dial(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    socket.write(Buffer.concat([PREFACE, SETTINGS, flood()]));
    socket.end();
    await server.until((out, err) => words.test(out + err));
    other.socket.send('still here');
    expect(await other.got(1)).toEqual(['still here']);
  });

  it('a malformed CONNECT: what is wrong with it, and that the stream was reset for it', async () => {
    const server = await serve();
    const socket = dial(server.port, '127.0.0.1');
    socket.resume();
    const connect = [...connectFields(server.port), { name: 'upgrade', value: 'websocket' }].map((each) => ({
      ...each,
      form: 'plain' as const,
    }));
    const head = http2Frame({ type: HTTP2_TYPE.headers, flags: 4, stream: 1 }, new HpackEncoder().encode(connect));
    socket.write(Buffer.concat([PREFACE, SETTINGS, head]));
    await server.until((out) => out.includes('why:'));
    socket.destroy();
    await server.stop();
    const lines = server.out.split('\n').filter((line) => /#0 |^ {6}\S/.test(line));
    expect(lines).toEqual([
      expect.stringContaining('↔ handshake  CONNECT /bad  no response seen'),
      expect.stringContaining('(h2-connection-field, RFC 9113 §8.2.2)'),
      expect.stringContaining('← RST_STREAM PROTOCOL_ERROR'),
      expect.stringContaining('↔ ended  RST by the server'),
      expect.stringMatching(/RST_STREAM PROTOCOL_ERROR .* objects to what the other end sent \(h2-stream-reset\)$/),
    ]);
  });

  it.each([
    ['x-a', 'a\0b', 'h2-value-character'],
    ['x-a', 'a\nb', 'h2-value-character'],
    ['x-a', ' a', 'h2-value-blank'],
    ['x a', 'b', 'h2-name-character'],
  ])('a CONNECT with a field that node:http2 leaves out, %j: %j', async (name, value, code) => {
    const server = await serve('--json');
    const { port } = server;
    const socket = dial(port, '127.0.0.1');
    socket.resume();
    const connect = [...connectFields(port), { name, value }].map((each) => ({ ...each, form: 'plain' as const }));
    const head = http2Frame({ type: HTTP2_TYPE.headers, flags: 4, stream: 1 }, new HpackEncoder().encode(connect));
    socket.write(Buffer.concat([PREFACE, SETTINGS, head]));
    await server.until((out) => out.includes('"type":"connection"'));
    socket.destroy();
    await server.stop();
    const [handshake] = server.records.filter(({ type }) => type === 'handshake');
    expect(handshake).toMatchObject({ diagnostics: [{ code }] });
    expect(handshake).not.toHaveProperty('response');
    expect(server.out).toContain('RST_STREAM PROTOCOL_ERROR');
  });

  it('a window of zero: what waits is bounded, and the peer is dropped', async () => {
    const server = await Serving.startHeld('--http2');
    running.push(server);
    const session = await http2Session(`http://127.0.0.1:${server.port}`, { settings: { initialWindowSize: 0 } });
    const deaf = new Http2Socket(session, '/');
    expect(await deaf.answered()).toBe(200);
    // Above 1 MiB an echo waits for its reader, for 30 s.
    const big = encodeFrame({ fin: true, rsv: 0, opcode: 2, key: 0, payload: new Uint8Array(2 * 1024 * 1024) });
    await new Promise((resolve) => deaf.stream.write(big, resolve));
    await server.until((out) => /→ binary/.test(out));
    await server.clock.advance(40_000);
    await server.until((out, err) => /it is dropped: it does not read/.test(out + err));
  });
});
