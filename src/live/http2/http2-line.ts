import * as http2 from 'node:http2';
import type { RequestHead } from '../../codec/http1/head.js';
import { count } from '../../codec/bytes/plural.js';
import { debugText, goawayText } from '../../codec/http2/http2-codes.js';
import type { ConnectionSummary } from '../../traffic/tally/summary.js';
import type { DialledConnection } from '../client/dial.js';
import type { LiveContext, LiveTaker } from '../sockets/live-connection.js';
import { requestFields } from './http2-fields.js';
import { Http2ClientStream, type Http2LineEnding, type Http2Sending } from './http2-client-stream.js';
import { Http2LineError, notEnabled, whyNoHttp2 } from './http2-line-error.js';
import { LiveHttp2 } from './live-http2.js';
import { goawayTrouble, peerTrouble, type SessionTrouble } from './http2-trouble.js';
import { withOwnEnd } from './own-end.js';
import { LOOK_TIME, WindowWatch, type SendState } from './window-watch.js';
import { FAREWELL, oncePassed, TappedSocket, type TappedSocketTaker } from './tapped-socket.js';

/** A WebSocket on the connection, as an end of HTTP/1.1 takes it. */
export interface Http2Channel {
  readonly stream: Http2ClientStream;
  /** Its records go to `taker`; `gone` is called when the last of them was given, and the stream has closed. */
  readonly watch: (number: number, taker: Http2ChannelTaker, gone: () => void) => void;
  /** Why the request was not sent so far, in words; undefined: it was. */
  readonly unsent: () => string | undefined;
}

export interface Http2ChannelTaker extends LiveTaker {
  /** Nothing can be sent for some time, in words. */
  stalled(words: string): void;
}

interface Watched {
  readonly taker: Http2ChannelTaker;
  readonly gone: () => void;
  readonly windows: WindowWatch;
}

/** Bytes that the server may send on a stream before they are read. */
const STREAM_WINDOW = 1024 * 1024;
const CONNECTION_WINDOW = 16 * 1024 * 1024;
/** Fields of an answer. */
const MOST_FIELDS = 2000;

/** An HTTP/2 connection to a server that takes WebSockets on its streams (RFC 8441): `node:http2` is the endpoint. */
export class Http2Line implements TappedSocketTaker {
  private readonly session: http2.ClientHttp2Session;
  /** Undefined: what passes is read elsewhere. */
  private readonly live: LiveHttp2 | undefined;
  /** By the numbers of their records. */
  private readonly watched = new Map<number, Watched>();
  private readonly numbers = new Map<number, number>();
  private open = 0;
  private isOver = false;
  private isSettled = false;
  /** The first bytes that came. */
  private first: Uint8Array | undefined;
  private error: Error | undefined;
  /** The GOAWAY with an error that this end sent. */
  private sent: SessionTrouble | undefined;
  private settings: http2.Settings | undefined;
  /** Of the last GOAWAY that came. */
  private goodbye: { readonly words: string; readonly lastStream: number } | undefined;

