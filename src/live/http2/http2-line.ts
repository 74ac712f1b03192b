import * as http2 from 'node:http2';
import type { RequestHead } from '../../codec/http1/head.js';
import { http2ErrorName } from '../../codec/http2/http2-codes.js';
import { causeBy, type Cause } from '../../rules/causes/catalogue.js';
import type { DialledConnection } from '../client/dial.js';
import type { LiveContext, LiveTaker } from '../sockets/live-connection.js';
import type { TapTaker } from '../sockets/tap.js';
import { Http2ClientStream } from './http2-client-stream.js';
import { LiveHttp2 } from './live-http2.js';
import { TappedSocket } from './tapped-socket.js';

/** Why no WebSocket can be opened on a connection. */
export class Http2LineError extends Error {
  override readonly name = 'Http2LineError';
  constructor(
    /** `setting`: the server takes no extended CONNECT; `other`: it has no HTTP/2; `ended`: it did not answer. */
    readonly kind: 'setting' | 'other' | 'ended',
    message: string,
    readonly why?: Cause,
  ) {
    super(message);
  }
}

/** A WebSocket on the connection, as an end of HTTP/1.1 takes it. */
export interface Http2Channel {
  readonly stream: Http2ClientStream;
  /** Its records go to `taker`; `gone` is called when the last of them was given, and the stream has closed. */
  readonly watch: (number: number, taker: LiveTaker, gone: () => void) => void;
}

interface Watched {
  readonly taker: LiveTaker;
  readonly gone: () => void;
}

/** Bytes that the server may send on a stream before they are read. */
const STREAM_WINDOW = 1024 * 1024;
const CONNECTION_WINDOW = 16 * 1024 * 1024;
/** Fields of an answer. */
const MOST_FIELDS = 2000;
/** What HTTP/2 has no use for (RFC 9113 §8.2.2, RFC 8441 §4). */
const LEFT_OUT: ReadonlySet<string> = new Set([
  ...['connection', 'upgrade', 'keep-alive', 'transfer-encoding', 'proxy-connection', 'host', 'sec-websocket-key'],
]);

/** An HTTP/2 connection to a server that takes WebSockets on its streams (RFC 8441): `node:http2` is the endpoint. */
export class Http2Line implements TapTaker {
  private readonly session: http2.ClientHttp2Session;
  private readonly live: LiveHttp2;
  /** By the numbers of their records. */
  private readonly watched = new Map<number, Watched>();
  private readonly numbers = new Map<number, number>();
  private open = 0;
  private isOver = false;
  /** The first bytes that came. */
  private first: Uint8Array | undefined;
  private error: Error | undefined;

