import type { Endpoints } from '../../codec/bytes/endpoint.js';
import { dial, type DialledConnection, type DialRoute } from '../client/dial.js';
import type { RelayEnd } from '../relay/connection.js';
import { Http2LineError } from './http2-line-error.js';
import { Http2Line } from './http2-line.js';

/** A socket to the server, or a stream in the form of one. */
export interface UpstreamEnd {
  readonly stream: RelayEnd;
  readonly ends: Endpoints;
}

/** The connection of HTTP/2 to the server that the requests of one client are sent on. A server that ends it gets another one. */
export class Http2Upstream {
  private line: Http2Line | undefined;
  private pending: Promise<Http2Line | undefined> | undefined;
  /** The server gets HTTP/1.1. */
  private isHttp1 = false;
  /** The connection on which that was shown, unused. */
  private spare: DialledConnection | undefined;
  private isClosed = false;

  constructor(
    private readonly route: DialRoute,
    /** `auto`: over HTTP/2 where ALPN and the server's settings allow it, else over HTTP/1.1. */
    private readonly version: true | 'auto',
    /** The server sent a GOAWAY. */
    private readonly goaway: (code: number, lastStream: number) => void,
    /** No request follows, and none is open. */
    private readonly left: () => void,
  ) {}

  /** For a request. Throws a DialError or Http2LineError; `signal` aborts it. */
  async open(isWebSocket: boolean, signal: AbortSignal): Promise<UpstreamEnd> {
    const line = await this.usable(signal);
    if (line === undefined) return this.http1(signal);
    if (isWebSocket && line.refusal) throw line.refusal;
    return { stream: line.stream(), ends: line.ends };
  }

  /** No request follows. */
  close(): void {
    this.isClosed = true;
    this.line?.close(this.left);
    if (!this.line) this.left();
  }

  destroy(): void {
    this.isClosed = true;
    this.line?.destroy();
  }

  private http1(signal: AbortSignal): Promise<DialledConnection> {
    const { spare } = this;
    this.spare = undefined;
    return spare ? Promise.resolve(spare) : dial(this.route, signal);
  }

  /** Undefined: HTTP/1.1. After an error, or the end of the connection, another one is made. */
  private async usable(signal: AbortSignal): Promise<Http2Line | undefined> {
    if (this.isHttp1) return undefined;
    if (this.line?.isUsable) return this.line;
    this.pending ??= this.connect(signal).finally(() => (this.pending = undefined));
    const line = await this.pending;
    this.isHttp1 = line === undefined;
    this.line = line;
    if (this.isClosed) line?.close(this.left);
    return line;
  }

  private async connect(signal: AbortSignal): Promise<Http2Line | undefined> {
    const { route, version } = this;
    const isAuto = version === 'auto';
    if (isAuto && route.tls === undefined) return undefined;
    const alpn = isAuto ? ['h2', 'http/1.1'] : ['h2'];
    const dialled = await dial({ ...route, ...(route.tls && { tls: { ...route.tls, alpn } }) }, signal);
    if (isAuto && alpnOf(dialled) !== 'h2') {
      this.spare = dialled;
      return undefined;
    }
    try {
      const line = await Http2Line.relaying(dialled, signal);
      if (!isAuto || line.refusal === undefined) {
        line.onGoaway(this.goaway);
        return line;
      }
      line.destroy();
    } catch (error) {
      if (!isAuto || !(error instanceof Http2LineError) || error.kind === 'ended') throw error;
    }
    return undefined;
  }
}

function alpnOf({ stream }: DialledConnection): string | false | undefined {
  return (stream as { alpnProtocol?: string | false }).alpnProtocol;
}
