import { constants, type ClientHttp2Stream, type Http2Session, type IncomingHttpHeaders } from 'node:http2';
import { Duplex } from 'node:stream';
import { acceptKey } from '../../codec/handshake/accept-value.js';
import { asksForWebSocket } from '../../codec/handshake/asks.js';
import { headersNamed } from '../../codec/handshake/handshake.js';
import { HeadReader } from '../../codec/http1/head-reader.js';
import type { RequestHead } from '../../codec/http1/head.js';
import { HTTP2_ERROR, http2ErrorName } from '../../codec/http2/http2-codes.js';
import { refusalText } from '../listener/handshake-rejection.js';
import { BodyMeter, requestBody } from '../server/body-meter.js';
import { PeerFault, type Http2End } from '../sockets/reset.js';
import { MOST_HEAD } from '../sockets/ws-limits.js';
import { chunkOf, lastChunk } from './chunked-text.js';
import { badGateway, trailerFields } from './http2-fields.js';
import type { SessionTrouble } from './http2-trouble.js';

type Done = (error?: Error | null) => void;

/** How a request is sent. */
export interface Http2Sending {
  readonly isWebSocket: boolean;
  /** Nothing follows its head. */
  readonly endStream: boolean;
  readonly waitForTrailers: boolean;
}

/** What a stream asks its connection for when it ends. */
export interface Http2LineEnding {
  /** Why this end ended the connection. */
  trouble(): SessionTrouble | undefined;
  /** A GOAWAY that says that the stream was not looked at, in words. */
  unseen(stream: number): string | undefined;
  /** This end reset the stream. */
  hasReset(stream: number): boolean;
  /** The connection has ended, and its streams with it. */
  hasEnded(): boolean;
  /** A request that can't be sent is answered with a 502: the other end is a client of ours. */
  readonly answers?: boolean;
}

/**
 * A stream to a server of HTTP/2 as the socket of a server of HTTP/1.1: the head of the request that is written here
 * becomes an extended CONNECT (RFC 8441 §4) where it asks for a WebSocket, and its answer the head of a response; a 2xx
 * becomes 101. After them come the bytes of the stream. Another request and its answer go with their bodies.
 */
export class Http2ClientStream extends Duplex implements Http2End {
  resetCode: number | undefined;
  private stream: ClientHttp2Stream | undefined;
  private isAnswered = false;
  /** END_STREAM came. */
  private hasEnded = false;
  private readonly head = new HeadReader({ kind: 'request', limit: MOST_HEAD });
  /** Of a request that asks for no WebSocket. */
  private body: BodyMeter | undefined;
  private content: Uint8Array[] = [];
  /** The body of the answer is sent in chunks. */
  private isChunked = false;
  private trailers: IncomingHttpHeaders = {};

  constructor(
    private readonly request: (head: RequestHead, sending: Http2Sending) => ClientHttp2Stream,
    private readonly line: Http2LineEnding,
  ) {
    super();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    if (this.stream) return this.send(this.stream, chunk, done);
    const read = this.head.push(chunk);
    if (read === undefined) return done();
    const stream = this.begin(read.head as RequestHead);
    if (stream && read.rest.length > 0) this.send(stream, read.rest, done);
    else done();
  }

  override _final(done: Done): void {
    const { stream } = this;
    if (stream === undefined || stream.destroyed || stream.writableEnded) return done();
    stream.end(() => done());
  }

  override _read(): void {
    if (this.isAnswered) this.stream?.resume();
  }

  override _destroy(error: Error | null, done: Done): void {
    const { stream } = this;
    if (stream && !stream.closed && !stream.destroyed) this.cancel(stream, HTTP2_ERROR.cancel);
    done(error);
  }

  resetWith(code: number): void {
    if (this.stream && !this.stream.closed) this.cancel(this.stream, code);
    this.destroy();
  }

