import * as net from 'node:net';
import { acceptKey } from '../../src/codec/handshake/accept-key.js';
import { nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import type { Tools } from '../../src/conformance/bench/tools.js';
import { receiveRequest } from '../../src/conformance/bench/receive-request.js';
import type { Case, CaseVerdict } from '../../src/conformance/case.js';
import { ClientBench, type ConnectedClient } from '../../src/conformance/bench/client-bench.js';
import { takeHttp2Client } from '../../src/conformance/http2/http2-clients.js';
import { runCases, type CaseResult } from '../../src/conformance/run.js';
import { ServerBench } from '../../src/conformance/bench/server-bench.js';
import { Deflater } from '../../src/live/server/message-deflater.js';
import { SocketWire } from '../../src/live/sockets/wire.js';
import { listening } from './listening.js';

export const tools: Tools = {
  raw: nodeDeflate,
  acceptOf: acceptKey,
  deflater: (options) => new Deflater(options),
  now: () => performance.now() / 1000,
};
const JOBS = 8;

/** The same numbers for the same case (mulberry32). */
function seeded(id: string): () => number {
  let state = [...id].reduce((sum, char) => (Math.imul(sum, 31) + char.charCodeAt(0)) | 0, 1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

function dial(port: number): Promise<SocketWire> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => {
      socket.off('error', reject);
      resolve(new SocketWire(socket));
    });
    socket.once('error', reject);
  });
}

function collect(cases: readonly Case[], run: (one: Case) => Promise<CaseVerdict>, jobs = JOBS): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  const { signal } = new AbortController();
  return runCases(cases, {
    jobs,
    signal,
    now: tools.now,
    run: async (one) => ({ ...(await run(one)), exchanges: [] }),
    result: (result) => results.push(result),
  }).then(() => results);
}

/** Runs cases against a server on this machine. */
export function testServer(
  port: number,
  cases: readonly Case[],
  jobs?: number,
  Bench = ServerBench,
  patience = 1,
): Promise<CaseResult[]> {
  const headers = [
    ['Host', `127.0.0.1:${port}`],
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Version', '13'],
  ] as const;
  const head = { line: 'GET / HTTP/1.1', headers };
  return collect(
    cases,
    async (one) => {
      const bench = new Bench({ tools, patience, head, random: seeded(one.id), dial: () => dial(port) });
      try {
        return await one.run(bench);
      } finally {
        bench.close();
      }
    },
    jobs,
  );
}

/** Runs cases with a client, which is to connect to a port once for each. */
export function testClient(
  connect: (port: number, one: Case) => void,
  cases: readonly Case[],
  jobs?: number,
  take = (wire: SocketWire): Promise<ConnectedClient | undefined> => receiveRequest(wire, tools.now, 5),
): Promise<CaseResult[]> {
  return collect(
    cases,
    async (one) => {
      let met: (socket: net.Socket) => void;
      const meeting = new Promise<net.Socket>((resolve) => (met = resolve));
      const running = await listening(net.createServer({ allowHalfOpen: true }, (socket) => met(socket)));
      connect(running.port, one);
      try {
        const client = await take(new SocketWire(await meeting));
        if (!client) throw new Error('no request came');
        const isAboutSeveral = one.traits.includes('several');
        const options = { tools, patience: 2, random: seeded(one.id), isAboutSeveral };
        return await one.run(client.over?.bench(options) ?? new ClientBench(client, options));
      } finally {
        await running.stop();
      }
    },
    jobs,
  );
}

/** A client's request over HTTP/2; undefined: it made none. */
export function takeHttp2(wire: SocketWire): Promise<ConnectedClient | undefined> {
  return new Promise((resolve) => {
    const foreign = (): Uint8Array => new Uint8Array(0);
    void takeHttp2Client(wire, { now: tools.now, foreign }, resolve).then(() => resolve(undefined));
  });
}

/** `id: verdict` of all that are not OK, without those that are only reported, in order. */
export function faults(results: readonly CaseResult[]): string[] {
  return results
    .filter(({ behavior }) => behavior !== 'OK' && behavior !== 'INFORMATIONAL')
    .map((one) => `${one.case.id.replace(/^handshake(?:-client)?\./, '')}: ${one.behavior}`)
    .sort();
}
