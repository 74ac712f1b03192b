import { createServer, connect as connectTcp, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { memoryOf } from './memory.js';
import { bare, closeServers, echo, http, listening, peer, switching } from './servers.js';
import { Client, Refused, Serving } from './serving.js';

const running: Serving[] = [];
afterEach(async () => {
  await Serving.endAll(running);
  closeServers();
});
async function proxy(url: string, ...args: string[]): Promise<Serving> {
  const serving = await Serving.proxy(url, ...args);
  running.push(serving);
  return serving;
}

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const REQUEST = [
  'GET / HTTP/1.1',
  'Host: localhost',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  `Sec-WebSocket-Key: ${KEY}`,
  '\r\n',
].join('\r\n');
const ANSWER = switching('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');

/** A bare server, the proxy before it, and both ends of a connection through it, after the handshake. */
async function throughProxy(...args: string[]): Promise<{ client: Socket; server: Socket; serving: Serving }> {
  const listener: Server = createServer({ allowHalfOpen: true });
  const { url } = await listening(listener);
  const serving = await proxy(url, ...args);
  const accepted = once(listener, 'connection');
  const client = connectTcp({ port: serving.port, host: '127.0.0.1', allowHalfOpen: true });
  client.on('error', () => undefined);
  client.write(REQUEST);
  const [server] = (await accepted) as [Socket];
  const [asked] = (await once(server, 'data')) as [Buffer];
  expect(asked.toString()).toContain(KEY);
  server.write(ANSWER);
  const [answered] = (await once(client, 'data')) as [Buffer];
  expect(answered.toString()).toBe(ANSWER);
  return { client, server, serving };
}

/** What comes on a socket until its end. */
function all(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    const done = (): void => resolve(Buffer.concat(chunks));
    socket.on('end', done);
    socket.on('close', done);
  });
}

