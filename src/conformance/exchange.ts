export interface Piece {
  readonly side: 'tester' | 'peer';
  /** Seconds since the exchange began. */
  readonly time: number;
  readonly bytes: Uint8Array;
}

/** Bytes of a side that are kept: enough for every case that is about form, and for the beginning of those about size. */
const MOST_KEPT = 128 * 1024;

/** What passed between the tester and the peer in one case, as bytes: what a failure is explained and recorded from. */
export class Exchange {
  readonly pieces: Piece[] = [];
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

  add(side: Piece['side'], bytes: Uint8Array): void {
    const room = this.omitted[side] > 0 ? 0 : MOST_KEPT - this.kept[side];
    const length = Math.min(room, bytes.length);
    this.omitted[side] += bytes.length - length;
    if (length === 0) return;
    this.kept[side] += length;
    // A copy: the piece of a large buffer would keep all of it.
    this.pieces.push({ side, time: this.now() - this.began, bytes: bytes.slice(0, length) });
  }
}
