import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MemoryBudget } from '../../src/live/server/memory-budget.js';
import { OpenConnections } from '../../src/live/listener/open-connections.js';
import { NO_NAMES } from '../../src/live/listener/policy.js';
import { RelayServer, type RelayLimits } from '../../src/live/relay/server.js';
import { closeServers, listening } from './servers.js';

afterEach(() => {
  vi.useRealTimers();
  closeServers();
});

describe('the connections of a listener', () => {
  const made = (limits: {
    connections: number;
    waiting: number;
  }): { crowd: OpenConnections<{ n: number }>; ended: number[] } => {
    const ended: number[] = [];
    return { crowd: new OpenConnections(limits, ({ n }) => ended.push(n)), ended };
  };

  it('that have said nothing give way to newcomers, the oldest first', () => {
    const { crowd, ended } = made({ connections: 10, waiting: 3 });
    const all = Array.from({ length: 1000 }, (_, n) => ({ n }));
    for (const one of all) {
      expect(crowd.enter(one)).toBe(true);
      expect(crowd.waitingSize).toBeLessThanOrEqual(3);
    }
    expect([crowd.size, ended.length, ended[0]]).toEqual([3, 997, 0]);
  });

  it('that have said what they want stay, and are as many as may be', () => {
    const { crowd, ended } = made({ connections: 3, waiting: 3 });
    const [a, b, c, d, e] = Array.from({ length: 5 }, (_, n) => ({ n }));
    for (const one of [a!, b!]) {
      crowd.enter(one);
      crowd.settled(one);
    }
    expect([crowd.enter(c!), crowd.enter(d!)]).toEqual([true, true]);
    expect(ended).toEqual([2]);
    crowd.settled(d!);
    expect(crowd.enter(e!)).toBe(false);
    // What left does not come back.
    crowd.left(a!);
    crowd.waits(a!);
    expect([crowd.enter(e!), crowd.size, crowd.waitingSize]).toEqual([true, 3, 1]);
    crowd.waits(b!);
    expect(crowd.enter({ n: 9 })).toBe(true);
    expect(ended).toEqual([2, 4]);
  });
});

it('what peers hold is bounded together: the one that holds most goes', () => {
  const peers = Array.from({ length: 100 }, (_, n) => ({ n, weight: 0 }));
  const gone: number[] = [];
  const burden: MemoryBudget<(typeof peers)[number]> = new MemoryBudget(1000, peers, (peer) => {
    gone.push(peer.n);
    const { weight } = peer;
    peer.weight = 0;
    burden.change(-weight);
  });
  for (let round = 0; round < 20; round++) {
    for (const peer of peers) {
      peer.weight += peer.n === 50 ? 3 : 1;
      burden.change(peer.n === 50 ? 3 : 1);
      expect(burden.weight).toBeLessThanOrEqual(1000);
    }
  }
  expect(gone[0]).toBe(50);
});

describe('half heads at a proxy', () => {
  const relays: RelayServer[] = [];
  afterEach(async () => {
    await Promise.all(relays.splice(0).map((relay) => relay.close()));
  });

  /** A relay, how often it dialled, and what it said. */
  async function relay(limits: RelayLimits): Promise<{ port: number; dialled: () => number; notices: string[] }> {
    let dialled = 0;
    const server = createServer((socket) => {
      dialled++;
      socket.on('error', () => undefined);
      socket.end('HTTP/1.1 204 No Content\r\n\r\n');
    });
    const { port: there } = await listening(server);
    const notices: string[] = [];
    const one = new RelayServer(
      {
        ...{ host: '127.0.0.1', port: 0, listener: NO_NAMES, limits, connectTime: 5, faults: {} },
        route: { place: { host: '127.0.0.1', port: there }, resolve: [], connectTo: [] },
        edit: { set: [], remove: [] },
        reading: {},
        now: () => 0,
        random: () => () => 0,
      },
      {
        ...{ looks: false, record: () => undefined, closed: () => undefined },
        ...{ fault: () => undefined, polled: () => undefined },
        notice: (message) => notices.push(message),
      },
    );
    relays.push(one);
    const port = await one.listen();
    return { port, dialled: () => dialled, notices };
  }

  async function half(port: number): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    await once(socket, 'connect');
    socket.write('GET / HTTP/1.1\r\nHo');
    return socket;
  }

  async function answer(port: number): Promise<string> {
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await once(socket, 'close');
    return text;
  }

  it('hold no connection to the server, and block no client', async () => {
    const { port, dialled } = await relay({ connections: 20, headSeconds: 3600 });
    const sockets: Socket[] = [];
    for (let i = 0; i < 100; i++) sockets.push(await half(port));
    await expect.poll(() => sockets.filter(({ closed }) => !closed).length).toBe(20);
    expect(dialled()).toBe(0);
    expect(await answer(port)).toMatch(/^HTTP\/1.1 204 /);
    expect(dialled()).toBe(1);
    for (const socket of sockets) socket.destroy();
  });

  it('have a time limit', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { port, notices, dialled } = await relay({ connections: 20, headSeconds: 10 });
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await once(socket, 'connect');
    socket.write('GET / HTTP/1.1\r\nHo');
    const ended = once(socket, 'end');
    // It has been read when the timer of its head is there.
    while (vi.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve));
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    vi.advanceTimersByTime(9_999);
    await new Promise((resolve) => setImmediate(resolve));
    expect(text).toBe('');
    vi.advanceTimersByTime(1);
    await ended;
    expect(text).toMatch(/^HTTP\/1.1 408 /);
    expect(notices).toEqual(['a connection is refused with 408: the head of a request did not come within 10 s']);
    expect(dialled()).toBe(0);
    socket.destroy();
  });
});
