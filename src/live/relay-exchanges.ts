import { concat } from '../codec/byte-collector.js';
import { asksForWebSocket } from '../codec/asks.js';
import { HeadReader } from '../codec/head-reader.js';
import { startsLikeHead, type RequestHead, type ResponseHead } from '../codec/http1.js';
import type { Polled } from '../rules/polled.js';
import { editHead, type HeadEdit } from './relay-head.js';

type Side = 'client' | 'server';

/** More of a head is not looked at: it goes on as it is. */
const MOST_HEAD = 64 * 1024;

/** It is known that a connection is to be watched. */
export interface Beginning {
  /** What the client sent before the chunk that told. */
  readonly early: readonly Uint8Array[];
}

export interface ExchangeTaker {
  now(): number;
  /** Bytes of heads and bodies go on. */
  head(side: Side, bytes: Uint8Array): void;
  /** Bytes that are frames, if all goes well. */
  frames(side: Side, bytes: Uint8Array): void;
  begun(beginning: Beginning): void;
  polled(polled: Omit<Polled, 'client'>): void;
}

/** A request that is no WebSocket's, and what came of it so far. */
type Plain = { -readonly [key in keyof Omit<Polled, 'client' | 'duration'>]: Polled[key] };

/**
 * The HTTP of a connection that is passed on: the heads of its requests are written anew, then its bytes are frames.
 * A refused handshake may be followed by another; other requests have the connection for themselves.
 */
export class Exchanges {
  private readonly phase: Record<Side, 'head' | 'frames' | 'rest'> = { client: 'head', server: 'head' };
  /** What came of the client's head. */
  private held: Uint8Array[] = [];
  private reader = new HeadReader({ kind: 'request', limit: MOST_HEAD });
  private answer = new HeadReader({ kind: 'response', limit: MOST_HEAD });
  private plain: Plain | undefined;
  private isBegun = false;
  /** What is held begins like a request. */
  private isHead = false;

  constructor(
    private readonly edit: HeadEdit,
    private readonly taker: ExchangeTaker,
  ) {}

  take(side: Side, bytes: Uint8Array): void {
    if (this.phase[side] === 'frames') this.taker.frames(side, bytes);
    else if (side === 'client') this.fromClient(bytes);
    else this.fromServer(bytes);
  }

  /** Nothing follows from this side: what was held of a head goes on. */
  flush(side: Side): void {
    if (side !== 'client' || this.held.length === 0) return;
    this.begin(this.held);
    this.giveUp();
  }

  /** The connection has ended. */
  end(): void {
    if (!this.plain) return;
    this.taker.polled({ ...this.plain, duration: this.taker.now() - this.plain.time });
    this.plain = undefined;
  }

  private fromClient(bytes: Uint8Array): void {
    if (this.phase.client === 'rest') {
      if (this.plain) this.plain.requestBytes += bytes.length;
      return this.taker.head('client', bytes);
    }
    this.held.push(bytes);
    const result = this.reader.push(bytes);
    if (!result) {
      if (this.reader.tooLarge || !this.mayBeHead()) this.giveUp();
      return;
    }
    const { rest } = result;
    const all = concat(this.held);
    const early = this.held.slice(0, -1);
    this.held = [];
    this.isHead = false;
    this.reader = new HeadReader({ kind: 'request', limit: MOST_HEAD });
    this.takeHead(result.head as RequestHead, all.subarray(0, all.length - rest.length), early);
    if (rest.length > 0) this.take('client', rest);
  }

  private takeHead(head: RequestHead, bytes: Uint8Array, early: readonly Uint8Array[]): void {
    this.end();
    this.answer = new HeadReader({ kind: 'response', limit: MOST_HEAD });
    this.phase.server = 'head';
    if (asksForWebSocket(head)) {
      this.phase.client = 'frames';
      this.begin(early);
      return this.taker.head('client', editHead(bytes, this.edit));
    }
    this.phase.client = 'rest';
    const { method, target } = head;
    const time = this.taker.now();
    this.plain = { method, target, requestBytes: bytes.length, responseBytes: 0, time };
    this.taker.head('client', editHead(bytes, { ...this.edit, close: true }));
  }

  private fromServer(bytes: Uint8Array): void {
    if (this.plain) this.plain.responseBytes += bytes.length;
    if (this.phase.server === 'rest') return this.taker.head('server', bytes);
    const result = this.answer.push(bytes);
    const rest = result?.rest ?? EMPTY;
    this.taker.head('server', rest.length === 0 ? bytes : bytes.subarray(0, bytes.length - rest.length));
    if (!result) {
      if (this.answer.tooLarge) this.phase.server = 'rest';
      return;
    }
    this.answered(result.head as ResponseHead);
    if (rest.length === 0) return;
    if (this.plain) this.plain.responseBytes -= rest.length;
    this.take('server', rest);
  }

  private answered({ status = 0 }: ResponseHead): void {
    if (this.plain) this.plain.status = status;
    if (status === 101) this.phase.server = 'frames';
    else if (status >= 100 && status < 200) this.answer = new HeadReader({ kind: 'response', limit: MOST_HEAD });
    else {
      this.phase.server = 'rest';
      // A refused handshake: the client may ask again.
      if (this.phase.client === 'frames') this.phase.client = 'head';
    }
  }

  private mayBeHead(): boolean {
    if (this.isHead) return true;
    const start = startsLikeHead(concat(this.held));
    this.isHead = start === 'request';
    return start !== 'no';
  }

  /** That is no head that we know: all of it goes on as it is. */
  private giveUp(): void {
    const all = concat(this.held);
    const early = this.held.slice(0, -1);
    this.held = [];
    this.phase.client = 'rest';
    this.begin(early);
    this.taker.head('client', all);
  }

  private begin(early: readonly Uint8Array[]): void {
    if (!this.isBegun) this.taker.begun({ early });
    this.isBegun = true;
  }
}

const EMPTY = new Uint8Array(0);
