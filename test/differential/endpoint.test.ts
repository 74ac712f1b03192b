import { createServer, connect, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer, type ClientOptions, type PerMessageDeflateOptions } from 'ws';
import { ClientEndpoint, ServerEndpoint } from '../../src/index.js';
import { Driven, echo } from '../endpoint/driven.js';

const TEXTS = ['', 'hello', 'Grüße 👋', 'x'.repeat(125), 'x'.repeat(126), 'y'.repeat(70_000), 'hello', 'hello hello'];
const DEFLATES: readonly (readonly [
  name: string,
  ours: object | boolean,
  theirs: PerMessageDeflateOptions | boolean,
])[] = [
  ['plain', false, false],
  ['deflate', true, { threshold: 0 }],
  [
    'deflate, no context',
    { serverNoContextTakeover: true, clientNoContextTakeover: true },
    { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true },
  ],
  [
    'deflate, windows of 512 bytes',
    { serverMaxWindowBits: 9, clientMaxWindowBits: 9 },
    { threshold: 0, serverMaxWindowBits: 9, clientMaxWindowBits: 9 },
  ],
  ['deflate that ws does not want', true, false],
];
const FRAGMENTS = [Infinity, 1000] as const;
const MATRIX = DEFLATES.flatMap((row) => FRAGMENTS.map((fragmentBytes) => [...row, fragmentBytes] as const));

const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

/** A server of ws that sends back what comes. */
async function wsEcho(
  perMessageDeflate: PerMessageDeflateOptions | boolean,
): Promise<{ url: string; server: WebSocketServer }> {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    perMessageDeflate,
    handleProtocols: (offered) => [...offered][1] ?? false,
  });
  closers.push(() => server.close());
  server.on('connection', (socket) => {
    socket.on('error', () => undefined);
    socket.on('message', (data, binary) => socket.send(data as Buffer, { binary }));
  });
  await once(server, 'listening');
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, server };
}

function dial(url: string, options: object = {}): Driven {
  const client = new ClientEndpoint({ url, ...options });
  const { port, hostname } = new URL(url);
  const driven = new Driven(client, connect(Number(port), hostname));
  closers.push(() => driven.socket.destroy());
  driven.socket.write(client.start());
  return driven;
}

/** A server of ours that sends back what comes. */
async function ourEcho(options: object): Promise<{ url: string; first: Promise<Driven> }> {
  let found!: (driven: Driven) => void;
  const first = new Promise<Driven>((resolve) => (found = resolve));
  const server: Server = createServer((socket) => {
    found(new Driven(new ServerEndpoint(options), socket, echo));
  });
  closers.push(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, first };
}

async function wsDial(url: string, options: ClientOptions, protocols: string[] = []): Promise<WebSocket> {
  const socket = new WebSocket(url, protocols, options);
  closers.push(() => socket.terminate());
  socket.on('error', () => undefined);
  await once(socket, 'open');
  return socket;
}

