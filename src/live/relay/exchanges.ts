import { concat } from '../../codec/bytes/byte-collector.js';
import { asksForWebSocket } from '../../codec/handshake/asks.js';
import { HeadReader } from '../../codec/http1/head-reader.js';
import type { RequestHead, ResponseHead } from '../../codec/http1/head.js';
import { startsLikeHead } from '../../codec/http1/head-start.js';
import type { Polled } from '../../traffic/run-records/polled.js';
import { BodyMeter, requestBody, responseBody } from '../server/body-meter.js';
import { MOST_HEAD } from '../sockets/ws-limits.js';
import type { PolicyRefusal } from '../listener/policy.js';
import { editHead, type HeadEdit } from './head.js';

type Sender = 'client' | 'server';

/** Bytes that wait here for an answer before the client is no longer read. */
const MOST_HELD = 64 * 1024;

/** It is known that a connection has to be watched. */
export interface Beginning {
  /** What the client sent before the chunk that showed it. */
  readonly early: readonly Uint8Array[];
}

export interface ExchangeTaker {
  now(): number;
  /** Why a request may not pass; undefined: it may. */
  refusal(head: RequestHead): PolicyRefusal | undefined;
  /** Bytes of heads and bodies are passed on. */
  head(side: Sender, bytes: Uint8Array): void;
  /** Bytes that are frames, if the handshake succeeds. */
  frames(side: Sender, bytes: Uint8Array): void;
  begun(beginning: Beginning): void;
  polled(polled: Omit<Polled, 'client'>): void;
  /** A request is refused: nothing more is passed on. */
  refused(refusal: PolicyRefusal): void;
  /** Whether reading of the client has to stop. */
  hold(isHeld: boolean): void;
  /** Whether the head of another request has to follow. */
  awaits(isAwaited: boolean): void;
  /** The client's end, which had to wait, is passed on. */
  ended(): void;
}

/** A request that is not for a WebSocket, and what was read of its answer so far. */
type Plain = { -readonly [key in keyof Omit<Polled, 'client' | 'duration'>]: Polled[key] };

/**
 * The HTTP of a connection that is passed on. No byte of a request is passed on before its head was complete and
 * allowed, and the bytes after a request wait until it is known what they are: frames after a 101, after a refused
 * handshake another request. Other requests have the connection for themselves: bytes after them are dropped.
 */
export class Exchanges {
  /**
   * `answer`: the request was sent, and the bytes after it wait for its answer. `over`: further bytes are dropped. For
   * the server, `rest`: its bytes are passed on, whatever they are.
   */
  private client: 'head' | 'body' | 'answer' | 'frames' | 'over' = 'head';
  private server: 'head' | 'body' | 'frames' | 'rest' = 'head';
  /** What was read of the client's head, or waits for the answer. */
  private held: Uint8Array[] = [];
  private heldSize = 0;
  private reader = new HeadReader({ kind: 'request', limit: MOST_HEAD });
  private answer = new HeadReader({ kind: 'response', limit: MOST_HEAD });
  private request = NO_BODY;
  private response = NO_BODY;
  private method = '';
  private plain: Plain | undefined;
  private isBegun = false;
  /** What is held begins like a request. */
  private isHead = false;
  private hasEnded = false;

  constructor(
    private readonly edit: HeadEdit,
    private readonly taker: ExchangeTaker,
  ) {}

  take(side: Sender, bytes: Uint8Array): void {
    if (side === 'server') this.fromServer(bytes);
    else this.fromClient(bytes);
  }

  /** Nothing follows from the client; false: its end has to wait for the bytes that are held. */
  endClient(): boolean {
    this.hasEnded = true;
    if (this.client === 'answer') return this.held.length === 0;
    this.held = [];
    return true;
  }

  /** Nothing follows from the server: what waits for an answer gets none. */
  endServer(): void {
    if (this.client === 'answer') this.drop();
  }

  /** The connection has ended. */
  end(): void {
    if (!this.plain) return;
    this.taker.polled({ ...this.plain, duration: this.taker.now() - this.plain.time });
    this.plain = undefined;
  }

  private fromClient(bytes: Uint8Array): void {
    switch (this.client) {
      case 'frames':
        return this.taker.frames('client', bytes);
      case 'head':
        return this.takeHeadBytes(bytes);
      case 'body':
        return this.takeBody(bytes);
      case 'answer':
        return this.keep(bytes);
      case 'over':
        return;
    }
  }

  private takeHeadBytes(bytes: Uint8Array): void {
    this.held.push(bytes);
    const result = this.reader.push(bytes);
    if (!result) {
      if (this.reader.tooLarge) this.refuse(LARGE_HEAD);
      else if (!this.mayBeHead()) this.refuse(NO_HTTP);
      return;
    }
    const { rest } = result;
    const all = concat(this.held);
    const early = this.held.slice(0, -1);
    this.held = [];
    this.isHead = false;
    this.reader = new HeadReader({ kind: 'request', limit: MOST_HEAD });
    this.takeHead(result.head as RequestHead, all.subarray(0, all.length - rest.length), early);
    if (rest.length > 0) this.fromClient(rest);
  }

