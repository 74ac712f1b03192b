import type { CarriedOpener, CloseReason, Side, StreamTaker } from '../bytes/stream-taker.js';
import type { TlsReading } from './session-keys.js';
import type { TlsFacts, TlsReason } from './tls-facts.js';
import { TlsSession, type SessionTaker } from './tls-session.js';

/** What the layer needs beside the stream: how to read, and what it counts. */
export interface TlsInput extends TlsReading {
  /** Secrets may come later than the packets that need them. */
  readonly isGrowing: () => boolean;
  /** Looks whether there are new ones. */
  readonly refresh: () => void;
  /** Bytes that sessions hold, which wait for secrets. */
  readonly waiting: { held: number; readonly limit: number };
  /** A session cannot be read yet. */
  readonly waits: () => void;
  /** A session has ended whose secrets may still come: it is asked again when there are new ones, and at the end. */
  readonly postpone: (session: PostponedSession) => void;
  /** A session of this client random does not wait for its secrets any longer. */
  readonly gaveUp: (random: Uint8Array | undefined) => void;
  /** A session was decrypted: known with its first content, else at its end. */
  readonly opened: () => void;
}

/** A session that has ended and waits for its secrets. */
export interface PostponedSession {
  /** Whether it needs no further look. `isEnd`: there will be no more secrets. */
  lookAgain(isEnd: boolean): boolean;
  /** It cannot wait any longer. */
  giveUp(): void;
}

/** Bytes that one session holds. */
const MOST_HELD = 1024 * 1024;
/** What a held piece costs beside its bytes. */
const PIECE = 64;

type Held =
  | { readonly side: Side; readonly bytes: Uint8Array; readonly time: number }
  | { readonly side: Side; readonly gap: number; readonly time: number };

/** The layer of TLS: takes the records of a stream, and hands on what they carry. */
export class TlsLayer implements StreamTaker, PostponedSession {
  private session: TlsSession;
  private carried: StreamTaker | undefined;
  private failure: TlsReason | undefined;
  private isPassed = false;
  /** It was too large to wait for its secrets. */
  private isOutgrown = false;
  /** All that came, while secrets may still come. */
  private held: Held[] | undefined;
  private heldBytes = 0;
  /** Of the secrets, when the session was read. */
  private version: number;
  /** How TCP ended, before it was readable. */
  private end: ((carried: StreamTaker) => void) | undefined;
  private closing: { readonly reason: CloseReason; readonly time: number } | undefined;

  constructor(
    private readonly opener: CarriedOpener,
    private readonly input: TlsInput,
  ) {
    this.version = input.secrets.version;
    this.session = new TlsSession(input, this.taker);
    if (input.isGrowing()) this.held = [];
  }

  /** Undefined: there are no secrets at all, and it was not looked at. */
  get tls(): TlsFacts | undefined {
    return this.input.secrets.size === 0 ? undefined : this.session.keys.hellos.facts();
  }

  data(side: Side, bytes: Uint8Array, start: number, end: number, time: number): void {
    if (this.isPassed) return;
    if (this.held !== undefined) this.hold({ side, bytes: bytes.slice(start, end), time }, end - start);
    if (this.failure === undefined) this.session.data(side, bytes, start, end, time);
    this.settle();
  }

  gap(side: Side, length: number, time: number): void {
    if (this.isPassed) return;
    if (this.held !== undefined) this.hold({ side, gap: length, time }, 0);
    if (this.failure === undefined) this.session.gap(side, length, time);
    this.settle();
  }

  fin(side: Side, time: number): void {
    if (this.carried === undefined) this.end ??= (carried) => carried.fin(side, time);
    else this.carried.fin(side, time);
  }

  reset(side: Side, time: number): void {
    if (this.carried === undefined) this.end = (carried) => carried.reset(side, time);
    else this.carried.reset(side, time);
  }

  /** It has ended, and may be readable later on. */
  get isWaiting(): boolean {
    return this.closing !== undefined && !this.isPassed;
  }

  close(reason: CloseReason, time: number): void {
    if (this.isPassed) return;
    this.closing = { reason, time };
    if (!this.lookAgain(!this.input.isGrowing())) this.input.postpone(this);
  }

  lookAgain(isEnd: boolean): boolean {
    if (this.closing === undefined || this.isPassed) return true;
    if (this.failure !== undefined) this.retry();
    if (this.failure === undefined) this.session.end();
    if (this.failure !== undefined && this.held !== undefined && !isEnd) return false;
    if (this.failure !== undefined) this.passOver();
    else this.finish(this.closing);
    return true;
  }

  giveUp(): void {
    this.isOutgrown = true;
    this.lookAgain(true);
  }

  private finish({ reason, time }: { readonly reason: CloseReason; readonly time: number }): void {
    this.forget();
    this.isPassed = true;
    if (this.carried === undefined) {
      this.input.opened();
      this.opener.passes?.();
    }
    if (this.carried !== undefined) this.end?.(this.carried);
    this.carried?.close(reason, time);
  }

  private readonly taker: SessionTaker = {
    plain: (side, bytes, start, end, time) => this.open().data(side, bytes, start, end, time),
    lost: (side, length, isAbout, time) => this.open().gap(side, length, time, isAbout ? 'about' : 'before-record'),
    failed: (reason) => (this.failure = reason),
  };

  private open(): StreamTaker {
    if (this.carried === undefined) {
      this.forget();
      this.carried = this.opener.carries({ passage: undefined, offsets: [0, 0] });
      this.input.opened();
    }
    return this.carried;
  }

  /** After each piece: is it readable, not readable, or not readable yet? */
  private settle(): void {
    if (this.failure === undefined) return;
    if (this.held !== undefined) this.retry();
    if (this.failure === undefined) return;
    if (this.held === undefined) this.passOver();
    else this.input.waits();
  }

  /** Reads all of it again where there are new secrets. */
  private retry(): void {
    this.input.refresh();
    if (this.held === undefined || this.input.secrets.version === this.version) return;
    this.version = this.input.secrets.version;
    this.failure = undefined;
    const session = new TlsSession(this.input, this.taker);
    this.session = session;
    for (const piece of [...this.held]) {
      if (this.failure !== undefined) return;
      if ('gap' in piece) session.gap(piece.side, piece.gap, piece.time);
      else session.data(piece.side, piece.bytes, 0, piece.bytes.length, piece.time);
    }
  }

  private hold(piece: Held, bytes: number): void {
    this.held!.push(piece);
    const { waiting } = this.input;
    this.heldBytes += bytes + PIECE;
    waiting.held += bytes + PIECE;
    if (this.heldBytes > MOST_HELD || waiting.held > waiting.limit) {
      this.isOutgrown = true;
      this.forget();
    }
  }

  private forget(): void {
    this.input.waiting.held -= this.heldBytes;
    this.heldBytes = 0;
    this.held = undefined;
  }

  private passOver(): void {
    this.isPassed = true;
    if (this.isOutgrown) this.input.gaveUp(this.session.keys.hellos.random);
    this.forget();
    this.opener.passes?.();
  }
}