describe('our client and a server of ws', () => {
  it.each(MATRIX)('%s: says the same back', async (_, deflate, theirs, fragmentBytes) => {
    const { url } = await wsEcho(theirs);
    const client = dial(url, { deflate, fragmentBytes, subprotocols: ['a', 'b'] });
    await client.until('open');
    const agreed = deflate !== false && theirs !== false;
    expect(client.events[0]).toMatchObject({ subprotocol: 'b' });
    expect('deflate' in client.events[0]!).toBe(agreed);
    for (const text of TEXTS) client.send({ type: 'text', text });
    const payload = Uint8Array.from({ length: 5000 }, (_, i) => i * i);
    client.send({ type: 'binary', payload });
    client.send({ type: 'text', text: 'in ', fin: false });
    client.send({ type: 'ping', payload: Uint8Array.of(1) });
    client.send({ type: 'continuation', text: 'two' });
    await client.until('text', TEXTS.length + 1);
    await client.until('pong');
    client.send({ type: 'close', code: 1000, reason: 'done' });
    await client.until('closed');
    const texts = client.events.flatMap((event) => (event.type === 'text' ? [event.text] : []));
    expect(texts).toEqual([...TEXTS, 'in two']);
    expect(client.events.find(({ type }) => type === 'binary')).toEqual({ type: 'binary', payload });
    expect(client.events.at(-1)).toEqual({ type: 'closed', code: 1000, reason: 'done', clean: true });
  });

  it.each([1000, 1001, 3000, 4999, undefined])('ws closes with %s', async (code) => {
    const { url, server } = await wsEcho(false);
    server.on('connection', (socket) => socket.close(code, code === undefined ? undefined : 'why'));
    const client = dial(url);
    await client.until('closed');
    const expected = code === undefined ? { code: 1005, reason: '' } : { code, reason: 'why' };
    expect(client.events.at(-1)).toEqual({ type: 'closed', ...expected, clean: true });
  });

  it('answers pings of ws', async () => {
    const { url, server } = await wsEcho(false);
    const pong = new Promise((resolve) => {
      server.on('connection', (socket) => {
        socket.ping('are you there?');
        socket.on('pong', (data) => resolve(data.toString()));
      });
    });
    dial(url);
    expect(await pong).toBe('are you there?');
  });

  it('is refused', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', verifyClient: () => false });
    closers.push(() => server.close());
    await once(server, 'listening');
    const client = dial(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await client.until('closed');
    expect(client.events[0]).toMatchObject({ type: 'refused', status: 401 });
  });
});

describe('a client of ws and our server', () => {
  it.each(MATRIX)('%s: says the same back', async (_, deflate, theirs, fragmentBytes) => {
    const { url, first } = await ourEcho({ deflate, fragmentBytes, subprotocols: ['b'] });
    const socket = await wsDial(url, { perMessageDeflate: theirs }, ['a', 'b']);
    expect(socket.protocol).toBe('b');
    expect(socket.extensions !== '').toBe(deflate !== false && theirs !== false);
    const heard: string[] = [];
    const all = new Promise<void>((resolve) => {
      socket.on('message', (data, binary) => {
        heard.push(binary ? (data as Buffer).toString('hex') : (data as Buffer).toString());
        if (heard.length === TEXTS.length + 2) resolve();
      });
    });
    for (const text of TEXTS) socket.send(text);
    const payload = Buffer.from(Uint8Array.from({ length: 5000 }, (_, i) => i * i));
    socket.send(payload);
    socket.send('in ', { fin: false });
    socket.ping('x');
    socket.send('two', { fin: true });
    await Promise.all([all, once(socket, 'pong')]);
    socket.close(4000, 'done');
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    expect(heard).toEqual([...TEXTS, payload.toString('hex'), 'in two']);
    expect([code, String(reason)]).toEqual([4000, '']);
    const server = await first;
    await server.until('closed');
    expect(server.events.at(-1)).toEqual({ type: 'closed', code: 4000, reason: 'done', clean: true });
  });

  it.each([1000, 1011, 3000, 4999, undefined])('we close with %s', async (code) => {
    const { url, first } = await ourEcho({});
    const socket = await wsDial(url, {});
    const server = await first;
    server.send({ type: 'close', ...(code !== undefined && { code, reason: 'why' }) });
    const [found, reason] = (await once(socket, 'close')) as [number, Buffer];
    expect([found, String(reason)]).toEqual(code === undefined ? [1005, ''] : [code, 'why']);
  });

  it.each([
    ['a large message', 'x'.repeat(2000), 1009],
    ['a large message that was compressed', 'x'.repeat(2000), 1009],
  ])('%s fails the connection', async (name, text, expected) => {
    const deflate = name.includes('compressed');
    const { url } = await ourEcho({ maxMessageBytes: 1000, deflate });
    const socket = await wsDial(url, { perMessageDeflate: deflate ? { threshold: 0 } : false });
    socket.send(text);
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(expected);
  });
});
