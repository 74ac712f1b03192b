import { once } from 'node:events';
import * as http from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { HttpListener } from '../../src/live/listener/http-listener.js';
import { InspectorChannel } from '../../src/live/server/inspector-channel.js';
import { NO_NAMES } from '../../src/live/listener/policy.js';
import type { Judged } from '../../src/traffic/judged.js';
import type { ConnectionSummary } from '../../src/traffic/tally/summary.js';
import { serving, type Serving } from '../browser/serving.js';
import { Serving as Held } from './serving.js';

const PROTOCOL = 'wsinspect.inspect';

type Record_ = Readonly<Record<string, unknown>>;

/** What a page of that server offers. */
function offersOf({ page }: Serving): string[] {
  return [PROTOCOL, `wsinspect.token.${new URL(page).searchParams.get('token')}`];
}

/** A page's end of the channel: what it was sent, in order. */
class Watcher {
  readonly records: Record_[] = [];
  readonly socket: WebSocket;

  constructor(port: number, headers: Record<string, string> = {}, protocols: string | string[] = PROTOCOL) {
    const origin = `http://127.0.0.1:${port}`;
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/.inspect`, protocols, {
      headers: { Origin: origin, ...headers },
    });
    this.socket.on('message', (data) => this.records.push(JSON.parse((data as Buffer).toString()) as Record_));
  }

  /** Resolves with the first record of that kind. */
  async told(is: (record: Record_) => boolean): Promise<Record_> {
    for (;;) {
      const found = this.records.find(is);
      if (found !== undefined) return found;
      await once(this.socket, 'message');
    }
  }

  /** The status that it was refused with; 101 where it was not. */
  status(): Promise<number> {
    return new Promise((resolve) => {
      this.socket.on('unexpected-response', (request, response) => {
        resolve(response.statusCode ?? 0);
        request.destroy();
      });
      this.socket.on('open', () => resolve(101));
    });
  }
}

describe('the channel of serve', () => {
  let server: Serving;
  beforeAll(async () => (server = await serving()));
  afterAll(() => server.stop());

  it('sends earlier and present records, and none of itself', async () => {
    const peer = new WebSocket(`ws://127.0.0.1:${server.port}/echo`);
    await once(peer, 'open');
    peer.send('before');
    await once(peer, 'message');
    const page = new Watcher(server.port, {}, offersOf(server));
    await page.told(({ type }) => type === 'replayed');
    expect(page.records.map(({ type }) => type)).toEqual(['hello', 'handshake', 'frame', 'frame', 'replayed']);
    expect(page.records[0]).toMatchObject({ mode: 'echo', subprotocols: [] });
    expect(page.records[2]).toMatchObject({
      connection: 0,
      direction: 'client',
      text: 'before',
      payload: 'YmVmb3Jl',
    });
    expect(page.records[3]).toMatchObject({ direction: 'server', header: '8106' });
    const second = new Watcher(server.port, {}, offersOf(server));
    await second.told(({ type }) => type === 'replayed');
    expect(second.records).toEqual(page.records);
    peer.send(Uint8Array.of(1, 2, 3));
    expect(await page.told(({ opcode, direction }) => opcode === 2 && direction === 'client')).toMatchObject({
      hex: '010203',
    });
    peer.close(1000);
    expect(await second.told(({ type }) => type === 'connection')).toMatchObject({ connection: 0, closeCode: 1000 });
    page.socket.close();
    second.socket.close();
  });

  it('has the server send a ping, where the connection is open', async () => {
    const peer = new WebSocket(`ws://127.0.0.1:${server.port}/`);
    await once(peer, 'open');
    const page = new Watcher(server.port, {}, offersOf(server));
    const { connection } = await page.told(({ type, connection }) => type === 'handshake' && connection !== 0);
    page.socket.send(JSON.stringify({ type: 'ping', connection, text: 'x'.repeat(500) }));
    expect(((await once(peer, 'ping')) as [Buffer])[0]).toHaveLength(125);
    await page.told(({ name }) => name === 'pong');
    page.socket.send(JSON.stringify({ type: 'ping', connection: 77 }));
    expect(await page.told(({ type }) => type === 'failed')).toMatchObject({ message: 'connection 77 is not open' });
    page.socket.send('nonsense');
    expect(await once(page.socket, 'close')).toEqual([1003, expect.anything()]);
    peer.terminate();
  });

  it('is for pages of this server only', async () => {
    const { port } = server;
    const statuses = [
      {},
      { Origin: 'http://evil.example' },
      { Origin: `http://127.0.0.1:${port + 1}` },
      { Origin: 'null' },
      { Origin: '' },
      { Host: 'evil.example', Origin: 'http://evil.example' },
      { Host: `evil.example:${port}`, Origin: `http://evil.example:${port}` },
    ].map(async (headers: Record<string, string>) => {
      const watcher = new Watcher(port, headers, offersOf(server));
      const status = await watcher.status();
      watcher.socket.on('error', () => undefined).terminate();
      return status;
    });
    expect(await Promise.all(statuses)).toEqual([101, 403, 403, 403, 403, 403, 403]);
  });

  it('is for those who know the token', async () => {
    const [, right = ''] = offersOf(server);
    const wrong = ['', right.slice(0, -1), `${right}x`, right.toUpperCase(), 'wsinspect.token.x'];
    const statuses = [
      ...wrong.map((offer) => [PROTOCOL, offer]),
      [PROTOCOL, 'wsinspect.token.x', right],
      [PROTOCOL],
    ].map(async (offers) => {
      const watcher = new Watcher(
        server.port,
        {},
        offers.filter((offer) => offer !== ''),
      );
      const status = await watcher.status();
      watcher.socket.on('error', () => undefined).terminate();
      return status;
    });
    expect(new Set(await Promise.all(statuses))).toEqual(new Set([403]));
    expect(right.length).toBeGreaterThanOrEqual('wsinspect.token.'.length + 22);
    const open = await serving('--no-token');
    const watcher = new Watcher(open.port);
    expect(await watcher.status()).toBe(101);
    expect(open.page).toBe(`http://127.0.0.1:${open.port}/`);
    watcher.socket.terminate();
    await open.stop();
  });

  it('is no special path for those who do not ask for it', async () => {
    const peer = new Watcher(server.port, {}, []);
    await once(peer.socket, 'open');
    peer.socket.send('"echo"');
    await once(peer.socket, 'message');
    expect(peer.records).toEqual(['echo']);
    peer.socket.terminate();
  });
});

