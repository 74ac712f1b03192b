export interface Piece {
  readonly bytes: Uint8Array;
  readonly time: number | undefined;
}

interface Monologue {
  readonly pieces: Piece[];
  length: number;
  /** It has been taken for bare bytes. */
  given: boolean;
}

/** Bytes that wait for an answer. */
const LONGEST_MONOLOGUE = 1024 * 1024;

/**
 * Streams with a first speaker whom nobody has answered yet: with `--direction` the bytes are his whose they are said
 * to be if nobody ever does, and a dialogue's if somebody does.
 */
export class Monologues {
  private readonly streams = new Map<number, Monologue>();

  /** The pieces that are known to be bare bytes now. */
  say(stream: number, piece: Piece): Piece[] {
    const monologue = this.of(stream);
    monologue.pieces.push(piece);
    monologue.length += piece.bytes.length;
    if (monologue.given || monologue.length > LONGEST_MONOLOGUE) return give(monologue);
    return [];
  }

  /** Somebody answers: what was said before; undefined where it has been given as bare bytes already. */
  answered(stream: number): Piece[] | undefined {
    const monologue = this.of(stream);
    if (monologue.given) return undefined;
    this.streams.delete(stream);
    return monologue.pieces;
  }

  /** Nobody will answer. */
  end(): Piece[][] {
    return [...this.streams.values()].map(give);
  }

  private of(stream: number): Monologue {
    const known = this.streams.get(stream);
    if (known) return known;
    const begun = { pieces: [], length: 0, given: false };
    this.streams.set(stream, begun);
    return begun;
  }
}

function give(monologue: Monologue): Piece[] {
  monologue.given = true;
  return monologue.pieces.splice(0);
}
