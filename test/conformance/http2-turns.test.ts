import { createServer } from 'node:net';
import { connect, type ClientHttp2Session } from 'node:http2';
import { describe, expect, it } from 'vitest';
import type { Case } from '../../src/conformance/case.js';
import type { CaseResult } from '../../src/conformance/run.js';
import { HTTP2_CASES } from '../../src/conformance/http2/http2-cases.js';
import { Http2Turns } from '../../src/conformance/http2/http2-turns.js';
import { select } from '../../src/conformance/select.js';
import { SocketWire } from '../../src/live/sockets/wire.js';
import { wsinspect } from '../cli/binary.js';
import { tools } from './handshaking.js';
import { http2MutantClient } from './http2-mutant.js';
import { listening } from './listening.js';

/** Cases that no request selects: the connections of a client take them in turn. */

const TURNS = HTTP2_CASES.filter(({ traits }) => traits.includes('in-turn'));
const [ABSENT, ZERO, LATE] = ['absent', 'zero', 'late'].map((id) => `h2.unannounced-${id}`);

/** The verdicts where a client connects this number of times. */
async function verdicts(come: (port: number) => void, connections = TURNS.length): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const turns = new Http2Turns({
    ...{ cases: TURNS, tools, patience: 0.2, agent: 'client' },
    random: () => Math.random,
    foreign: () => new Uint8Array(0),
    came: () => undefined,
    result: (_, result) => results.push(result),
    finished: finish,
  });
  let met = (): void => undefined;
  const taken: Promise<void>[] = [];
  const server = await listening(
    createServer({ allowHalfOpen: true }, (socket) => {
      taken.push(turns.take(new SocketWire(socket)));
      met();
    }),
  );
  for (let i = 0; i < connections; i++) {
    const arrived = new Promise<void>((resolve) => (met = resolve));
    come(server.port);
    await arrived;
  }
  await Promise.all(taken);
  if (connections >= TURNS.length) await finished;
  await server.stop();
  return results;
}

const shortOf = (results: readonly CaseResult[]): Record<string, string> =>
  Object.fromEntries(results.map(({ case: { id }, behavior }) => [id, behavior]));

/** A client that requests a WebSocket where SETTINGS allow that. */
function careful(port: number, then: (session: ClientHttp2Session) => void = () => undefined): void {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on('error', () => undefined);
  session.on('remoteSettings', ({ enableConnectProtocol }) => {
    if (!enableConnectProtocol) return then(session);
    const stream = session.request({ ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/' });
    stream.on('error', () => undefined);
  });
}

describe('connections that announce no WebSockets', () => {
  it('are legal for a client that requests none there', async () => {
    expect(shortOf(await verdicts(careful))).toEqual({ [ABSENT!]: 'OK', [ZERO!]: 'OK', [LATE!]: 'OK' });
  });

  it('may be ended by the client', async () => {
    const results = await verdicts((port) => careful(port, (session) => session.destroy()));
    expect(shortOf(results)).toEqual({ [ABSENT!]: 'OK', [ZERO!]: 'OK', [LATE!]: 'INFORMATIONAL' });
    expect(results[0]!.actual).toContain('the client ended the connection');
  });

  it('fail a client that requests one', async () => {
    const results = await verdicts((port) => http2MutantClient(port, 'eager', 1));
    expect(shortOf(results)).toEqual({ [ABSENT!]: 'FAILED', [ZERO!]: 'FAILED', [LATE!]: 'FAILED' });
  });

  it('fail a client that requests one after SETTINGS, whatever they announce', async () => {
    const results = await verdicts((port) => http2MutantClient(port, undefined, 1));
    // Its request may cross the second SETTINGS, on a slow machine.
    expect(shortOf(results)).toMatchObject({ [ABSENT!]: 'FAILED', [ZERO!]: 'FAILED' });
  });

  it('answer other requests with 404, and judge them as none', async () => {
    const statuses: unknown[] = [];
    const results = await verdicts((port) =>
      careful(port, (session) =>
        session.request({ ':path': '/' }).on('response', (head) => statuses.push(head[':status'])),
      ),
    );
    expect(shortOf(results)).toEqual({ [ABSENT!]: 'OK', [ZERO!]: 'OK', [LATE!]: 'OK' });
    expect(statuses).toEqual([404, 404, 404]);
  });
});

describe('are selected', () => {
  const ids = (only?: string[]): readonly Case[] =>
    select(HTTP2_CASES, { peer: 'client', full: true, safe: false, http: '2', ...(only && { only }) }).cases;

  it('alone', () => {
    expect(ids(['h2.unannounced-*'])).toEqual(TURNS);
    expect(ids().filter(({ traits }) => traits.includes('in-turn'))).toEqual([]);
    expect(ids(['h2.*']).filter(({ traits }) => traits.includes('in-turn'))).toEqual([]);
  });

  it('or it is an error', async () => {
    const only = ['--only', 'h2.unannounced-zero,h2.request'];
    const { exit, err } = await wsinspect(['check', '--listen', '0', '--http2', ...only]);
    expect([exit, err]).toEqual([2, expect.stringContaining('h2.unannounced-zero: a run has these cases alone')]);
  });
});
