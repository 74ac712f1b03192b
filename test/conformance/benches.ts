import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { acceptKey } from '../../src/codec/handshake/accept-key.js';
import { HeadReader } from '../../src/codec/http1/head-reader.js';
import type { RequestHead } from '../../src/codec/http1/head.js';
import { nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import type { Tools } from '../../src/conformance/bench/tools.js';
import { passes, type Case, type CaseVerdict } from '../../src/conformance/case.js';
import type { PeerRole } from '../../src/conformance/peer-role.js';
import { ClientBench } from '../../src/conformance/bench/client-bench.js';
import { Exchange } from '../../src/conformance/bench/exchange.js';
import { runCases } from '../../src/conformance/run.js';
import { ServerBench } from '../../src/conformance/bench/server-bench.js';
import { Deflater } from '../../src/live/server/message-deflater.js';
import { SocketWire } from '../../src/live/sockets/wire.js';

/** Runs cases against a peer of a test's own. */

const tools: Tools = {
  raw: nodeDeflate,
  acceptOf: acceptKey,
  now: () => performance.now() / 1000,
  deflater: (options) => new Deflater(options),
};

/** A byte a turn of the event loop: on a busy machine these take longer than a peer is given otherwise. */
const patienceFor = ({ id }: Case): number => (id.endsWith('byte-by-byte') ? 20 : 1);

/** The same numbers each time. */
function seeded(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export type Verdicts = ReadonlyMap<string, CaseVerdict>;

async function run(cases: readonly Case[], one: (of: Case) => Promise<CaseVerdict>): Promise<Verdicts> {
  const verdicts = new Map<string, CaseVerdict>();
  await runCases(cases, {
    jobs: 8,
    signal: new AbortController().signal,
    now: tools.now,
    run: async (of) => ({ ...(await one(of)), exchanges: [] }),
    result: (result) => void verdicts.set(result.case.id, result),
  });
  return verdicts;
}

export function forPeer(cases: readonly Case[], peer: PeerRole): readonly Case[] {
  return cases.filter(({ peers }) => peers.includes(peer));
}

/** All cases for servers among these, each against a server that is made for it. */
export function againstServers(listen: () => Promise<Served>, cases: readonly Case[]): Promise<Verdicts> {
  const random = seeded();
  return run(forPeer(cases, 'server'), async (one) => {
    const { port, close } = await listen();
    try {
      return await onServer(port, one, random);
    } finally {
      close();
    }
  });
}

/** The same against the one that listens there. */
export function againstServer(port: number, cases: readonly Case[]): Promise<Verdicts> {
  return againstServers(() => Promise.resolve({ port, close: () => undefined }), cases);
}

export interface Served {
  readonly port: number;
  readonly close: () => void;
}

async function onServer(port: number, one: Case, random: () => number): Promise<CaseVerdict> {
  const dial = (): Promise<SocketWire> =>
    new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => resolve(new SocketWire(socket)));
      socket.on('error', reject);
    });
  const head = {
    line: 'GET / HTTP/1.1',
    headers: [
      ['Host', `127.0.0.1:${port}`],
      ['Upgrade', 'websocket'],
      ['Connection', 'Upgrade'],
      ['Sec-WebSocket-Version', '13'],
    ] as const,
  };
  const bench = new ServerBench({ tools, patience: patienceFor(one), head, random, dial });
  try {
    return await one.run(bench);
  } finally {
    bench.close();
  }
}

/** All cases for clients among these: `call` connects a client to a port, once for each case. */
export function againstClient(call: (port: number) => void, cases: readonly Case[]): Promise<Verdicts> {
  const random = seeded();
  return run(forPeer(cases, 'client'), async (one) => {
    const server = createServer({ allowHalfOpen: true });
    const socket = await new Promise<Socket>((resolve) => {
      server.once('connection', resolve);
      server.listen(0, '127.0.0.1', () => call((server.address() as AddressInfo).port));
    });
    const wire = new SocketWire(socket);
    const exchange = new Exchange(tools.now, 0);
    const { head, rest } = await headOf(wire, exchange);
    const bench = new ClientBench(
      { wire, exchange, request: head, rest },
      { tools, patience: patienceFor(one), random },
    );
    try {
      return await one.run(bench);
    } finally {
      bench.close();
      server.close();
    }
  });
}

function headOf(wire: SocketWire, exchange: Exchange): Promise<{ head: RequestHead; rest: Uint8Array }> {
  const reader = new HeadReader({ kind: 'request' });
  return new Promise((resolve) => {
    wire.listen({
      bytes: (chunk) => {
        exchange.add('peer', chunk);
        const result = reader.push(chunk);
        if (result) resolve({ head: result.head as RequestHead, rest: result.rest.slice() });
      },
      ended: () => undefined,
    });
  });
}

/** The cases that a peer did not pass, with what it did. */
export function failures(verdicts: Verdicts): string[] {
  return [...verdicts].filter(([, verdict]) => !passes(verdict)).map(([id]) => id);
}

export function said(verdicts: Verdicts, id: string): string {
  const { behavior, behaviorClose, actual } = verdicts.get(id)!;
  return `${behavior}/${behaviorClose}: ${actual}`;
}
