import type { Side, StreamTaker } from '../../codec/bytes/stream-taker.js';

/** Bytes of a connection that may wait for the end of a message. */
const MOST_WAITING = 16 * 1024 * 1024;
/** Written at a time: a multiple of four. */
export const PIECE_BYTES = 64 * 1024;

/** A part of a connection. It is written when it is known what it is to hold, and when all before it are written. */
export interface StreamPiece {
  readonly side: Side;
  readonly time: number;
  /** About the memory that it takes: bytes. */
  readonly size: number;
  write: ((taker: StreamTaker) => void) | undefined;
}

/** The parts of a connection in their order. */
export class WaitingPieces {
  private pieces: StreamPiece[] = [];
  private size = 0;

  constructor(private readonly taker: StreamTaker) {}

  get isFull(): boolean {
    return this.size > MOST_WAITING;
  }

  add(piece: StreamPiece): void {
    if (this.pieces.length === 0 && piece.write) return piece.write(this.taker);
    this.pieces.push(piece);
    this.size += piece.size + 200;
    if (this.pieces[0]!.write) this.release();
  }

  /** Writes what is known up to the first that is not. */
  release(): void {
    let written = 0;
    for (; this.pieces[written]?.write; written++) {
      this.pieces[written]!.write!(this.taker);
      this.size -= this.pieces[written]!.size + 200;
    }
    this.pieces = this.pieces.slice(written);
  }
}
