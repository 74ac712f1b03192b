import * as net from 'node:net';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { HANDSHAKE_CLIENT_CASES } from '../../src/conformance/handshakes/handshake-suite.js';
import { faults, testClient } from './handshaking.js';
import { CLIENT_MUTANTS } from './mutants/client-mutants.js';
import { mutantClient } from './mutants/client.js';

const SAFE = HANDSHAKE_CLIENT_CASES.filter(({ traits }) => !traits.includes('unsafe'));

/** Milliseconds: nothing is waited for longer, whatever the peer does. */
let longestWait: () => number;
/** What ws gives a peer to close: not ours. */
const OF_WS = 30_000;
beforeAll(() => {
  const timers = vi.spyOn(globalThis, 'setTimeout');
  longestWait = () => Math.max(...timers.mock.calls.map(([, delay = 0]) => delay).filter((delay) => delay !== OF_WS));
});
afterAll(() => vi.restoreAllMocks());

describe.concurrent('the handshake cases for clients', () => {
  it('find nothing in a client that does as it should', async () => {
    const results = await testClient((port) => mutantClient(port), HANDSHAKE_CLIENT_CASES);
    expect(results).toHaveLength(HANDSHAKE_CLIENT_CASES.length);
    expect(faults(results)).toEqual([]);
  });

  it.each(CLIENT_MUTANTS)('see a client that %s, and nothing else in it', async (_, wrong, caught) => {
    const results = await testClient((port) => mutantClient(port, wrong), SAFE);
    expect(faults(results)).toEqual([...caught].sort());
  });

  it('see a client that leaves connections open which it has to fail', async () => {
    const results = await testClient((port) => mutantClient(port, { stays: true }), SAFE, SAFE.length);
    const found = faults(results);
    expect(found).toContain('accept-wrong: FAILED');
    // HTTP keeps its connections.
    expect(found.filter((one) => one.startsWith('status-'))).toEqual([]);
  });

  it('find in ws what there is', async () => {
    const connect = (port: number): void => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
      socket.on('error', () => {});
      socket.on('message', (data, binary) => socket.send(data as Buffer, { binary }));
    };
    // Node's parser takes a folded line for a fault: a user agent has to join it (RFC 9112 §5.2).
    expect(faults(await testClient(connect, HANDSHAKE_CLIENT_CASES))).toEqual(['fold: NON-STRICT']);
  });

  it('end in time where a client asks and then does nothing, or never reads', async () => {
    const request = 'GET / HTTP/1.1\r\nHost: localhost\r\nSec-WebSocket-Key: q1pOXRHYdJDSEfgGZwJ4AA==\r\n\r\n';
    for (const equip of [(socket: net.Socket) => socket.resume(), (socket: net.Socket) => socket.pause()]) {
      const connect = (port: number): void => {
        const socket = net.connect({ port, host: '127.0.0.1' });
        socket.on('error', () => {});
        socket.write(request);
        equip(socket);
      };
      const results = await testClient(connect, HANDSHAKE_CLIENT_CASES, HANDSHAKE_CLIENT_CASES.length);
      expect(results).toHaveLength(HANDSHAKE_CLIENT_CASES.length);
      expect(longestWait()).toBeLessThanOrEqual(5_000);
    }
  });
});