  /** Its request waits: the server allows no further stream now (SETTINGS_MAX_CONCURRENT_STREAMS, RFC 9113 §5.1.2). */
  get isUnsent(): boolean {
    return this.stream !== undefined && !this.stream.destroyed && isUnsent(this.stream);
  }

  /** A request that waits for its turn can't be reset, and would never close. */
  private cancel(stream: ClientHttp2Stream, code: number): void {
    if (isUnsent(stream)) stream.destroy();
    else stream.close(code);
  }

  private send(stream: ClientHttp2Stream, bytes: Uint8Array, done: Done): void {
    const { body } = this;
    if (stream.destroyed || stream.closed || stream.writableEnded) return done();
    if (body === undefined) return void stream.write(bytes, done);
    body.take(bytes);
    for (const part of this.content) stream.write(part);
    this.content = [];
    if (body.isWhole) stream.end(() => done());
    else stream.write(NOTHING, done);
  }

  /** Undefined: it can't be sent. */
  private begin(head: RequestHead): ClientHttp2Stream | undefined {
    const isWebSocket = asksForWebSocket(head);
    if (!isWebSocket) {
      this.body = new BodyMeter(requestBody(head) ?? { kind: 'close' }, (bytes) => this.content.push(bytes));
    }
    const { body } = this;
    const endStream = body?.isWhole === true;
    const waitForTrailers = headersNamed(head, 'transfer-encoding').length > 0 && !isWebSocket;
    let stream: ClientHttp2Stream;
    try {
      stream = this.request(head, { isWebSocket, endStream, waitForTrailers });
    } catch (error) {
      // A name, a value or a repetition that HTTP/2 does not have.
      const words = `the request can't be sent over HTTP/2: ${(error as Error).message}`;
      if (!this.line.answers) return void this.destroy(this.lineError(words));
      const refusal = badGateway(words);
      this.push(Buffer.from(refusalText(refusal), 'latin1'));
      this.push(null);
      return undefined;
    }
    this.stream = stream;
    stream.on('wantTrailers', () => stream.sendTrailers(trailerFields(body?.trailers ?? [])));
    this.listen(stream, head, isWebSocket);
    return stream;
  }

  private listen(stream: ClientHttp2Stream, head: RequestHead, isWebSocket: boolean): void {
    const key = isWebSocket ? (headersNamed(head, 'sec-websocket-key')[0]?.value ?? '') : undefined;
    stream.on('headers', (...[headers, , raw]: RawHeaders) => {
      // A 101 means something else where HTTP/1.1 has it.
      if (Number(headers[':status']) !== 101)
        this.push(answerText(headers, raw ?? pairsOf(headers), { isInterim: true }));
    });
    stream.on('trailers', (trailers: IncomingHttpHeaders) => (this.trailers = trailers));
    stream.on('response', (...[headers, , raw]: RawHeaders) => {
      const isChunked = key === undefined && head.version === 'HTTP/1.1' && hasOpenEnd(headers, head.method);
      this.isChunked = isChunked;
      this.push(answerText(headers, raw ?? pairsOf(headers), { key: isGranted(headers) ? key : undefined, isChunked }));
      // Not before: what came together with the answer would precede it.
      stream.on('data', (chunk: Buffer) => {
        if (!this.push(this.isChunked ? chunkOf(chunk) : chunk)) stream.pause();
      });
      stream.on('end', () => {
        this.hasEnded = true;
        if (this.isChunked) this.push(lastChunk(this.trailers));
        this.push(null);
      });
      this.isAnswered = true;
    });
    stream.on('error', () => undefined);
    const { session } = stream;
    stream.on('close', () => this.ended(stream, session));
  }

  /** Of a stream that ended with its connection. */
  private lineError(words: string): Error {
    const trouble = this.line.trouble();
    if (trouble === undefined) return new Http2Reset(this.line.hasEnded() ? 'the HTTP/2 connection ended' : words);
    return new PeerFault(`HTTP/2: the server sends ${trouble.words}`, trouble.isLimit);
  }

