import { grown } from './row-columns.js';

const FIRST_ROOM = 64;
/** Values in a block: 2 to the power of this. */
const SHARE_BITS = 3;
const SHARE_MASK = (1 << SHARE_BITS) - 1;

/** Bits at times, in ascending order. Those of any number of neighbours are known in a few steps. */
export class TimedBits {
  length = 0;
  /** The first `length` of them. */
  times = new Float64Array(FIRST_ROOM);
  /** Each value, then what those of each block come to, then what blocks of these come to, and so on. */
  private levels: Uint32Array[] = levelsOver(new Uint32Array(FIRST_ROOM));

  /** `time`: not before that of the call before. */
  add(time: number, bits: number): void {
    const at = this.length++;
    if (at === this.times.length) this.grow();
    this.times[at] = time;
    const { levels } = this;
    for (let level = 0, block = at; level < levels.length; level++, block >>>= SHARE_BITS)
      levels[level]![block]! |= bits;
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

  private grow(): void {
    const room = 2 * this.times.length;
    this.times = grown(this.times, new Float64Array(room));
    this.levels = levelsOver(grown(this.levels[0]!, new Uint32Array(room)));
  }
}

/** The values, what those of each block come to, and so on, up to less than a block. */
function levelsOver(values: Uint32Array): Uint32Array[] {
  const levels = [values];
  for (let last = values; last.length > SHARE_MASK; levels.push(last)) last = blocksOf(last);
  return levels;
}

/** The number of values is a power of 2. */
function blocksOf(values: Uint32Array): Uint32Array {
  const blocks = new Uint32Array(values.length >>> SHARE_BITS);
  for (let at = 0; at < values.length; at++) blocks[at >>> SHARE_BITS]! |= values[at]!;
  return blocks;
}
