export interface OneSidedChunk {
  readonly bytes: Uint8Array;
  /** Seconds since the epoch, NaN where unknown. */
  readonly time: number;
}

interface OneSidedStream {
  readonly pieces: OneSidedChunk[];
  length: number;
  /** Its pieces have been given as bare bytes. */
  given: boolean;
}

/** Bytes that wait for an answer. */
const LONGEST = 1024 * 1024;

/**
 * Streams in which only one side has sent anything yet: where the direction of bytes was stated, these are of that direction
 * if no answer ever comes, and one side of a dialogue if one does.
 */
export class OneSidedStreams {
  private readonly streams = new Map<number, OneSidedStream>();

  /** The pieces that are known to be bare bytes now. */
  said(stream: number, piece: OneSidedChunk): OneSidedChunk[] {
    const one = this.of(stream);
    one.pieces.push(piece);
    one.length += piece.bytes.length;
    return one.given || one.length > LONGEST ? give(one) : [];
  }

  /** The other side sends: returns what was sent before; undefined where that has been given as bare bytes already. */
  answered(stream: number): OneSidedChunk[] | undefined {
    const one = this.of(stream);
    if (one.given) return undefined;
    this.streams.delete(stream);
    return one.pieces;
  }

  /** No answer will come. */
  end(): OneSidedChunk[][] {
    return [...this.streams.values()].map(give);
  }

  private of(stream: number): OneSidedStream {
    const known = this.streams.get(stream);
    if (known) return known;
    const begun = { pieces: [], length: 0, given: false };
    this.streams.set(stream, begun);
    return begun;
  }
}

function give(one: OneSidedStream): OneSidedChunk[] {
  one.given = true;
  return one.pieces.splice(0);
}