it('a compressed message is sent with its inflated content', async () => {
  const server = await Held.startHeld('--deflate', '--no-token');
  const peer = new WebSocket(`ws://127.0.0.1:${server.port}/`, { perMessageDeflate: { threshold: 0 } });
  await once(peer, 'open');
  peer.send('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa');
  await once(peer, 'message');
  const page = new Watcher(server.port, {}, [PROTOCOL]);
  const frame = await page.told(({ type }) => type === 'frame');
  expect(frame).toMatchObject({ compressed: true, rsv1: true, plain: { bytes: 32, text: 'a'.repeat(32) } });
  const ahead = connect(server.port, '127.0.0.1');
  await once(ahead, 'connect');
  // No page that looks, and no connection that a browser opened ahead of need, keeps the server from ending: its clock
  // stands still, so that it has no time to wait for them.
  await server.stop();
  if (page.socket.readyState !== WebSocket.CLOSED) await once(page.socket, 'close');
});

describe('much traffic', () => {
  const FRAME = { type: 'frame' } as unknown as Judged;
  let listener: HttpListener;
  let port: number;
  let time = 0;
  const server = http.createServer();
  const channel = new InspectorChannel({
    hello: () => ({}),
    draw: () => [{ type: 'frame', filler: 'x'.repeat(1000) }],
    drawClosed: () => ({ type: 'connection' }),
    drawPolled: () => ({}),
    ping: () => false,
    now: () => time,
    listener: NO_NAMES,
  });
  beforeAll(async () => {
    listener = new HttpListener(
      server,
      'connection',
      { head: 16_384, headSeconds: 10, connections: 100, waiting: 100 },
      {
        request: (_, response) => response.end(),
        upgrade: (upgrade) => void channel.answer(upgrade),
        trouble: () => undefined,
      },
    );
    port = await listener.listen({ host: '127.0.0.1', port: 0 });
  });
  afterAll(() => listener.destroy());

  it('is sent in part, with the number of records left out', async () => {
    const page = new Watcher((server.address() as AddressInfo).port);
    await page.told(({ type }) => type === 'replayed');
    for (let i = 0; i < 5000; i++) channel.record(FRAME);
    expect(await page.told(({ type }) => type === 'missed')).toEqual({ type: 'missed', count: 4000 });
    expect(page.records.filter(({ type }) => type === 'frame')).toHaveLength(1000);
    const late = new Watcher(port);
    await late.told(({ type }) => type === 'replayed');
    expect(late.records[1]).toEqual({ type: 'missed', count: 4500 });
    expect(late.records.filter(({ type }) => type === 'frame')).toHaveLength(500);
    page.socket.close();
    late.socket.close();
  });

  it('does not pile up for a page that does not read', async () => {
    const page = new Watcher(port);
    await page.told(({ type }) => type === 'replayed');
    const before = page.records.length;
    const { _socket: socket } = page.socket as unknown as { _socket: Socket };
    socket.pause();
    const heap = process.memoryUsage().rss;
    const records = 40_000;
    for (let i = 0; i < records; i++) {
      time += 0.001;
      channel.record(FRAME);
      if (i % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    channel.closed({} as ConnectionSummary);
    expect(process.memoryUsage().rss - heap).toBeLessThan(40 * 1024 * 1024);
    socket.resume();
    const all = (): number => page.records.slice(before).reduce((sum, { count = 1 }) => sum + (count as number), 0);
    while (all() < records + 1) await once(page.socket, 'message');
    expect(all()).toBe(records + 1);
    expect(page.records.find(({ ends }) => ends !== undefined)).toMatchObject({ type: 'missed', ends: 1 });
    expect(page.records.slice(before).filter(({ type }) => type === 'frame').length).toBeGreaterThan(500);
    page.socket.close();
  });
});