  private takeHead(head: RequestHead, bytes: Uint8Array, early: readonly Uint8Array[]): void {
    this.end();
    const body = requestBody(head);
    const refusal = this.taker.refusal(head) ?? (body === undefined ? TWO_LENGTHS : undefined);
    if (refusal || body === undefined) return this.refuse(refusal ?? TWO_LENGTHS);
    this.taker.awaits(false);
    this.answer = new HeadReader({ kind: 'response', limit: MOST_HEAD });
    this.server = 'head';
    this.method = head.method;
    this.request = new BodyMeter(body);
    this.client = this.request.isWhole ? 'answer' : 'body';
    if (asksForWebSocket(head)) {
      this.begin(early);
      return this.taker.head('client', editHead(bytes, this.edit));
    }
    const { method, target } = head;
    const time = this.taker.now();
    this.plain = { method, target, requestBytes: bytes.length, responseBytes: 0, time };
    this.taker.head('client', editHead(bytes, { ...this.edit, close: true }));
  }

  private takeBody(bytes: Uint8Array): void {
    const length = this.request.take(bytes);
    if (this.request.isBroken) return this.refuse(TWO_LENGTHS);
    if (this.plain) this.plain.requestBytes += length;
    this.taker.head('client', bytes.subarray(0, length));
    if (!this.request.isWhole) return;
    this.client = 'answer';
    this.goOn();
    if (length < bytes.length) this.fromClient(bytes.subarray(length));
  }

  private keep(bytes: Uint8Array): void {
    this.held.push(bytes);
    this.heldSize += bytes.length;
    if (this.heldSize > MOST_HELD) this.taker.hold(true);
  }

  private fromServer(bytes: Uint8Array): void {
    if (this.server === 'frames') return this.taker.frames('server', bytes);
    if (this.plain) this.plain.responseBytes += bytes.length;
    if (this.server === 'rest') return this.taker.head('server', bytes);
    if (this.server === 'body') return this.takeAnswerBody(bytes);
    const result = this.answer.push(bytes);
    const rest = result?.rest ?? EMPTY;
    this.taker.head('server', rest.length === 0 ? bytes : bytes.subarray(0, bytes.length - rest.length));
    if (!result) {
      if (this.answer.tooLarge) this.answered({ status: 0 } as ResponseHead, true);
      return;
    }
    if (this.plain) this.plain.responseBytes -= rest.length;
    this.answered(result.head as ResponseHead);
    if (rest.length > 0) this.take('server', rest);
  }

  /** `isLost`: where it ends is not known. */
  private answered(head: ResponseHead, isLost = false): void {
    const { status = 0 } = head;
    if (this.plain && !isLost) this.plain.status = status;
    if (status === 101) {
      this.server = 'frames';
      this.release();
      return;
    }
    if (status >= 100 && status < 200) {
      this.answer = new HeadReader({ kind: 'response', limit: MOST_HEAD });
      return;
    }
    this.response = new BodyMeter(isLost || this.plain ? { kind: 'close' } : responseBody(head, this.method));
    this.server = 'body';
    this.goOn();
  }

  private takeAnswerBody(bytes: Uint8Array): void {
    this.response.take(bytes);
    this.taker.head('server', bytes);
    this.goOn();
  }

  /** Where request and answer are complete, the client may send another request, unless the connection was for that one. */
  private goOn(): void {
    if (this.client !== 'answer' || this.server !== 'body') return;
    if (this.plain) return this.drop();
    if (!this.response.isWhole) return;
    this.server = 'rest';
    this.client = 'head';
    this.taker.awaits(true);
    this.release();
  }

  /** The held bytes are passed on: as frames, or as the next request. */
  private release(): void {
    if (this.server === 'frames') this.client = 'frames';
    const waited = this.held;
    this.held = [];
    this.heldSize = 0;
    this.taker.hold(false);
    for (const bytes of waited) this.fromClient(bytes);
    if (this.hasEnded && waited.length > 0) this.taker.ended();
  }

  /** The held bytes are dropped, and so is what follows. */
  private drop(): void {
    const waited = this.held.length > 0;
    this.client = 'over';
    this.held = [];
    this.heldSize = 0;
    this.taker.hold(false);
    if (this.hasEnded && waited) this.taker.ended();
  }

  private mayBeHead(): boolean {
    if (this.isHead) return true;
    const start = startsLikeHead(concat(this.held), { anyMethod: true });
    this.isHead = start === 'request';
    return start !== 'no';
  }

  private refuse(refusal: PolicyRefusal): void {
    this.held = [];
    this.client = 'over';
    this.taker.awaits(false);
    this.taker.refused(refusal);
  }

  private begin(early: readonly Uint8Array[]): void {
    if (!this.isBegun) this.taker.begun({ early });
    this.isBegun = true;
  }
}

const EMPTY = new Uint8Array(0);
const NO_BODY = new BodyMeter({ kind: 'bytes', length: 0 });
export const LARGE_HEAD: PolicyRefusal = {
  status: 431,
  reason: `the head of the request is longer than ${MOST_HEAD} bytes`,
};
export const NO_HTTP: PolicyRefusal = { status: 400, reason: 'this is no request of HTTP/1.1' };
const TWO_LENGTHS: PolicyRefusal = {
  status: 400,
  reason: 'where the body of the request ends can be read in two ways',
};