  private constructor(
    private readonly line: DialledConnection,
    context: LiveContext | undefined,
  ) {
    this.live =
      context &&
      new LiveHttp2(line.ends, 'client', context, {
        number: (stream) => this.numbers.get(stream) ?? 0,
        record: (record) => this.watched.get(record.connection)?.taker.record(record),
        closed: (summary) => this.closed(summary),
      });
    const socket = new TappedSocket(line.stream, this, true);
    // Not every server ends TCP after that.
    socket.on('finish', () => setTimeout(() => line.stream.destroy(), FAREWELL).unref());
    this.session = http2.connect(`${this.scheme}://localhost`, {
      createConnection: () => socket,
      maxHeaderListPairs: MOST_FIELDS,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW },
    });
    this.session.on('error', (error: Error) => this.failed(error));
    this.session.on('goaway', (code: number, lastStream: number, debug?: Buffer) => {
      this.goodbye = { words: goawayText({ code, debug: debug ? debugText(debug) : '' }), lastStream };
    });
    this.session.on('remoteSettings', (settings: http2.Settings) => (this.settings = settings));
    this.session.once('connect', () => {
      if (!this.session.destroyed) this.session.setLocalWindowSize(CONNECTION_WINDOW);
    });
    // The session reports its error, and then that it is closed.
    const both = [line.stream, this.session].map((one) => new Promise((done) => one.once('close', done)));
    void Promise.all(both).then(() => this.ended());
  }

  /** Resolves when the server has announced extended CONNECT. Throws an Http2LineError. `signal` ends it. */
  static async over(line: DialledConnection, context: LiveContext, signal: AbortSignal): Promise<Http2Line> {
    const made = await Http2Line.relaying(line, signal, context);
    const { refusal } = made;
    if (refusal === undefined) return made;
    made.destroy();
    throw refusal;
  }

  /** Resolves with the settings of the server, whatever they are; without a `context` nothing is read of what passes. */
  static async relaying(line: DialledConnection, signal: AbortSignal, context?: LiveContext): Promise<Http2Line> {
    const made = new Http2Line(line, context);
    await made.settled(signal);
    return made;
  }

  /** Why it takes no WebSockets (RFC 8441 §3); undefined: it does. */
  get refusal(): Http2LineError | undefined {
    return this.settings?.enableConnectProtocol === true ? undefined : notEnabled();
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
    this.live?.incoming(bytes);
  }

  outgoing(bytes: Uint8Array): void {
    this.live?.outgoing(bytes);
  }

  goaway(code: number, debug: string): boolean {
    this.sent ??= goawayTrouble(code, debug);
    return true;
  }

  channel(): Http2Channel {
    let number = 0;
    let id: number | undefined;
    let gone = (): void => undefined;
    const windows = new WindowWatch();
    this.open++;
    const stream = new Http2ClientStream((head, sending) => {
      const request = this.request(head, sending);
      const begun = (): void => {
        id = request.id!;
        this.numbers.set(id, number);
      };
      if (request.id !== undefined) begun();
      else request.on('ready', begun);
      request.on('close', () => this.left(request.id, () => gone()));
      return request;
    }, this.ending);
    const looking = setInterval(() => {
      const words = windows.look(this.sendState(stream, id));
      if (words !== undefined) this.watched.get(number)?.taker.stalled(words);
    }, LOOK_TIME).unref();
    stream.on('close', () => {
      clearInterval(looking);
      if (--this.open === 0) this.session.close();
      // Without a request nothing was watched.
      if (!this.watched.has(number) || this.isOver) gone();
    });
    return {
      stream,
      unsent: () => (stream.isUnsent ? unsentWords(this.settings?.maxConcurrentStreams) : undefined),
      watch: (own, taker, ended) => {
        number = own;
        gone = ended;
        this.watched.set(number, { taker, gone, windows });
      },
    };
  }

  private closed(summary: ConnectionSummary): void {
    const { trouble } = this;
    const watched = this.watched.get(summary.connection);
    const own = { trouble, faults: this.live?.faultWords, isShut: watched?.windows.isShut === true };
    watched?.taker.closed(withOwnEnd(summary, own));
  }

  private sendState({ writableLength }: Http2ClientStream, id: number | undefined): SendState {
    const { session } = this;
    const { sent, left } = (id !== undefined && this.live?.flow(id)) || { sent: 0, left: 1 };
    const { remoteWindowSize: connectionWindow = 1 } = session.destroyed ? {} : session.state;
    return { isWaiting: writableLength > 0, sent, window: left, connectionWindow };
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.session.destroy();
    this.line.stream.destroy();
  }

  /** A request of HTTP/1.1, whatever it asks for, as a socket takes it. */
  stream(): Http2ClientStream {
    return new Http2ClientStream((head, sending) => this.request(head, sending), { ...this.ending, answers: true });
  }

  /** Takes no more requests; it ends when the open ones have. `left` is called then. */
  close(left: () => void): void {
    if (this.isOver) left();
    else this.line.stream.on('close', left);
    this.session.close();
  }

  /** `taken` gets the code of a GOAWAY. */
  onGoaway(taken: (code: number, lastStream: number) => void): void {
    this.session.on('goaway', taken);
  }

  private request(
    head: RequestHead,
    { isWebSocket, endStream, waitForTrailers }: Http2Sending,
  ): http2.ClientHttp2Stream {
    const request = this.session.request(requestFields(head, this.scheme, isWebSocket), {
      endStream,
      waitForTrailers,
    });
    // It gets that of the session before the session reports it.
    request.on('error', (error: Error) => void (this.session.destroyed && this.failed(error)));
    return request;
  }

  private failed(error: Error): void {
    if (this.error === undefined || peerTrouble(this.error) === undefined) this.error = error;
  }

  /** Why this end ended the connection. */
  private get trouble(): SessionTrouble | undefined {
    return (this.error && peerTrouble(this.error)) ?? this.sent;
  }

  /** What ends its streams. */
  private get ending(): Http2LineEnding {
    return {
      trouble: () => this.trouble,
      hasEnded: () => this.session.destroyed,
      unseen: (stream) => (this.goodbye && stream > this.goodbye.lastStream ? this.goodbye.words : undefined),
      hasReset: (stream) => this.live?.hasReset(stream) === true,
    };
  }

  private get scheme(): 'http' | 'https' {
    return 'encrypted' in this.line.stream ? 'https' : 'http';
  }

  /** A stream has closed. */
  private left(stream: number | undefined, gone: () => void): void {
    oncePassed(() => {
      if (stream !== undefined) this.live?.closeStream(stream);
      gone();
    });
  }

  private ended(): void {
    this.isOver = true;
    this.live?.end(this.error || !this.line.stream.readableEnded ? 'reset' : 'fin');
    for (const { gone } of this.watched.values()) gone();
  }

  private settled(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error?: Error): void => {
        if (this.isSettled) return;
        this.isSettled = true;
        signal.removeEventListener('abort', late);
        this.session.off('remoteSettings', onSettings);
        this.session.off('close', onClose);
        if (error === undefined) return resolve();
        this.destroy();
        reject(error);
      };
      const late = (): void => done(new Http2LineError('ended', 'the server does not answer the preface in time'));
      // What ends the connection may have come together with them.
      const onSettings = (): void => void setImmediate(() => void (this.isUsable && done()));
      const onClose = (): void => done(this.whyNone());
      this.session.on('remoteSettings', onSettings);
      this.session.on('close', onClose);
      // What it says was kept first.
      this.session.on('goaway', () =>
        done(new Http2LineError('ended', `the server ends the connection (${this.goodbye?.words})`)),
      );
      signal.addEventListener('abort', late, { once: true });
      if (signal.aborted) late();
    });
  }

  private whyNone(): Http2LineError {
    return whyNoHttp2({ first: this.first, hasSettings: this.settings !== undefined, trouble: this.trouble });
  }
}

function unsentWords(streams: number | undefined): string {
  const allowed = streams === undefined ? 'no further stream now' : count(streams, 'stream');
  return `the request was not sent: the server allows ${allowed} (SETTINGS_MAX_CONCURRENT_STREAMS)`;
}
