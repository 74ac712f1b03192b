import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import { tmpdir } from 'node:os';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { join } from 'node:path';

import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { records, wsinspect } from '../cli/binary.js';
import { has } from '../tools.js';
import { closeHttp2, echoFrames, http2Peer, http2Session, Http2Socket } from './http2-peers.js';
import { memoryOf } from './memory.js';
import { bare, closeServers, echo, http, switching } from './servers.js';
import { Client, Serving } from './serving.js';
import { selfSigned, tlsEcho, type Pair } from './tls-server.js';

const hasTls = has('openssl');
const folder = mkdtempSync(join(tmpdir(), 'wsinspect-h2-proxy-'));
const pair: Pair | undefined = hasTls ? selfSigned(folder) : undefined;
const running: Serving[] = [];
async function proxy(url: string, ...args: string[]): Promise<Serving> {
  const serving = await Serving.proxy(url, ...args);
  running.push(serving);
  return serving;
}
afterEach(async () => {
  closeHttp2();
  closeServers();
  await Serving.endAll(running);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HELLO = '810568656c6c6f';

async function socketTo(proxied: Serving, path = '/', headers: OutgoingHttpHeaders = {}): Promise<Http2Socket> {
  return new Http2Socket(await http2Session(`http://127.0.0.1:${proxied.port}`), path, headers);
}

/** A client says hello, gets it back, and closes. */
async function conversation(socket: Http2Socket): Promise<void> {
  socket.send('hello');
  await socket.got(HELLO);
  socket.send('\x03\xe8', 8);
  await socket.got('880203e8');
  socket.stream.end();
  expect(await socket.closed).toBe(0);
}

const ended = (serving: Serving, count = 1): Promise<void> =>
  serving.until((out) => out.split('"type":"connection"').length === count + 1);

describe('proxy --http2', () => {
  it('passes a stream of a client of HTTP/2 to a server of HTTP/2', async () => {
    let asked: IncomingHttpHeaders = {};
    const { port, sessions } = await http2Peer((stream, headers) => {
      asked = headers;
      echoFrames(stream);
    });
    const serving = await proxy(`ws://127.0.0.1:${port}/app`, '--http2', '--json');
    const session = await http2Session(`http://127.0.0.1:${serving.port}`);
    const offers = { cookie: 'a=b', origin: 'http://localhost', 'x-mine': 'yes' };
    const sockets = [new Http2Socket(session, '/', offers), new Http2Socket(session, '/', offers)];
    await Promise.all(sockets.map(conversation));
    await ended(serving, 2);
    expect(sessions.size).toBe(1);
    expect(asked).toMatchObject({
      ':method': 'CONNECT',
      ':protocol': 'websocket',
      ':scheme': 'http',
      ':path': '/app',
      ':authority': `127.0.0.1:${port}`,
      ...offers,
    });
    expect(Object.keys(asked).filter((name) => /^(sec-websocket-key|upgrade|connection|host)$/.test(name))).toEqual([]);
    const shown = serving.records.filter(({ type }) => type === 'handshake');
    expect(shown.map(({ connection, stream, http: version, valid }) => [connection, stream, version, valid])).toEqual([
      [0, 1, '2', true],
      [1, 3, '2', true],
    ]);
    expect((shown[0]!['request'] as { line: string }).line).toBe('CONNECT / HTTP/2');
    const frames = serving.records.filter(({ type, connection }) => type === 'frame' && connection === 0);
    expect(frames.map(({ direction, name, masked }) => [direction, name, masked])).toEqual([
      ['client', 'text', true],
      ['server', 'text', false],
      ['client', 'close', true],
      ['server', 'close', false],
    ]);
    const [end] = serving.records.filter(({ type }) => type === 'connection');
    expect(end).toMatchObject({ http: '2', stream: 1, closeCode: 1000, server: `127.0.0.1:${port}`, ended: 'fin' });
  });

  it('passes one of HTTP/1.1 to a server of HTTP/2', async () => {
    let asked: IncomingHttpHeaders = {};
    const { port } = await http2Peer((stream, headers) => {
      asked = headers;
      echoFrames(stream);
    });
    const serving = await proxy(`ws://127.0.0.1:${port}/`, '--http2', '--json');
    const client = await serving.open('/x?y=1', { headers: { 'X-Mine': 'yes' } });
    client.socket.send('hello');
    expect(await client.got(1)).toEqual(['hello']);
    client.socket.close(1000);
    expect((await client.closed)[0]).toBe(1000);
    await ended(serving);
    expect(asked).toMatchObject({ ':protocol': 'websocket', ':path': '/x?y=1', 'x-mine': 'yes' });
    expect(asked).not.toHaveProperty('sec-websocket-key');
    expect(serving.records.find(({ type }) => type === 'handshake')).toMatchObject({
      valid: true,
      request: { line: 'GET /x?y=1 HTTP/1.1' },
      response: { line: 'HTTP/1.1 101 Switching Protocols' },
    });
  });

  it.each(['clients', 'auto'])('=%s passes a stream to a server of HTTP/1.1', async (mode) => {
    let head = '';
    const { url, port } = await bare(({ head: asked, accept, socket }) => {
      head = asked;
      socket.write(switching(accept, 'Sec-WebSocket-Protocol: b'));
      socket.on('data', (chunk: Buffer) => socket.write(Buffer.from([0x82, chunk.length, ...chunk])));
    });
    const serving = await proxy(url, `--http2=${mode}`, '--json');
    const socket = await socketTo(serving, '/in', {
      'sec-websocket-protocol': 'a, b',
      cookie: ['one=1', 'two=2'],
    });
    expect(await socket.answered()).toBe(200);
    expect(socket.headers).toMatchObject({ 'sec-websocket-protocol': 'b' });
    expect(Object.keys(socket.headers).filter((name) => /accept|upgrade|connection/.test(name))).toEqual([]);
    socket.send('hello');
    await socket.got('820b818500000000');
    socket.stream.end();
    await socket.closed;
    await ended(serving);
    const lines = head.split('\r\n');
    expect(lines[0]).toBe('GET /in HTTP/1.1');
    expect(lines.filter((line) => !/^(sec-websocket-key|$)/i.test(line)).slice(1)).toEqual([
      `Host: 127.0.0.1:${port}`,
      'sec-websocket-version: 13',
      'sec-websocket-protocol: a, b',
      'Cookie: one=1; two=2',
      'Upgrade: websocket',
      'Connection: Upgrade',
    ]);
    expect(serving.records.find(({ type }) => type === 'handshake')).toMatchObject({
      valid: true,
      subprotocol: 'b',
      request: { line: 'CONNECT /in HTTP/2' },
      response: { line: 'HTTP/2 200' },
    });
  });
});

describe('what the other end of an HTTP/2 stream sees', () => {
  it.each([8, 2, 7])('a RST_STREAM of the server, with its code %i', async (code) => {
    const { port } = await http2Peer((stream) => {
      stream.respond();
      stream.on('data', () => stream.close(code));
    });
    const serving = await proxy(`ws://127.0.0.1:${port}/`, '--http2', '--json');
    const socket = await socketTo(serving);
    expect(await socket.answered()).toBe(200);
    socket.send('x');
    expect(await socket.closed).toBe(code);
    await ended(serving);
    const found = serving.records.filter(({ type }) => type === 'http2' || type === 'connection');
    expect(found).toMatchObject([
      { type: 'http2', direction: 'server', code },
      { type: 'connection', ended: 'reset', endedBy: 'server' },
    ]);
  });

  it('a RST_STREAM of the client, with its code', async () => {
    const codes: (number | undefined)[] = [];
    let gone = (): void => undefined;
    const isGone = new Promise<void>((resolve) => (gone = resolve));
    const { port } = await http2Peer((stream) => {
      stream.respond();
      stream.resume();
      stream.on('close', () => {
        codes.push(stream.rstCode);
        gone();
      });
    });
    const serving = await proxy(`ws://127.0.0.1:${port}/`, '--http2', '--json');
    const socket = await socketTo(serving);
    expect(await socket.answered()).toBe(200);
    socket.stream.close(11);
    await isGone;
    expect(codes).toEqual([11]);
    await ended(serving);
    expect(serving.records.at(-1)).toMatchObject({ ended: 'reset', endedBy: 'client' });
  });

  it.each(['client', 'server'] as const)('a reset of the %s of HTTP/1.1 as CANCEL', async (who) => {
    if (who === 'server') {
      const { url } = await bare(({ accept, socket }) => {
        socket.write(switching(accept));
        socket.on('data', () => socket.resetAndDestroy());
      });
      const serving = await proxy(url, '--http2=clients');
      const socket = await socketTo(serving);
      expect(await socket.answered()).toBe(200);
      socket.send('x');
      expect(await socket.closed).toBe(8);
      return;
    }
    let gone: (code?: number) => void = () => undefined;
    const code = new Promise((resolve) => (gone = resolve));
    const { port } = await http2Peer((stream) => {
      stream.respond();
      stream.resume();
      stream.on('close', () => gone(stream.rstCode));
    });
    const serving = await proxy(`ws://127.0.0.1:${port}/`, '--http2');
    const client = await serving.open();
    (client.socket as unknown as { _socket: Socket })._socket.resetAndDestroy();
    expect(await code).toBe(8);
  });

  it('END_STREAM of one direction, and the other continues', async () => {
    let heard = '';
    const { port } = await http2Peer((stream) => {
      stream.respond();
      stream.on('data', (chunk: Buffer) => (heard += chunk.toString()));
      stream.on('end', () => {
        stream.write('still here');
        stream.end();
      });
    });
    const serving = await proxy(`ws://127.0.0.1:${port}/`, '--http2', '--json');
    const socket = await socketTo(serving);
    expect(await socket.answered()).toBe(200);
    socket.stream.end('the last');
    await socket.got(Buffer.from('still here').toString('hex'));
    expect([await socket.closed, heard]).toEqual([0, 'the last']);
  });

  it('a client that never ends its direction: it is given 30 s', async () => {
    const { port } = await http2Peer((stream) => (stream.respond(), stream.end('bye')));
    const serving = await Serving.proxyHeld(`ws://127.0.0.1:${port}/`, '--http2', '--json');
    running.push(serving);
    const socket = await socketTo(serving);
    await socket.got(Buffer.from('bye').toString('hex'));
    await once(socket.stream, 'end');
    await serving.clock.advance(31_000);
    expect(await socket.closed).toBe(0);
    await ended(serving);
  });

  it('the bytes as they are, whatever they are', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8)) & 255));
    const heard: Buffer[] = [];
    const { port } = await http2Peer((stream) => {
      stream.respond();
      stream.on('data', (chunk: Buffer) => heard.push(chunk));
      stream.on('end', () => stream.end(bytes.subarray(100)));
    });
    const serving = await proxy(`ws://127.0.0.1:${port}/`, '--http2', '--stats');
    const socket = await socketTo(serving);
    for (let at = 0; at < bytes.length; at += 7919) socket.stream.write(bytes.subarray(at, at + 7919));
    socket.stream.end();
    await socket.got(bytes.subarray(100).toString('hex'));
    expect(Buffer.concat(heard).equals(bytes)).toBe(true);
  });

  it('a GOAWAY of the server: further streams get another connection', async () => {
    const { port, sessions } = await http2Peer(echoFrames);
    const serving = await proxy(`ws://127.0.0.1:${port}/`, '--http2', '--json');
    const session = await http2Session(`http://127.0.0.1:${serving.port}`);
    const one = new Http2Socket(session, '/');
    expect(await one.answered()).toBe(200);
    const isGoing = once(session, 'goaway');
    for (const each of sessions) each.goaway(0);
    expect((await isGoing)[0]).toBe(0);
    // The stream continues.
    one.send('hello');
    await one.got(HELLO);
    await serving.until((out) => out.includes('GOAWAY'));
    await conversation(await socketTo(serving));
    expect(sessions.size).toBe(2);
  });

  it('a GOAWAY with an error of the server: its streams are reset, and the client is sent the code', async () => {
    const { port, sessions } = await http2Peer(echoFrames);
    const serving = await proxy(`ws://127.0.0.1:${port}/`, '--http2', '--json');
    const session = await http2Session(`http://127.0.0.1:${serving.port}`);
    session.on('error', () => undefined);
    const one = new Http2Socket(session, '/');
    expect(await one.answered()).toBe(200);
    const isGoing = once(session, 'goaway');
    for (const each of sessions) each.goaway(11);
    expect((await isGoing)[0]).toBe(11);
    expect(await one.closed).not.toBe(0);
    await serving.until((_, err) => err.includes('GOAWAY ENHANCE_YOUR_CALM'));
  });

  it('waits for an end that does not read, in bounded memory, and other streams go on', async () => {
    const flooding = { path: '/flood', written: 0, waits: (): void => undefined };
    const isWaiting = new Promise<void>((resolve) => (flooding.waits = resolve));
    const { port } = await http2Peer((stream, headers) => {
      if (headers[':path'] !== flooding.path) return echoFrames(stream);
      stream.respond();
      const frame = Buffer.concat([Buffer.from([0x82, 126, 0xff, 0xff]), Buffer.alloc(0xffff)]);
      const more = (): void => {
        while (stream.write(frame)) flooding.written++;
        if (flooding.written > 2000) throw new Error('it is never made to wait');
        stream.once('drain', more);
        clearTimeout(timer);
        timer = setTimeout(flooding.waits, 1000);
      };
      let timer: NodeJS.Timeout;
      more();
    });
    const serving = await proxy(`ws://127.0.0.1:${port}/`, '--http2', '--stats');
    const session = await http2Session(`http://127.0.0.1:${serving.port}`);
    const deaf = new Http2Socket(session, flooding.path);
    expect(await deaf.answered()).toBe(200);
    deaf.stream.pause();
    await isWaiting;
    expect(memoryOf(serving.child.pid!)).toBeLessThan(180);
    await conversation(new Http2Socket(session, '/other'));
  });
});

