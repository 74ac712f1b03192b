import type { CloseReason, GapKind, Side, StreamTaker } from '../bytes/stream-taker.js';
import { Http2Connection } from './http2-connection.js';
import { HTTP2_PREFACE } from './http2-frame.js';
import type { Http2Flow } from './http2-streams.js';
import { Http2Search } from './http2-search.js';
import type { Http2FaultKind, Http2Opener } from './http2-taker.js';

/** Bytes and pieces that are held until it is certain that the stream is HTTP/2. */
const MOST_HELD = 256 * 1024;
const MOST_PIECES = 4096;

type HeldPiece =
  | { readonly side: Side; readonly bytes: Uint8Array; readonly time: number }
  | { readonly side: Side; readonly gap: number; readonly time: number; readonly kind: GapKind | undefined };

/** How a stream came to be HTTP/2. */
export interface Http2Start {
  /** Offsets of its first bytes. */
  readonly offsets: readonly [number, number];
  /** HTTP/1.1 went before (`Upgrade: h2c`), and this side sent the request. */
  readonly upgradedBy?: Side;
}

/** What was found out about one side. */
class SideProof {
  /** The first bytes, up to those of the preface; undefined: they are none. */
  first: Uint8Array | undefined = new Uint8Array(0);
  readonly search = new Http2Search(() => false);

  /** Whether it begins with the preface, as far as its first bytes came. */
  take(bytes: Uint8Array): 'yes' | 'no' | 'maybe' {
    if (this.first === undefined) return 'no';
    const first = new Uint8Array(Math.min(HTTP2_PREFACE.length, this.first.length + bytes.length));
    first.set(this.first);
    first.set(bytes.subarray(0, first.length - this.first.length), this.first.length);
    const isLike = first.every((byte, i) => byte === HTTP2_PREFACE[i]);
    this.first = isLike ? first : undefined;
    if (!isLike) return 'no';
    return first.length === HTTP2_PREFACE.length ? 'yes' : 'maybe';
  }
}

/**
 * The layer of HTTP/2: takes the bytes of a connection, and hands on the WebSockets in it (RFC 8441). A connection that does
 * not begin with the preface was joined in its middle, or is none: chains of frames have to prove it. Without proof all of
 * it is handed on as it is.
 */
export class Http2Layer implements StreamTaker {
  private connection: Http2Connection | undefined;
  private plain: StreamTaker | undefined;
  private held: HeldPiece[] = [];
  private heldBytes = 0;
  private readonly proofs: readonly [SideProof, SideProof] = [new SideProof(), new SideProof()];

  constructor(
    private readonly opener: Http2Opener,
    private readonly start: Http2Start = { offsets: [0, 0] },
  ) {}

  /** Requests that are no WebSockets. */
  get requests(): number {
    return this.connection?.streams.requests ?? 0;
  }

  /** What is wrong with the connection as a whole. */
  get faults(): readonly Http2FaultKind[] {
    return this.connection?.faults.kinds ?? [];
  }

  /** Of a stream: what `side` has sent and may send. */
  flow(stream: number, side: Side): Http2Flow | undefined {
    return this.connection?.streams.flow(stream, side);
  }

  data(side: Side, bytes: Uint8Array, start: number, end: number, time: number): void {
    const taker = this.connection ?? this.plain;
    if (taker) return taker.data(side, bytes, start, end, time);
    const begins = this.proofs[side].take(bytes.subarray(start, end));
    if (begins === 'yes') {
      this.begin(side);
      return this.connection!.data(side, bytes, start, end, time);
    }
    this.hold({ side, bytes: bytes.slice(start, end), time }, end - start);
    if (begins === 'maybe') return;
    if (this.proofs[side].search.push(bytes, start, end, time)) this.begin(undefined);
    else if (this.heldBytes > MOST_HELD || this.held.length > MOST_PIECES) this.giveUp();
  }

  gap(side: Side, length: number, time: number, kind?: GapKind): void {
    if (this.connection) return this.connection.gap(side, length, time);
    if (this.plain) return this.plain.gap(side, length, time, kind);
    const proof = this.proofs[side];
    proof.first = undefined;
    this.hold({ side, gap: length, time, kind }, 0);
    if (proof.search.drop()) this.begin(undefined);
  }

  fin(side: Side, time: number): void {
    this.plain?.fin(side, time);
  }

  reset(side: Side, time: number): void {
    this.plain?.reset(side, time);
  }

  close(reason: CloseReason, time: number): void {
    if (!this.connection && !this.plain) {
      if (this.proofs.some(({ search }) => search.end())) this.begin(undefined);
      else this.giveUp();
    }
    this.connection?.close(reason, time);
    this.plain?.close(reason, time);
  }

  private hold(piece: HeldPiece, length: number): void {
    this.held.push(piece);
    this.heldBytes += length;
  }

  private begin(client: Side | undefined): void {
    const { upgradedBy, offsets } = this.start;
    const connection = new Http2Connection(this.opener, client, offsets);
    this.connection = connection;
    if (upgradedBy !== undefined) connection.upgraded(upgradedBy, NaN);
    this.handOn(connection);
  }

  private giveUp(): void {
    this.plain = this.opener.carries({ passage: undefined, offsets: this.start.offsets });
    this.handOn(this.plain);
  }

  private handOn(taker: StreamTaker | Http2Connection): void {
    const { held } = this;
    this.held = [];
    for (const piece of held) {
      if ('gap' in piece) taker.gap(piece.side, piece.gap, piece.time, piece.kind);
      else taker.data(piece.side, piece.bytes, 0, piece.bytes.length, piece.time);
    }
  }
}
