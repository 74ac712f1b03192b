import { TLSSocket } from 'node:tls';
import type { HeadParts } from '../../conformance/handshakes/heads.js';
import { ServerBench, type ServerBenchOptions } from '../../conformance/bench/server-bench.js';
import type { Tools } from '../../conformance/bench/tools.js';
import { NOTHING_UNASKED } from '../../conformance/bench/unasked.js';
import type { Cause } from '../../rules/causes/catalogue.js';
import { dial, DialError } from '../../live/client/dial.js';
import { tlsAlert } from '../../live/sockets/tls-reason.js';
import { SocketWire } from '../../live/sockets/wire.js';
import { headersOf } from '../connect/headers.js';
import { STAGE_EXIT } from '../connect/opening.js';
import { routeOf } from '../connect/route.js';
import type { CheckOptions } from '../options/check-options.js';
import type { ReachOptions } from '../options/connect-options.js';
import { parseTarget, type Target } from '../connect/url.js';
import { EXIT } from '../host/exit.js';
import type { Io } from '../host/io.js';

/** Why the peer can't be tested, and the exit code for that. */
export class Unreachable extends Error {
  constructor(
    message: string,
    readonly exit: number,
    readonly why?: Cause,
  ) {
    super(message);
  }
}

/** A server under test: makes a bench for each case. */
export class ServerUnderTest {
  /** The last alert of TLS that ended a connection, in words. */
  alert: string | undefined;
  /** Time limits are multiplied by it. */
  patience = 1;
  /** What it sends without a request. */
  unasked = NOTHING_UNASKED;
  private readonly open = new Set<SocketWire>();

  private constructor(
    readonly target: Target,
    private readonly tools: Tools,
    private readonly head: HeadParts,
    private readonly dialing: (alerted: (words: string) => void) => Promise<SocketWire>,
    private readonly openTime: number,
    private readonly Bench: new (options: ServerBenchOptions) => ServerBench,
    private readonly stop: AbortSignal,
  ) {
    stop.addEventListener('abort', () => this.open.forEach((wire) => wire.drop()), { once: true });
  }

  /** `stop` ends all connections, and none is opened after it. */
  static async of(
    io: Io,
    url: string,
    options: CheckOptions,
    tools: Tools,
    stop: AbortSignal,
  ): Promise<ServerUnderTest> {
    const target = parseTarget(url);
    const reached = await routeOf(io, target, options);
    const { http2 } = options;
    const route = http2 && reached.tls ? { ...reached, tls: { ...reached.tls, alpn: ['h2'] } } : reached;
    const Bench = http2 ? (await import('../entries/check-http2.js')).Http2ServerBench : ServerBench;
    const dialing = async (alerted: (words: string) => void): Promise<SocketWire> => {
      const late = AbortSignal.timeout(options.connectTimeout * 1000);
      const { stream } = await dial(route, AbortSignal.any([stop, late]));
      stream.on('error', (error) => {
        const alert = tlsAlert(error);
        if (alert !== undefined) alerted(alert);
      });
      if (http2 && stream instanceof TLSSocket && stream.alpnProtocol !== 'h2') throw noHttp2(stream, target);
      return new SocketWire(stream);
    };
    const head = requestHead(target, options);
    return new ServerUnderTest(target, tools, head, dialing, options.connectTimeout, Bench, stop);
  }

  /** `isLarge`: the case is about large data. */
  bench(random: () => number, isLarge = false): ServerBench {
    const { patience, head, openTime, unasked } = this;
    const tools = { ...this.tools, unasked, keeping: isLarge ? ('large' as const) : ('usual' as const) };
    const isSecure = this.target.secure;
    return new this.Bench({ tools, patience, head, isSecure, random, openTime, dial: () => this.dial() });
  }

  private async dial(): Promise<SocketWire> {
    try {
      const wire = await this.dialing((alert) => (this.alert = alert));
      if (this.stop.aborted) wire.drop();
      this.open.add(wire);
      wire.onClose = () => this.open.delete(wire);
      return wire;
    } catch (error) {
      if (!(error instanceof DialError)) throw error;
      throw new Unreachable(error.message, STAGE_EXIT[error.stage], error.why);
    }
  }
}

/** The server selects no h2 (RFC 9113 §3.2). */
function noHttp2(stream: TLSSocket, { url }: Target): Unreachable {
  const { alpnProtocol } = stream;
  stream.destroy();
  const selected = alpnProtocol ? `selects ${JSON.stringify(alpnProtocol)}` : 'selects none';
  return new Unreachable(`TLS with ${url.hostname}: h2 is offered by ALPN, and the server ${selected}`, EXIT.tls);
}

/** A correct request, with its headers in the order of browsers; only the key is missing. */
function requestHead(target: Target, options: ReachOptions): HeadParts {
  const { url } = target;
  const usual: [string, readonly string[] | undefined][] = [
    ['Host', [url.host]],
    ['Upgrade', ['websocket']],
    ['Connection', ['Upgrade']],
    ['Sec-WebSocket-Version', ['13']],
    ...(options.subprotocol
      ? [['Sec-WebSocket-Protocol', [options.subprotocol.join(', ')]] as [string, string[]]]
      : []),
  ];
  const own = headersOf(target, options);
  const names = new Set([...own.keys()].map((name) => name.toLowerCase()));
  const all = [...usual.filter(([name]) => !names.has(name.toLowerCase())), ...own];
  const headers = all.flatMap(([name, values]) => (values ?? []).map((value) => [name, value] as const));
  return { line: `GET ${url.pathname}${url.search} HTTP/1.1`, headers };
}
