import type { RowColumns } from './row-columns.js';

/** Values in a block: 2 to the power of this. */
const SHARE_BITS = 3;
const SHARE_MASK = (1 << SHARE_BITS) - 1;

/** Bits at times, in ascending order. Those of any number of neighbours are known in a few steps. */
export class TimedBits {
  readonly times: Float64Array;
  /** Each value, then what those of each block come to, then what blocks of these come to, and so on. */
  private readonly levels: Uint32Array[];

  /** `order`: rows by time. `bitsOf`: 0 leaves a row out, as does a time that is not known. */
  constructor({ times }: RowColumns, order: Uint32Array, bitsOf: (row: number) => number) {
    const chosen = order.filter((row) => !Number.isNaN(times[row]!) && bitsOf(row) !== 0);
    this.times = Float64Array.from(chosen, (row) => times[row]!);
    this.levels = [Uint32Array.from(chosen, bitsOf)];
    for (let last = this.levels[0]!; last.length > SHARE_MASK; this.levels.push(last)) last = blocksOf(last);
  }

  /** All bits of the values from `start` up to `end`. */
  between(start: number, end: number): number {
    let bits = 0;
    let [from, to] = [start, end];
    for (const values of this.levels) {
      while (from < to && (from & SHARE_MASK) !== 0) bits |= values[from++]!;
      while (from < to && (to & SHARE_MASK) !== 0) bits |= values[--to]!;
      if (from === to) break;
      from >>>= SHARE_BITS;
      to >>>= SHARE_BITS;
    }
    return bits;
  }
}

/** Values that make no whole block are left out. */
function blocksOf(values: Uint32Array): Uint32Array {
  const blocks = new Uint32Array(values.length >>> SHARE_BITS);
  for (let at = 0; at < blocks.length << SHARE_BITS; at++) blocks[at >>> SHARE_BITS]! |= values[at]!;
  return blocks;
}
