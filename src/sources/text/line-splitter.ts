import { concat } from '../../codec/bytes/byte-collector.js';

const LF = 0x0a;
const CR = 0x0d;

/** Takes lines, without their end. Numbers count from 1. */
export interface LineTaker {
  line(bytes: Uint8Array, number: number): void;
  /** It was longer than the limit, and is left out. */
  tooLong(number: number): void;
}

/** Splits bytes into lines of bounded length; a longer one is passed over, and reported. */
export class LineSplitter {
  private pieces: Uint8Array[] = [];
  private length = 0;
  private number = 1;

  constructor(private readonly most: number) {}

  push(chunk: Uint8Array, taker: LineTaker): void {
    let from = 0;
    for (let to = chunk.indexOf(LF); to >= 0; to = chunk.indexOf(LF, from)) {
      this.keep(chunk.subarray(from, to));
      this.finish(taker);
      from = to + 1;
    }
    // A copy: the chunk is its owner's.
    this.keep(new Uint8Array(chunk.subarray(from)));
  }

  end(taker: LineTaker): void {
    if (this.length > 0) this.finish(taker);
  }

  private keep(piece: Uint8Array): void {
    this.length += piece.length;
    if (this.length > this.most) this.pieces = [];
    else if (piece.length > 0) this.pieces.push(piece);
  }

  private finish(taker: LineTaker): void {
    const number = this.number++;
    if (this.length > this.most) taker.tooLong(number);
    else {
      const line = this.pieces.length === 1 ? this.pieces[0]! : concat(this.pieces);
      taker.line(line.at(-1) === CR ? line.subarray(0, -1) : line, number);
    }
    this.pieces = [];
    this.length = 0;
  }
}