  private ended({ id, rstCode = 0, aborted }: ClientHttp2Stream, session: Http2Session | undefined): void {
    const isReset = rstCode !== 0 || (aborted && !this.hasEnded);
    // With its connection it gets a code that was not sent.
    if (session?.destroyed === false && rstCode !== 0) this.resetCode = rstCode;
    this.leave(isReset ? this.resetError(id, rstCode) : undefined);
  }

  private resetError(id: number | undefined, code: number): Error {
    const unseen = id === undefined || this.isAnswered ? undefined : this.line.unseen(id);
    if (unseen !== undefined) return new Http2Reset(unseenText(unseen));
    const words = `the stream was reset (RST_STREAM ${http2ErrorName(code)})`;
    if (this.line.hasEnded()) return this.lineError(words);
    const isFault = FAULTS.has(code) && id !== undefined && this.line.hasReset(id);
    return isFault ? new PeerFault(`HTTP/2: this end objects: ${words}`, false) : new Http2Reset(words);
  }

  private leave(error: Error | undefined): void {
    if (this.readableEnded || (error && this.readableLength === 0)) return void this.destroy(error);
    // What came before waits for its reader.
    this.prependOnceListener('end', () => this.destroy(error));
    this.push(null);
  }
}

type RawHeaders = [headers: IncomingHttpHeaders, flags: number, raw?: readonly string[]];

function isUnsent(stream: ClientHttp2Stream): boolean {
  return stream.pending || stream.state.state === constants.NGHTTP2_STREAM_STATE_IDLE;
}

const NOTHING = new Uint8Array(0);
/** What nghttp2 resets a stream with for a fault of the other end (RFC 9113 §7). */
const FAULTS: ReadonlySet<number> = new Set([1, 3, 5, 6, 9]);

function unseenText(goaway: string): string {
  return `the server ended the HTTP/2 connection without looking at the request (${goaway})`;
}

/** The end of a stream that is none in order. */
class Http2Reset extends Error {
  readonly code = 'H2_RESET';
}

const LEFT_OUT: ReadonlySet<string> = new Set(['connection', 'upgrade', 'keep-alive', 'transfer-encoding']);

function isGranted(headers: IncomingHttpHeaders): boolean {
  const status = Number(headers[':status']);
  return status >= 200 && status <= 299;
}

/** An answer with content of unknown length. */
function hasOpenEnd(headers: IncomingHttpHeaders, method: string): boolean {
  const status = Number(headers[':status']);
  return headers['content-length'] === undefined && method !== 'HEAD' && status !== 204 && status !== 304;
}

interface AnswerForm {
  /** Of a request whose WebSocket is open. */
  readonly key?: string | undefined;
  readonly isChunked?: boolean;
  readonly isInterim?: boolean;
}

/** `raw`: names and values in turn, with the status as the first line. */
function answerText(headers: IncomingHttpHeaders, raw: readonly string[], form: AnswerForm): Buffer {
  const { key, isChunked, isInterim } = form;
  const status = Number(headers[':status']);
  const lines =
    key === undefined
      ? [`HTTP/1.1 ${status} `, ...(isInterim ? [] : ['Connection: close'])]
      : [
          'HTTP/1.1 101 Switching Protocols',
          'Upgrade: websocket',
          'Connection: Upgrade',
          `Sec-WebSocket-Accept: ${acceptKey(key)}`,
        ];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    const isOther =
      name.startsWith(':') || LEFT_OUT.has(name) || (key !== undefined && name === 'sec-websocket-accept');
    if (!isOther) lines.push(`${name}: ${raw[i + 1]!}`);
  }
  if (isChunked) lines.push('Transfer-Encoding: chunked');
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

function pairsOf(headers: IncomingHttpHeaders): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? '']).flatMap((one) => [name, one]),
  );
}
