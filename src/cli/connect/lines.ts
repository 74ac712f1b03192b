import { dial, DialError, type DialStage, type DialledConnection } from '../../live/client/dial.js';
import type { ClientLine, LiveClientOptions } from '../../live/client/client.js';
import type { Http2Line } from '../../live/http2/http2-line.js';
import type { LiveContext } from '../../live/sockets/live-connection.js';
import type { ReachOptions } from '../options/connect-options.js';
import { EXIT, UsageError } from '../host/exit.js';
import type { Io } from '../host/io.js';
import { failed, type ConnectFailure } from './failure.js';
import { routeOf } from './route.js';
import type { Target } from './url.js';

/** What a handshake needs apart from the route. */
export interface OpeningOptions extends ReachOptions {
  preview?: number;
  autoPong: boolean;
  http2?: true | 'auto';
  streams?: number;
}

type LiveRequest = LiveContext & Pick<LiveClientOptions, 'headers'>;

/** How it was made, in words; undefined: it was there already. */
type OpenedLine = ClientLine & { readonly words?: string };

export const STAGE_EXIT: Readonly<Record<DialStage, number>> = {
  'proxy-name': EXIT.proxyName,
  name: EXIT.hostName,
  connect: EXIT.connect,
  tls: EXIT.tls,
  certificate: EXIT.certificate,
  time: EXIT.time,
};

const LINE_EXIT = { setting: EXIT.refused, other: EXIT.handshake, ended: EXIT.dropped } as const;

/** The connections of a run: a socket for each WebSocket, or a stream of one connection of HTTP/2. */
export class ConnectLines {
  private number = 0;
  private line: Http2Line | undefined;

  constructor(private readonly io: Io) {}

  /** Of the next WebSocket. */
  nextNumber(): number {
    return this.number++;
  }

  /** A line to the target. `signal` aborts it. Throws a UsageError where the request can't be sent on it. */
  async open(
    target: Target,
    options: OpeningOptions,
    context: LiveRequest,
    signal: AbortSignal,
  ): Promise<OpenedLine | ConnectFailure> {
    const { line } = this;
    if (options.http2 !== undefined) await checkSendable(context);
    if (line?.isUsable && options.streams !== undefined) return streamOf(line);
    try {
      return await this.reach(target, options, context, signal);
    } catch (error) {
      if (!(error instanceof DialError)) throw error;
      const exit = STAGE_EXIT[error.stage];
      const mayRetry = exit === EXIT.hostName || exit === EXIT.connect;
      return failed({ message: error.message, exit, cause: error.why }, mayRetry);
    }
  }

  private async reach(
    target: Target,
    options: OpeningOptions,
    context: LiveContext,
    signal: AbortSignal,
  ): Promise<OpenedLine | ConnectFailure> {
    const { http2 } = options;
    const dialled = await this.dial(target, options, signal, http2);
    const isHttp2 = http2 === true || (http2 === 'auto' && alpnOf(dialled) === 'h2');
    const words = http2 === undefined ? dialled.words : `${dialled.words}, HTTP/${isHttp2 ? '2' : '1.1'}`;
    if (!isHttp2) return { ...dialled, words };
    const { Http2Line, Http2LineError } = await import('../entries/http2.js');
    try {
      this.line = await Http2Line.over(dialled, context, signal);
      return { ...streamOf(this.line), words };
    } catch (error) {
      if (!(error instanceof Http2LineError)) throw error;
      const { kind, message, why } = error;
      if (http2 === 'auto' && kind !== 'ended') {
        const again = await this.dial(target, options, signal, undefined);
        return { ...again, words: `${again.words}, HTTP/1.1: ${message}` };
      }
      const exit = signal.aborted ? EXIT.time : LINE_EXIT[kind];
      return failed({ message, exit, cause: why }, exit === EXIT.dropped);
    }
  }

  private async dial(
    target: Target,
    options: OpeningOptions,
    signal: AbortSignal,
    http2: OpeningOptions['http2'],
  ): Promise<DialledConnection> {
    const route = await routeOf(this.io, target, options);
    const alpn = http2 === true ? ['h2'] : ['h2', 'http/1.1'];
    return dial({ ...route, ...(route.tls && http2 && { tls: { ...route.tls, alpn } }) }, signal);
  }
}

/** Throws a UsageError where HTTP/2 does not have the request. */
async function checkSendable({ headers }: LiveRequest): Promise<void> {
  const { unsendable } = await import('../entries/http2.js');
  const why = unsendable(headers);
  if (why !== undefined) throw new UsageError(`the request can't be sent over HTTP/2: ${why}`);
}

function streamOf(line: Http2Line): ClientLine {
  const { stream, watch, unsent } = line.channel();
  return { stream, ends: line.ends, http2: { watch, unsent } };
}

function alpnOf({ stream }: DialledConnection): string | false | undefined {
  return (stream as { alpnProtocol?: string | false }).alpnProtocol;
}
