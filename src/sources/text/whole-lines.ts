import { ByteCollector, concat } from '../../codec/bytes/byte-collector.js';

const LF = 0x0a;
const NOTHING = new Uint8Array(0);

/** Cuts a byte stream after the ends of lines, so that pieces hold whole lines; one longer than `most` is not waited for. */
export class WholeLines {
  /** The line whose end is still to come. */
  private tail = new ByteCollector(Infinity);

  constructor(private readonly most: number) {}

  /** The pieces that are complete, some of them parts of `chunk`. */
  push(chunk: Uint8Array): Uint8Array[] {
    const last = chunk.lastIndexOf(LF) + 1;
    const isLong = chunk.length - last + (last === 0 ? this.tail.seen : 0) > this.most;
    const end = isLong ? chunk.length : last;
    const before = end === 0 ? NOTHING : this.end();
    if (end < chunk.length) this.tail.push(chunk.slice(end));
    const first = before.length === 0 ? 0 : chunk.subarray(0, end).indexOf(LF) + 1 || end;
    return [concat([before, chunk.subarray(0, first)]), chunk.subarray(first, end)].filter(({ length }) => length > 0);
  }

  /** What is left. */
  end(): Uint8Array {
    const { tail } = this;
    this.tail = new ByteCollector(Infinity);
    return tail.bytes();
  }
}