describe('refusals over HTTP/2', () => {
  it('pass with their status, headers and body, from a server of either version', async () => {
    const refuse = (server: string, ...args: string[]): Promise<Serving> => proxy(server, '--json', ...args);
    const two = await http2Peer((stream) => {
      stream.respond({ ':status': 401, 'www-authenticate': 'Basic realm="x"' });
      stream.end('no, never');
    });
    const one = await http((_, response) => {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' });
      response.end('no, never');
    });
    const both = [await refuse(`ws://127.0.0.1:${two.port}/`, '--http2'), await refuse(one.url, '--http2=clients')];
    for (const serving of both) {
      const socket = await socketTo(serving);
      expect(await socket.answered()).toBe(401);
      expect(socket.headers['www-authenticate']).toBe('Basic realm="x"');
      await socket.got(Buffer.from('no, never').toString('hex'));
      socket.stream.end();
      await socket.closed;
      await serving.until((out) => out.includes('"type":"connection"'));
      expect(serving.records.find(({ type }) => type === 'handshake')).toMatchObject({
        response: { line: 'HTTP/2 401' },
      });
    }
    const refused = Client.open(both[0]!.url);
    await expect(refused).rejects.toMatchObject({ status: 401, body: 'no, never' });
  });

  it.each<[string, OutgoingHttpHeaders, number]>([
    ['another protocol', { ':protocol': 'other' }, 501],
    ['a foreign host', { ':authority': 'evil.example' }, 403],
    ['a foreign page', { origin: 'https://evil.example' }, 403],
  ])('%s is refused here', async (_what, headers, status) => {
    const { url, asked } = await echoCounting();
    const serving = await proxy(url, '--http2=clients');
    const socket = await socketTo(serving, '/', headers);
    expect([await socket.answered(), asked()]).toEqual([status, 0]);
    await serving.until((_, err) => err.includes(`refused with ${status}`));
  });

  it('a server that is not there is 502, with the cause', async () => {
    const serving = await proxy('ws://127.0.0.1:9/', '--http2');
    const socket = await socketTo(serving);
    expect(await socket.answered()).toBe(502);
    await serving.until((_, err) => /502.*127\.0\.0\.1:9.*why:/.test(err));
  });

  it('a server without the setting is 502 for a WebSocket, and takes other requests', async () => {
    const { port } = await http2Peer((stream) => (stream.respond(), stream.end('plain')), { connects: false });
    const serving = await proxy(`ws://127.0.0.1:${port}/`, '--http2');
    const socket = await socketTo(serving);
    expect(await socket.answered()).toBe(502);
    await serving.until((_, err) => err.includes('(h2-connect-not-enabled)'));
    expect(await (await serving.http('/')).text()).toBe('plain');
  });

  it('an accept value that does not answer the key is 502 to a client that can not see it', async () => {
    const { url } = await bare(({ socket }) => socket.write(switching('AAAAAAAAAAAAAAAAAAAAAAAAAAA=')));
    const serving = await proxy(url, '--http2=clients');
    const socket = await socketTo(serving);
    expect(await socket.answered()).toBe(502);
    await serving.until((_, err) => err.includes('Sec-WebSocket-Accept'));
  });

  it('without --http2 the preface is refused, with the option that helps', async () => {
    const { url } = await echo();
    const serving = await proxy(url);
    const { exit } = await wsinspect(['connect', serving.url, '--http2', '-x', 'a']);
    expect(exit).not.toBe(0);
    await serving.until((_, err) => err.includes('--http2=clients'));
  });
});