  private constructor(
    private readonly line: DialledConnection,
    context: LiveContext,
  ) {
    const scheme = context.isSecure ? 'https' : 'http';
    this.live = new LiveHttp2(line.ends, 'client', context, {
      number: (stream) => this.numbers.get(stream) ?? 0,
      record: (record) => this.watched.get(record.connection)?.taker.record(record),
      closed: (summary) => this.watched.get(summary.connection)?.taker.closed(summary),
    });
    const socket = new TappedSocket(line.stream, this);
    this.session = http2.connect(`${scheme}://localhost`, {
      createConnection: () => socket,
      maxHeaderListPairs: MOST_FIELDS,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW },
    });
    this.session.on('error', (error: Error) => (this.error ??= error));
    this.session.once('connect', () => this.session.setLocalWindowSize(CONNECTION_WINDOW));
    line.stream.on('close', () => this.ended());
  }

  /** Resolves when the server has announced extended CONNECT. Throws an Http2LineError. `signal` ends it. */
  static async over(line: DialledConnection, context: LiveContext, signal: AbortSignal): Promise<Http2Line> {
    const made = new Http2Line(line, context);
    await made.settled(signal);
    return made;
  }

  get ends(): DialledConnection['ends'] {
    return this.line.ends;
  }

  /** Further WebSockets can be opened. */
  get isUsable(): boolean {
    return !this.isOver && !this.session.closed && !this.session.destroyed;
  }

  incoming(bytes: Uint8Array): void {
    this.first ??= bytes.slice(0, 64);
    this.live.incoming(bytes);
  }

  outgoing(bytes: Uint8Array): void {
    this.live.outgoing(bytes);
  }

  channel(): Http2Channel {
    let number = 0;
    let gone = (): void => undefined;
    this.open++;
    const stream = new Http2ClientStream((head) => {
      const request = this.request(head);
      if (request.id !== undefined) this.numbers.set(request.id, number);
      else request.on('ready', () => this.numbers.set(request.id!, number));
      request.on('close', () => this.left(request.id, () => gone()));
      return request;
    });
    stream.on('close', () => {
      if (--this.open === 0) this.session.close();
      // Without a request nothing was watched.
      if (!this.watched.has(number) || this.isOver) gone();
    });
    return {
      stream,
      watch: (own, taker, ended) => {
        number = own;
        gone = ended;
        this.watched.set(number, { taker, gone });
      },
    };
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.session.destroy();
    this.line.stream.destroy();
  }

  private request(head: RequestHead): http2.ClientHttp2Stream {
    const fields: Record<string, string | string[]> = {};
    for (const { name, value } of head.headers) {
      const lower = name.toLowerCase();
      if (LEFT_OUT.has(lower)) continue;
      const known = fields[lower];
      fields[lower] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value];
    }
    const authority = head.headers.find(({ name }) => name.toLowerCase() === 'host')?.value;
    return this.session.request(
      {
        ':method': 'CONNECT',
        ':protocol': 'websocket',
        ':scheme': this.session.encrypted || this.isSecure ? 'https' : 'http',
        ':path': head.target,
        ...(authority !== undefined && { ':authority': authority }),
        ...fields,
      },
      { endStream: false },
    );
  }

  private get isSecure(): boolean {
    return 'encrypted' in this.line.stream;
  }

  /** A stream has closed. What it sent last passes the tap within a turn or two of the event loop. */
  private left(stream: number | undefined, gone: () => void): void {
    setImmediate(() =>
      setImmediate(() => {
        if (stream !== undefined) this.live.closeStream(stream);
        gone();
      }),
    );
  }

  private ended(): void {
    this.isOver = true;
    this.live.end(this.error || !this.line.stream.readableEnded ? 'reset' : 'fin');
    for (const { gone } of this.watched.values()) gone();
  }

  private settled(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error?: Error): void => {
        signal.removeEventListener('abort', late);
        this.session.off('remoteSettings', onSettings);
        this.line.stream.off('close', onClose);
        if (error === undefined) return resolve();
        this.destroy();
        reject(error);
      };
      const late = (): void => done(new Http2LineError('ended', 'the server does not answer the preface in time'));
      const onSettings = ({ enableConnectProtocol }: http2.Settings): void =>
        done(enableConnectProtocol === true ? undefined : notEnabled());
      const onClose = (): void => done(this.whyNone());
      this.session.on('remoteSettings', onSettings);
      this.line.stream.on('close', onClose);
      this.session.on('goaway', (code: number) =>
        done(new Http2LineError('ended', `the server ends the connection (GOAWAY ${http2ErrorName(code)})`)),
      );
      signal.addEventListener('abort', late, { once: true });
      if (signal.aborted) late();
    });
  }

  private whyNone(): Http2LineError {
    const { first } = this;
    const text = first && Buffer.from(first).toString('latin1');
    if (text?.startsWith('HTTP/1.')) {
      const [line = ''] = text.split('\r\n');
      return new Http2LineError('other', `the server does not speak HTTP/2: it answers ${line}`);
    }
    if (first) return new Http2LineError('other', 'the server does not speak HTTP/2');
    return new Http2LineError('ended', 'no answer to the preface of HTTP/2');
  }
}

function notEnabled(): Http2LineError {
  const message = 'the server takes no WebSockets over HTTP/2 (no SETTINGS_ENABLE_CONNECT_PROTOCOL)';
  return new Http2LineError('setting', message, causeBy('h2-connect-not-enabled', {}));
}
