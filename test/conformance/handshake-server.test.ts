import { createServer, type Server, type Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { HANDSHAKE_CLIENT_CASES, HANDSHAKE_SERVER_CASES } from '../../src/conformance/handshakes/handshake-suite.js';
import { faults, testServer } from './handshaking.js';
import { listening } from './listening.js';
import { SERVER_MUTANTS } from './mutants/server-mutants.js';
import { mutantServer } from './mutants/server.js';

const SAFE = HANDSHAKE_SERVER_CASES.filter(({ traits }) => !traits.includes('unsafe'));

/** Where ws (with Node's HTTP parser) is not as the RFCs have it. */
const FOUND_IN_WS = [
  // Taken for frames: Node gives an upgraded request's body on as the bytes after its head.
  'body: NON-STRICT',
  // Not looked for: it has no extension to negotiate.
  'extension-malformed: FAILED',
  'extension-quote-open: FAILED',
  // Node checks Host after the upgrade only, and drops the second one.
  'host-absent: FAILED',
  'host-malformed: FAILED',
  'host-twice: FAILED',
  'http-1.0: FAILED',
  'http-1.2: NON-STRICT',
  'http-2.0: NON-STRICT',
  'upgrade-list: NON-STRICT',
  // The draft's, on purpose.
  'version-8: NON-STRICT',
  // Whatever JavaScript takes for the number 13.
  'version-hexadecimal: FAILED',
  'version-zero-padded: FAILED',
];
/** The same with permessage-deflate: it reads the offers, refuses the handshake for an illegal one, and reads `010` as 10. */
const FOUND_IN_DEFLATING_WS = [
  ...FOUND_IN_WS.filter((one) => !one.startsWith('extension-')),
  'deflate-bits-16: NON-STRICT',
  'deflate-bits-7: NON-STRICT',
  'deflate-bits-absent: NON-STRICT',
  'deflate-bits-zero: FAILED',
  'deflate-fallback: NON-STRICT',
  'deflate-parameter-repeated: NON-STRICT',
  'deflate-parameter-unknown: NON-STRICT',
  'deflate-takeover-value: NON-STRICT',
];

/** Milliseconds: nothing is waited for longer, whatever the peer does. */
let longestWait: () => number;
/** What ws gives a peer to close: not ours. */
const OF_WS = 30_000;
beforeAll(() => {
  const timers = vi.spyOn(globalThis, 'setTimeout');
  longestWait = () => Math.max(...timers.mock.calls.map(([, delay = 0]) => delay).filter((delay) => delay !== OF_WS));
});
afterAll(() => vi.restoreAllMocks());

describe.concurrent('the handshake cases', () => {
  it('have ids of their own, all of one form', () => {
    const all = [...HANDSHAKE_SERVER_CASES, ...HANDSHAKE_CLIENT_CASES];
    const ids = all.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^handshake(?:-client)?\.[a-z0-9]+(?:[-.][a-z0-9]+)*$/.test(id))).toEqual([]);
    expect(all.filter(({ rfc }) => !/^RFC \d{4} §\d/.test(rfc))).toEqual([]);
    const peers = new Set(all.map((one) => `${one.id.replace(/\..*/, '')} ${one.peers.join()}`));
    expect([...peers]).toEqual(['handshake server', 'handshake-client client']);
  });
});

describe.concurrent('the handshake cases for servers', () => {
  it('find nothing in a server that does as it should', async () => {
    const server = await mutantServer();
    const results = await testServer(server.port, HANDSHAKE_SERVER_CASES);
    await server.stop();
    expect(results).toHaveLength(HANDSHAKE_SERVER_CASES.length);
    expect(faults(results)).toEqual([]);
  });

  it.each(SERVER_MUTANTS)('see a server that %s, and nothing else in it', async (_, wrong, caught) => {
    const server = await mutantServer(wrong);
    const results = await testServer(server.port, wrong.unlimited ? HANDSHAKE_SERVER_CASES : SAFE);
    await server.stop();
    expect(faults(results)).toEqual([...caught].sort());
  });

  it.each([
    ['ws', false, FOUND_IN_WS],
    ['ws with permessage-deflate', true, FOUND_IN_DEFLATING_WS],
  ])('find in %s what there is', async (_, perMessageDeflate, found) => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate });
    server.on('connection', (socket) => {
      socket.on('error', () => {});
      socket.on('message', (data, binary) => socket.send(data as Buffer, { binary }));
    });
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    // A request in single bytes takes its time on a slow machine.
    const results = await testServer(port, HANDSHAKE_SERVER_CASES, undefined, undefined, 3);
    for (const client of server.clients) client.terminate();
    server.close();
    expect(faults(results)).toEqual([...found].sort());
  });

  it.each([
    ['reads and never answers', (server: Server) => server.on('connection', (socket) => socket.resume())],
    ['never reads', (server: Server) => server],
    ['sends garbage without end', (server: Server) => server.on('connection', flood)],
  ])('end in time where a server %s', async (_, equip) => {
    const running = await listening(equip(createServer({ allowHalfOpen: true })));
    const results = await testServer(running.port, HANDSHAKE_SERVER_CASES, HANDSHAKE_SERVER_CASES.length);
    await running.stop();
    expect(results).toHaveLength(HANDSHAKE_SERVER_CASES.length);
    expect(longestWait()).toBeLessThanOrEqual(10_000);
    expect(results.filter(({ behavior }) => behavior === 'OK')).toEqual([]);
  });
});

function flood(socket: Socket): void {
  const chunk = Buffer.alloc(65_536, 'x');
  socket.on('error', () => {});
  const pour = (): void => {
    while (socket.writable && socket.write(chunk));
  };
  socket.on('drain', pour);
  pour();
}