describe('other requests over HTTP/2', () => {
  async function ask(
    serving: Serving,
    headers: OutgoingHttpHeaders,
    body?: string,
  ): Promise<{ headers: IncomingHttpHeaders; trailers: IncomingHttpHeaders; body: string }> {
    const session = await http2Session(`http://127.0.0.1:${serving.port}`);
    const stream = session.request(headers, { endStream: body === undefined });
    if (body !== undefined) stream.end(body);
    let trailers: IncomingHttpHeaders = {};
    stream.on('trailers', (got: IncomingHttpHeaders) => (trailers = got));
    const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    let text = '';
    for await (const chunk of stream) text += (chunk as Buffer).toString();
    return { headers: answer, trailers, body: text };
  }

  it('go to a server of HTTP/1.1 and back, with their bodies and trailers', async () => {
    const { url, port } = await http((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        response.writeHead(201, { 'X-Asked': `${request.method} ${request.headers.host} ${request.url}` });
        if (body !== '') response.write(body.toUpperCase());
        if (body !== '') response.addTrailers({ 'X-Sum': '42' });
        response.end();
      });
    });
    const serving = await proxy(url, '--http2=clients', '--json');
    const answer = await ask(serving, { ':method': 'POST', ':path': '/page?x' }, 'some body');
    expect(answer).toMatchObject({
      headers: { ':status': 201, 'x-asked': `POST 127.0.0.1:${port} /page?x` },
      trailers: { 'x-sum': '42' },
      body: 'SOME BODY',
    });
    expect(answer.headers).not.toHaveProperty('connection');
    await serving.until((out) => out.includes('"type":"request"'));
    expect(serving.records[1]).toMatchObject({ type: 'request', method: 'POST', target: '/page?x', status: 201 });
    expect((await ask(serving, { ':method': 'HEAD', ':path': '/' })).body).toBe('');
  });

  it('go to a server of HTTP/2, from clients of both versions', async () => {
    const { port } = await http2Peer((stream, headers) => {
      let body = '';
      stream.on('data', (chunk: Buffer) => (body += chunk.toString()));
      stream.on('end', () => {
        stream.respond(
          { ':status': 200, 'x-asked': `${headers[':method']} ${headers[':path']}` },
          { waitForTrailers: true },
        );
        stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '42' }));
        stream.end(body.toUpperCase());
      });
    });
    const serving = await proxy(`ws://127.0.0.1:${port}/`, '--http2', '--json');
    expect(await ask(serving, { ':method': 'PUT', ':path': '/a' }, 'some body')).toMatchObject({
      headers: { ':status': 200, 'x-asked': 'PUT /a' },
      trailers: { 'x-sum': '42' },
      body: 'SOME BODY',
    });
    const plain = await serving.http('/b', { method: 'POST', body: 'over one' });
    expect([plain.status, plain.headers.get('x-asked'), await plain.text()]).toEqual([200, 'POST /b', 'OVER ONE']);
    const empty = await serving.http('/c');
    expect([empty.headers.get('x-asked'), await empty.text()]).toEqual(['GET /c', '']);
  });

  it.each(['Content-Length: 100\r\n\r\nhalf', 'Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'])(
    'an answer that is cut off is no whole one: %j',
    async (rest) => {
      const { url } = await bare(({ socket }) => socket.end(`HTTP/1.1 200 OK\r\n${rest}`));
      const serving = await proxy(url, '--http2=clients');
      const session = await http2Session(`http://127.0.0.1:${serving.port}`);
      const stream = session.request({ ':path': '/' });
      stream.on('error', () => undefined);
      stream.resume();
      await new Promise((resolve) => stream.on('close', resolve));
      expect(stream.rstCode).not.toBe(0);
    },
  );

  it('what HTTP/2 does not have is 502, with the reason', async () => {
    const { url } = await bare(({ socket }) =>
      socket.end('HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /b\r\n\r\n'),
    );
    const serving = await proxy(url, '--http2=clients');
    const answer = await ask(serving, { ':path': '/' });
    expect([answer.headers[':status'], answer.body]).toEqual([502, expect.stringContaining('location')]);
  });
});

