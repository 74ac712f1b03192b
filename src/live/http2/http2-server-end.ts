import { randomBytes } from 'node:crypto';
import type { Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { Duplex } from 'node:stream';
import { concat } from '../../codec/bytes/byte-collector.js';
import { headersNamed } from '../../codec/handshake/handshake.js';
import { HeadReader } from '../../codec/http1/head-reader.js';
import type { RequestHead, ResponseHead } from '../../codec/http1/head.js';
import { HTTP2_ERROR, http2ErrorName } from '../../codec/http2/http2-codes.js';
import type { PolicyRefusal } from '../listener/policy.js';
import { BodyMeter, responseBody } from '../server/body-meter.js';
import type { Http2End } from '../sockets/reset.js';
import { MOST_HEAD } from '../sockets/ws-limits.js';
import { badGateway, http2Answer, requestText, trailerFields, type Http2Answer } from './http2-fields.js';
import { chunkOf, lastChunk } from './chunked-text.js';

type Done = (error?: Error | null) => void;

/** After our END_STREAM a client may be silent for that long: milliseconds. nghttpx 1.52 leaves such streams open for good. */
const LINGER = 30_000;

interface Http2ServerEndTaker {
  /** An answer can't be passed on. */
  trouble(this: void, refusal: PolicyRefusal): void;
  /** What follows on the stream is neither of the server nor of the client. */
  leaves(this: void): void;
}

/**
 * A client's stream of HTTP/2 as the socket of a client of HTTP/1.1: its request, then its DATA are read; the answer of
 * HTTP/1.1 that is written becomes one of HTTP/2. Of a WebSocket no byte changes.
 */
export class Http2ServerEnd extends Duplex implements Http2End {
  /** Its request as HTTP/1.1 has it, which is not read from here; undefined: HTTP/1.1 can't have it. */
  readonly request: Uint8Array | undefined;
  /** Of a WebSocket: the key that HTTP/1.1 needs. */
  readonly key: string | undefined;
  resetCode: number | undefined;
  private readonly isChunked: boolean;
  private answer = new HeadReader({ kind: 'response', limit: MOST_HEAD });
  private state: 'head' | 'frames' | 'body' | 'over' = 'head';
  /** END_STREAM came. */
  private hasEnded = false;
  private body: BodyMeter | undefined;
  private content: Uint8Array[] = [];
  private trailers: IncomingHttpHeaders = {};

  constructor(
    private readonly stream: ServerHttp2Stream,
    /** As it came. */
    readonly head: RequestHead,
    private readonly taker: Http2ServerEndTaker,
  ) {
    super();
    const isWebSocket = head.method === 'CONNECT';
    if (isWebSocket) this.key = randomBytes(16).toString('base64');
    const isOpenEnded = headersNamed(head, 'content-length').length === 0 && !stream.endAfterHeaders;
    this.isChunked = !isWebSocket && isOpenEnded;
    const text = requestText(head, this.key, this.isChunked);
    this.request = text === undefined ? undefined : Buffer.from(text, 'latin1');
    stream.on('trailers', (trailers) => (this.trailers = trailers));
    stream.on('data', (chunk: Buffer) => {
      if (!this.push(this.isChunked ? chunkOf(chunk) : chunk)) stream.pause();
    });
    stream.on('end', () => {
      this.hasEnded = true;
      if (this.isChunked) this.push(lastChunk(this.trailers));
      // The end of another request is that of its body: the connection continues until it was answered.
      if (isWebSocket) this.push(null);
    });
    stream.pause();
    // A stream may be reset before anyone else takes its end.
    this.on('error', () => undefined);
    stream.on('error', () => undefined);
    const { session } = stream;
    stream.on('close', () => this.left(session));
  }

  override _read(): void {
    this.stream.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    try {
      this.accept(chunk);
    } catch (error) {
      // A name, a value or a repetition that HTTP/2 does not have.
      this.fail(badGateway(`the server's answer can't be passed on over HTTP/2: ${(error as Error).message}`));
    }
    const bytes = concat(this.content);
    this.content = [];
    const { stream } = this;
    if (bytes.length === 0 || stream.destroyed || stream.closed || stream.writableEnded) return done();
    stream.write(bytes, () => done());
    if (this.state === 'over') stream.end();
  }

  override _final(done: Done): void {
    const { stream, state, body } = this;
    if (stream.destroyed || stream.closed || stream.writableEnded) return done();
    if (state === 'head') this.fail(badGateway('the server ended the connection without an answer'));
    else if (state === 'frames' || body?.isOpenEnded === true) {
      this.linger();
      return void stream.end(() => done());
    }
    // The end came before that of the body.
    else if (state === 'body') this.resetWith(HTTP2_ERROR.internalError);
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    const { stream } = this;
    const isOver = this.readableEnded && this.writableFinished;
    if (!isOver && !stream.closed && !stream.destroyed) stream.close(HTTP2_ERROR.cancel);
    done(error);
  }

  endsHere(): void {
    this.taker.leaves();
  }

  resetWith(code: number): void {
    if (!this.stream.closed) this.stream.close(code);
    this.destroy();
  }

  /** RFC 9113 §8.1: the answer is whole, and nothing more is wanted of the client. */
  private linger(): void {
    const { stream } = this;
    const late = setTimeout(() => stream.close(HTTP2_ERROR.noError), LINGER).unref();
    stream.on('data', () => late.refresh());
    stream.on('close', () => clearTimeout(late));
  }

  /** Answers the request. */
  refuse(refusal: PolicyRefusal): void {
    this.fail(refusal);
  }

  private accept(chunk: Uint8Array): void {
    if (this.state === 'frames') this.content.push(chunk);
    else if (this.state === 'body') this.takeBody(chunk);
    else if (this.state === 'head') this.takeHead(chunk);
  }

  private takeHead(chunk: Uint8Array): void {
    const read = this.answer.push(chunk);
    if (read === undefined) {
      if (this.answer.tooLarge) this.fail(badGateway(`the head of the answer is longer than ${MOST_HEAD} bytes`));
      return;
    }
    const head = read.head as ResponseHead;
    this.respond(http2Answer(head, this.key), head);
    if (read.rest.length > 0) this.accept(read.rest);
  }

  private respond(answer: Http2Answer, head: ResponseHead): void {
    const { stream } = this;
    if (answer.kind === 'none') return this.fail(answer.refusal);
    if (stream.destroyed || stream.closed) return;
    if (answer.kind === 'interim') {
      this.answer = new HeadReader({ kind: 'response', limit: MOST_HEAD });
      return stream.additionalHeaders(answer.fields);
    }
    if (answer.kind === 'open') {
      this.state = 'frames';
      return stream.respond(answer.fields);
    }
    this.state = 'body';
    const length = responseBody(head, this.head.method);
    this.body = new BodyMeter(length, (bytes) => this.content.push(bytes));
    if (length.kind === 'chunked') {
      stream.respond(answer.fields, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers(trailerFields(this.body!.trailers)));
    } else stream.respond(answer.fields, { endStream: this.body.isWhole });
    if (this.body.isWhole) this.answered();
  }

  private takeBody(bytes: Uint8Array): void {
    const body = this.body!;
    body.take(bytes);
    if (body.isBroken) return this.resetWith(HTTP2_ERROR.internalError);
    if (body.isWhole) this.answered();
  }

  /** The answer is whole: `_write` ends the stream after the content. */
  private answered(): void {
    this.state = 'over';
    if (this.content.length === 0 && !this.stream.writableEnded) this.stream.end();
  }

  /** An answer of ours instead of the server's. */
  private fail(refusal: PolicyRefusal): void {
    const { stream } = this;
    this.state = 'over';
    this.content = [];
    this.taker.trouble(refusal);
    const isAnswered = stream.headersSent || stream.destroyed || stream.closed;
    if (isAnswered) return this.resetWith(HTTP2_ERROR.internalError);
    stream.respond({ ':status': String(refusal.status), 'content-type': 'text/plain; charset=utf-8' });
    // Both ends are reset: what the server sends after that has no reader.
    stream.end(`wsinspect: ${refusal.reason}\n`, () => this.destroy(new Error(refusal.reason)));
  }

  private left(session: Http2Session | undefined): void {
    const { stream } = this;
    const { rstCode = 0 } = stream;
    if (rstCode !== 0 || (stream.aborted && !this.hasEnded)) {
      // With its connection it gets a code that was not sent.
      if (session?.destroyed === false && rstCode !== 0) this.resetCode = rstCode;
      return void this.destroy(new Error(`RST_STREAM ${http2ErrorName(rstCode || HTTP2_ERROR.cancel)}`));
    }
    if (this.readableEnded) return void this.destroy();
    // What came before waits for its reader.
    this.once('end', () => this.destroy());
    this.push(null);
  }
}