describe('proxy', () => {
  it('shows what passes, and changes only Host and the target', async () => {
    let head = '';
    const { url, port } = await bare(({ head: asked, accept, socket }) => {
      head = asked;
      socket.write(switching(accept, 'Sec-WebSocket-Protocol: b'));
      socket.on('data', (chunk: Buffer) => socket.write(Buffer.from([0x82, chunk.length, ...chunk])));
    });
    const serving = await proxy(`${url}app?x=1`, '--json');
    const client = await Client.open(serving.url, { headers: { 'X-Mine': 'yes' } }, ['a', 'b']);
    expect(client.socket.protocol).toBe('b');
    client.socket.send('');
    await client.got(1);
    client.socket.terminate();
    await serving.until((out) => out.includes('"connection","'));
    const lines = head.split('\r\n');
    expect(lines[0]).toBe('GET /app?x=1 HTTP/1.1');
    expect(lines.filter((line) => /^(host|x-mine|sec-websocket-protocol):/i.test(line)).sort()).toEqual([
      `Host: 127.0.0.1:${port}`,
      'Sec-WebSocket-Protocol: a,b',
      'X-Mine: yes',
    ]);
    const [told, handshake, ...rest] = serving.records;
    expect(told).toMatchObject({ type: 'listening', url: serving.url });
    expect(handshake).toMatchObject({ type: 'handshake', connection: 0, subprotocol: 'b', valid: true });
    expect(rest.map(({ type, direction, payloadLength }) => [type, direction, payloadLength])).toEqual([
      ['frame', 'client', 0],
      ['frame', 'server', 6],
      ['connection', undefined, undefined],
    ]);
    expect(rest[2]).toMatchObject({ server: `127.0.0.1:${port}`, ended: 'fin', endedBy: 'client' });
  });

  it('lets the ends agree on compression; --no-deflate takes the offer away', async () => {
    const { url } = await echo({ perMessageDeflate: { threshold: 0 } });
    const [plain, without] = await Promise.all([proxy(url), proxy(url, '--no-deflate')]);
    const options = { perMessageDeflate: true };
    const both = await Promise.all([plain, without].map(({ url: at }) => Client.open(at, options)));
    expect(both.map(({ socket }) => socket.extensions)).toEqual(['permessage-deflate', '']);
    for (const { socket } of both) socket.send('hello hello hello');
    expect(await Promise.all(both.map((client) => client.got(1)))).toEqual([
      ['hello hello hello'],
      ['hello hello hello'],
    ]);
  });

  it('passes bytes on that are no frames, in both directions', async () => {
    const { client, server } = await throughProxy();
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 31 + (i >> 8)) & 255));
    const [there, here] = [all(server), all(client)];
    for (let at = 0; at < bytes.length; at += 7919) client.write(bytes.subarray(at, at + 7919));
    server.end(bytes.subarray(100));
    client.end();
    expect((await there).equals(bytes)).toBe(true);
    expect((await here).equals(bytes.subarray(100))).toBe(true);
  });

  it('passes an end of one direction on, and the other continues', async () => {
    const { client, server } = await throughProxy();
    const there = all(server);
    client.end('the last');
    expect((await there).toString()).toBe('the last');
    server.write('still here');
    const [more] = (await once(client, 'data')) as [Buffer];
    expect(more.toString()).toBe('still here');
    server.end();
    await once(client, 'end');
  });

  it('reads what the client sends after the end of the server', async () => {
    const { client, server } = await throughProxy();
    const there = all(server);
    client.resume();
    server.end('bye');
    await once(client, 'end');
    client.end('answer');
    expect((await there).toString()).toBe('answer');
  });

  it.each(['client', 'server'] as const)('passes a reset of the %s on', async (who) => {
    const ends = await throughProxy('--json');
    const [from, to] = who === 'client' ? [ends.client, ends.server] : [ends.server, ends.client];
    const error = once(to, 'error');
    from.resetAndDestroy();
    expect(((await error) as [NodeJS.ErrnoException])[0].code).toBe('ECONNRESET');
    await ends.serving.until((out) => out.includes('"connection","'));
    expect(ends.serving.records.at(-1)).toMatchObject({ ended: 'reset', endedBy: who });
  });

  it('keeps a peer waiting whose other end does not read, in bounded memory', async () => {
    const { client, server, serving } = await throughProxy('--stats');
    client.pause();
    const frame = Buffer.concat([Buffer.from([0x82, 127, 0, 0, 0, 0, 0, 0x10, 0, 0]), Buffer.alloc(1024 * 1024)]);
    let written = 0;
    while (written < 300 && (server.write(frame) || (await Promise.race([once(server, 'drain'), sleep(700)]))))
      written++;
    expect(written).toBeLessThan(100);
    expect(memoryOf(serving.child.pid!)).toBeLessThan(180);
    const got = all(client);
    server.end();
    client.resume();
    expect((await got).length).toBe((written + 1) * frame.length);
  });

  it('never waits: unread output is left out, no byte of the traffic is', async () => {
    const { url } = await echo();
    const serving = await proxy(url, '--view', 'annotated');
    serving.child.stdout!.pause();
    const client = await Client.open(serving.url);
    const count = 12_000;
    for (let i = 0; i < count; i++) client.socket.send('x'.repeat(200));
    await client.got(count);
    serving.child.stdout!.resume();
    await serving.until((_, err) => /records are not printed/.test(err));
  });

  it('is a client of wss, and a server of it', async () => {
    const { selfSigned, tlsEcho } = await import('./tls-server.js');
    const { mkdtempSync, rmSync } = await import('node:fs');
    const folder = mkdtempSync('/tmp/wsinspect-proxy-');
    const pair = selfSigned(folder);
    const { port } = await tlsEcho(pair);
    const files = ['--listen-cert', pair.cert, '--listen-key', pair.key];
    const serving = await proxy(`wss://localhost:${port}/`, '--cacert', pair.cert, ...files);
    expect(serving.url).toMatch(/^wss:/);
    const client = await Client.open(`wss://localhost:${serving.port}/`, { ca: readFileSync(pair.cert) });
    client.socket.send('through');
    expect(await client.got(1)).toEqual(['through']);
    client.socket.close(1000);
    await client.closed;
    rmSync(folder, { recursive: true });
    await serving.until((out) => out.includes('"through"') && out.includes('ended'));
    const strict = await proxy(`wss://localhost:${port}/`);
    const refused = await strict.http('/');
    expect(refused.status).toBe(502);
    expect(await refused.text()).toMatch(/certificate/);
  });

  it('passes other HTTP on, a request a connection', async () => {
    const { url, port } = await http((request, response) => {
      response.setHeader('X-Path', `${request.method} ${request.headers.host} ${request.url}`);
      response.end('body');
    });
    const serving = await proxy(url, '--json');
    const answer = await serving.http('/page?x', { method: 'POST', body: 'y'.repeat(1000) });
    expect([answer.status, answer.headers.get('x-path'), answer.headers.get('connection')]).toEqual([
      200,
      `POST 127.0.0.1:${port} /page?x`,
      'close',
    ]);
    expect(await answer.text()).toBe('body');
    await serving.until((out) => out.includes('"request"'));
    expect(serving.records[1]).toMatchObject({ type: 'request', method: 'POST', target: '/page?x', status: 200 });
    expect(serving.records[1]!['requestBytes']).toBeGreaterThan(1000);
  });

  it('shows a refused handshake, and lets the client ask again on the same connection', async () => {
    let asked = 0;
    const listener = createServer((socket) => {
      socket.on('data', (chunk: Buffer) => {
        expect(chunk.toString()).toContain(`Host: 127.0.0.1:${port}`);
        socket.write(asked++ === 0 ? 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno' : ANSWER);
      });
    });
    const { url, port } = await listening(listener);
    const serving = await proxy(url, '--json');
    const client = connectTcp({ port: serving.port, host: '127.0.0.1' });
    let got = '';
    client.on('data', (chunk: Buffer) => (got += chunk.toString()));
    client.write(REQUEST);
    while (!got.endsWith('no')) await once(client, 'data');
    client.write(REQUEST);
    while (!got.endsWith(`no${ANSWER}`)) await once(client, 'data');
    client.destroy();
    await serving.until((out) => out.includes('"connection","'));
    const status = serving.records
      .filter(({ type }) => type === 'handshake')
      .map(({ response }) => (response as { line: string }).line);
    expect(status).toEqual(['HTTP/1.1 401 Unauthorized', 'HTTP/1.1 101 Switching Protocols']);
  });

  it('asks nothing of the server for what is no head, or none that ends', async () => {
    const listener = createServer();
    const { url } = await listening(listener);
    let dialled = 0;
    listener.on('connection', () => dialled++);
    const serving = await proxy(url);
    const answers = [
      ['\x16\x03\x01\x02', 400],
      ['GET / HTTP/1.1\r\nHo', 400],
      [`GET / HTTP/1.1\r\nX: ${'y'.repeat(300_000)}`, 431],
    ] as const;
    for (const [bytes, status] of answers) {
      const client = connectTcp({ port: serving.port, host: '127.0.0.1' });
      const answer = all(client);
      client.end(bytes, 'latin1');
      expect((await answer).toString('latin1')).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    }
    expect(dialled).toBe(0);
  });

  it('answers 502 where no server listens, and reports it', async () => {
    const serving = await proxy('ws://127.0.0.1:1/');
    const error: unknown = await Client.open(serving.url).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Refused);
    expect((error as Refused).status).toBe(502);
    await serving.until((_, err) => /502: 127\.0\.0\.1:1: connection refused/.test(err));
  });

  it('numbers connections, reports the result of each at the end, and ends by a signal', async () => {
    const { url } = await peer((socket) => socket.on('message', () => socket.close(4000, 'enough')));
    const serving = await proxy(url);
    const clients = await Promise.all([Client.open(serving.url), Client.open(serving.url)]);
    clients[0].socket.send('x');
    expect(await clients[0].closed).toEqual([4000, 'enough']);
    await serving.until((out) => out.includes('ended'));
    const held = clients[1].closed;
    expect(await serving.stop()).toBe(130);
    await held;
    expect(serving.out).toMatch(/ #1 .* handshake/);
    expect(serving.out).toMatch(/\n *2 connections|connection 1 /);
    expect(serving.out).toContain('4000');
  });
});
