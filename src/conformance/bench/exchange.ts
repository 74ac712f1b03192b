import { append } from '../../codec/bytes/lists.js';

export interface ExchangePiece {
  readonly side: 'tester' | 'peer';
  /** Seconds since the exchange began. */
  readonly time: number;
  readonly bytes: Uint8Array;
}

/** Bytes of a side that are kept: enough for every case about form, and for the beginning of those about size. */
const MOST_KEPT = 128 * 1024;
/** Pieces of both sides: those that came byte by byte cost far more than their bytes. */
const MOST_PIECES = 8 * 1024;

/** The bytes that the tester and the peer exchanged in one case, by which a failure is explained and recorded. */
export class Exchange {
  readonly pieces: ExchangePiece[] = [];
  /** Bytes that were not kept. */
  readonly omitted = { tester: 0, peer: 0 };
  private readonly kept = { tester: 0, peer: 0 };
  private readonly began: number;

  /** `now` in seconds. */
  constructor(
    private readonly now: () => number,
    /** The number of the connection among those of its case. */
    readonly connection: number,
  ) {
    this.began = now();
  }

  add(side: ExchangePiece['side'], bytes: Uint8Array): void {
    const isFull = this.omitted[side] > 0 || this.pieces.length >= MOST_PIECES;
    const room = isFull ? 0 : MOST_KEPT - this.kept[side];
    const length = Math.min(room, bytes.length);
    this.omitted[side] += bytes.length - length;
    if (length === 0) return;
    this.kept[side] += length;
    // A copy: the piece of a large buffer would keep all of it.
    this.pieces.push({ side, time: this.now() - this.began, bytes: bytes.slice(0, length) });
  }

  /** It is over: keeps this number of first pieces, and of them this number of first bytes. */
  cut(pieces: number, bytes: number): void {
    let left = bytes;
    const kept: ExchangePiece[] = [];
    for (const piece of this.pieces) {
      const length = kept.length < pieces ? Math.min(left, piece.bytes.length) : 0;
      left -= length;
      this.omitted[piece.side] += piece.bytes.length - length;
      if (length > 0)
        kept.push({ ...piece, bytes: length < piece.bytes.length ? piece.bytes.slice(0, length) : piece.bytes });
    }
    this.pieces.length = 0;
    append(this.pieces, kept);
  }
}
