import { concat } from '../../codec/bytes/byte-collector.js';

const LF = 0x0a;
const NOTHING = new Uint8Array(0);

/** Cuts a byte stream after the ends of lines, so that pieces hold whole lines; one longer than `most` is not waited for. */
export class WholeLines {
  /** The line whose end is still to come. */
  private tail: Uint8Array = NOTHING;

  constructor(private readonly most: number) {}

  /** The pieces that are complete, some of them parts of `chunk`. */
  push(chunk: Uint8Array): Uint8Array[] {
    const { tail } = this;
    const last = chunk.lastIndexOf(LF) + 1;
    const isLong = chunk.length - last + (last === 0 ? tail.length : 0) > this.most;
    const end = isLong ? chunk.length : last;
    if (end === 0) {
      this.tail = concat([tail, chunk]);
      return [];
    }
    this.tail = chunk.slice(end);
    const first = tail.length === 0 ? 0 : chunk.indexOf(LF) + 1 || end;
    return [concat([tail, chunk.subarray(0, first)]), chunk.subarray(first, end)].filter(({ length }) => length > 0);
  }

  /** What is left. */
  end(): Uint8Array {
    const { tail } = this;
    this.tail = NOTHING;
    return tail;
  }
}
