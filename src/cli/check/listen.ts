import type { RequestHead } from '../../codec/http1/head.js';
import type { Case } from '../../conformance/case.js';
import type { Http2Turns, TurnOptions } from '../../conformance/http2/http2-turns.js';
import type { CaseResult } from '../../conformance/run.js';
import type { Tools } from '../../conformance/bench/tools.js';
import { Driver, refusal as refusalBytes, type DriverOptions } from '../../conformance/bench/driver.js';
import { ambiguityIn, factsOfHead, tunnelRefusal } from '../../live/listener/request-facts.js';
import { LimitedNotices } from '../../live/listener/limited-notices.js';
import { otherProtocol } from '../../live/listener/other-protocol.js';
import { refusalFor, type PolicyRefusal } from '../../live/listener/policy.js';
import { listenForWires, type WireListener, type WireLimits } from '../../live/sockets/wire-listener.js';
import { escapeText, jsonLine } from '../../describe/escape.js';
import { print } from '../../describe/printable.js';
import { count } from '../../terminal/layout.js';
import { listenError, listenUrl, parsePlace } from '../host/addresses.js';
import { Agents } from './agents.js';
import { discardReports, writeReports } from './files.js';
import type { CheckOptions } from '../options/check-options.js';
import { pinsIn } from './pins.js';
import { seedOf, toolsOf } from './tools.js';
import { listenerPolicyOf } from '../live/listener-policy.js';
import { seeded } from '../host/seeded.js';
import type { Io } from '../host/io.js';
import { listenerTlsOf } from '../host/tls-files.js';

const PATIENCE = 2;
/** Connections at one time: drivers need a few. */
const MOST_CONNECTIONS = 128;

/** The server that clients connect to, case by case, as their drivers for the Autobahn Testsuite do. */
export async function checkListen(io: Io, cases: readonly Case[], options: CheckOptions): Promise<number> {
  const place = parsePlace(options.listen!, { host: '127.0.0.1', port: 9001 });
  const tls = await listenerTlsOf(io, options);
  const seed = options.seed ?? new DataView(io.random(4).buffer).getUint32(0);
  const pins = options.expect === undefined ? undefined : await pinsIn(io, options.expect);
  const agents = new Agents(io, cases, seed, options, pins);
  const notice = (message: string): void => {
    if (!options.quiet) void io.stderr.write(print`${escapeText(message)}\n`);
  };
  const notices = new LimitedNotices(notice);
  const policy = listenerPolicyOf(place.host, options);
  const refusal = (request: RequestHead): PolicyRefusal | undefined => {
    const found =
      tunnelRefusal(request) ??
      // Over HTTP/2 a field has one way to be read.
      (options.http2 ? undefined : ambiguityIn(request)) ??
      refusalFor(factsOfHead(request, tls !== undefined), 'guarded', policy);
    if (found) notices.add(`a request is refused with ${found.status}: ${found.reason}`);
    return found;
  };
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  const tools = toolsOf(io, options.pid);
  const run = {
    cases,
    tools,
    patience: PATIENCE,
    random: (id: string) => seeded(seedOf(seed, id)),
    came: (agent: string) => agents.begin(agent),
    result: (agent: string, result: CaseResult) => agents.add(agent, result),
    finished: () => options.oneshot && stop(),
  };
  const driver = cases.every(({ traits }) => traits.includes('in-turn'))
    ? await turnsOf(run, notices)
    : new Driver({
        ...run,
        subprotocols: options.subprotocol,
        refusal,
        ...(options.http2 && { over: await overHttp2(tools, notices) }),
        otherProtocol: (first) => {
          const found = otherProtocol(first, '--listen-cert and --listen-key');
          if (found) notices.add(`a connection is refused with ${found.status}: ${found.reason}`);
          return found && refusalBytes(found.status, found.reason);
        },
        stop,
        notice,
      });
  const limits = limitsOf(notice);
  const listener = await listenForWires(
    {
      place,
      limits,
      ...(tls && { tls }),
      trouble: (message) => notices.add(message),
      ...(options.http2 && { alpn: 'h2' }),
    },
    (wire) => void driver.take(wire),
  ).catch((error: NodeJS.ErrnoException) => {
    throw listenError(place, error);
  });
  discardReports(options);
  await announce(io, listenUrl(Boolean(tls), place, listener.port), listener, cases, options);
  await Promise.race([stopped, io.untilInterrupted()]);
  driver.end();
  await listener.close();
  const { runs, exit, hasFailed } = await agents.end();
  await writeReports(runs, options, io);
  return io.interrupted.aborted && !hasFailed ? io.interrupted.reason : exit;
}

/** Takes connections of HTTP/2: another protocol is answered over HTTP/1.1, with the reason. */
async function overHttp2(tools: Tools, notices: LimitedNotices): Promise<NonNullable<DriverOptions['over']>> {
  const { takeHttp2Client } = await import('../entries/check-http2.js');
  return (wire, take) => takeHttp2Client(wire, { now: tools.now, foreign: noHttp2(notices) }, take);
}

/** Cases that no request selects. */
async function turnsOf(run: Omit<TurnOptions, 'agent' | 'foreign'>, notices: LimitedNotices): Promise<Http2Turns> {
  const { Http2Turns } = await import('../entries/check-http2.js');
  return new Http2Turns({ ...run, agent: 'client', foreign: noHttp2(notices) });
}

const noHttp2 =
  (notices: LimitedNotices) =>
  (first: Uint8Array): Uint8Array => {
    const found = otherProtocol(first, '--listen-cert and --listen-key') ?? NO_HTTP2;
    notices.add(`a connection is refused with ${found.status}: ${found.reason}`);
    return refusalBytes(found.status, found.reason);
  };

const NO_HTTP2: PolicyRefusal = {
  status: 400,
  reason: 'the client does not begin HTTP/2 (RFC 9113 section 3.4), and --http2 tests clients over HTTP/2 alone',
};

function announce(
  io: Io,
  url: string,
  { port }: WireListener,
  cases: readonly Case[],
  { json, quiet }: CheckOptions,
): Promise<void> | void {
  if (json) return io.stdout.write(jsonLine({ type: 'listening', url, port: port || undefined, pid: io.pid }));
  if (!quiet) return io.stderr.write(print`${count(cases.length, 'case')} at ${escapeText(url)}\n`);
}

function limitsOf(notice: (message: string) => void): WireLimits {
  const reason = `there are ${MOST_CONNECTIONS} connections already`;
  let hasReported = false;
  return {
    connections: MOST_CONNECTIONS,
    refusal: refusalBytes(503, reason),
    refused: () => {
      if (!hasReported) notice(`connections are refused: ${reason}`);
      hasReported = true;
    },
  };
}