describe('options of the proxy over HTTP/2', () => {
  it('faults are made in the frames of a stream, and the records show them as they were sent', async () => {
    const { port } = await http2Peer(echoFrames);
    const serving = await proxy(`ws://127.0.0.1:${port}/`, '--http2', '--json', '--duplicate');
    const socket = await socketTo(serving);
    socket.send('hello');
    // Twice to the server, and each echo twice.
    await socket.got(HELLO.repeat(4));
    socket.stream.close(8);
    await ended(serving);
    const frames = serving.records.filter(({ type }) => type === 'frame');
    expect(frames.map(({ direction }) => direction)).toEqual(['client', 'server', 'server']);
    expect(serving.records.filter(({ type }) => type === 'fault')).toHaveLength(3);
  });

  it('--close-after closes both ends, --drop-after resets both', async () => {
    const { port } = await http2Peer(echoFrames);
    const url = `ws://127.0.0.1:${port}/`;
    const closing = await socketTo(await proxy(url, '--http2', '--close-after', '2:1012'));
    closing.send('hello');
    await closing.got(`${HELLO}880203f4`);
    const dropping = await socketTo(await proxy(url, '--http2', '--drop-after', '2'));
    dropping.send('hello');
    expect(await dropping.closed).toBe(8);
  });

  it('edits: headers are set, and the offer of compression is removed', async () => {
    let asked: IncomingHttpHeaders = {};
    const { port } = await http2Peer((stream, headers) => {
      asked = headers;
      echoFrames(stream);
    });
    const args = ['-H', 'X-More: 1', '-H', 'X-Mine:', '-o', 'https://a.example', '--no-deflate'];
    const serving = await proxy(`ws://127.0.0.1:${port}/`, '--http2', ...args);
    const socket = await socketTo(serving, '/', {
      'x-mine': '2',
      'sec-websocket-extensions': 'permessage-deflate, x-other',
    });
    expect(await socket.answered()).toBe(200);
    expect(asked).toMatchObject({
      'x-more': '1',
      origin: 'https://a.example',
      'sec-websocket-extensions': 'x-other',
    });
    expect(asked).not.toHaveProperty('x-mine');
  });

  it.each(['ndjson', 'pcapng', 'har'])('--record as %s is read back', async (kind) => {
    const path = join(folder, `recorded.${kind}`);
    const { port } = await http2Peer(echoFrames);
    const serving = await proxy(`ws://127.0.0.1:${port}/`, '--http2', '--json', '--record', path);
    const session = await http2Session(`http://127.0.0.1:${serving.port}`);
    await Promise.all([conversation(new Http2Socket(session, '/')), conversation(new Http2Socket(session, '/'))]);
    await ended(serving, 2);
    session.close();
    await serving.stop();
    const { out } = await wsinspect(['decode', '-f', path, '--json', '--view', 'messages']);
    const messages = records(out).filter(({ type }) => type === 'message');
    expect(messages.map(({ direction, text }) => `${String(direction)} ${String(text)}`).toSorted()).toEqual([
      ...['client hello', 'client hello', 'server hello', 'server hello'],
    ]);
    if (kind !== 'har') {
      const streams = records(out).flatMap(({ type, stream }) => (type === 'connection' ? [stream] : []));
      expect(streams.toSorted()).toEqual([1, 3]);
    }
  });

  it.skipIf(!hasTls)(
    'TLS of both sides: ALPN takes both versions of the clients, and =auto those of the server',
    async () => {
      const [two, one] = [await http2Peer(echoFrames, { pair: pair! }), await tlsEcho(pair!)];
      const listen = ['--listen-cert', pair!.cert, '--listen-key', pair!.key, '-k', '--json'];
      const goes = async (url: string, mode: string): Promise<void> => {
        const serving = await proxy(url, mode, ...listen);
        for (const version of [['--http2'], []]) {
          const at = `wss://127.0.0.1:${serving.port}/`;
          const { exit, stdout } = await wsinspect(['connect', at, '-k', '-x', 'hello', ...version]);
          expect([exit, stdout.toString()]).toEqual([0, 'hello\n']);
        }
        await ended(serving, 2);
        expect(serving.records.flatMap(({ type, http: v }) => (type === 'connection' ? [v] : []))).toEqual([
          '2',
          undefined,
        ]);
      };
      await goes(`wss://127.0.0.1:${two.port}/`, '--http2');
      await goes(`wss://127.0.0.1:${two.port}/`, '--http2=auto');
      await goes(one.url.replace('ws:', 'wss:'), '--http2=auto');
      const refused = await proxy(one.url.replace('ws:', 'wss:'), '--http2', ...listen);
      const { exit } = await wsinspect(['connect', `wss://127.0.0.1:${refused.port}/`, '-k', '-x', 'a']);
      expect(exit).toBe(22);
      await refused.until((_, err) => err.includes('(h2-alpn-refused)'));
    },
  );

  it('ends with its streams', async () => {
    const { port } = await http2Peer((stream) => {
      stream.respond();
      stream.resume();
      stream.on('end', () => stream.end());
    });
    const serving = await proxy(`ws://127.0.0.1:${port}/`, '--http2');
    const socket = await socketTo(serving);
    expect(await socket.answered()).toBe(200);
    socket.stream.on('end', () => socket.stream.end());
    expect(await serving.stop()).toBe(130);
  });
});

/** A server of HTTP/1.1, and the number of its connections so far. */
async function echoCounting(): Promise<{ url: string; asked: () => number }> {
  let count = 0;
  const { url } = await bare(({ socket }) => {
    count++;
    socket.destroy();
  });
  return { url, asked: () => count };
}
