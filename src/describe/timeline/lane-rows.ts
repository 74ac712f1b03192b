import { OPCODE } from '../../codec/frames/registry.js';
import { ROW_FLAG, ROW_KIND, type RowColumns } from './row-columns.js';

/** The senders of frames. */
export const SIDES = ['client', 'server', 'unknown'] as const;
const SIDE_OF_FLAGS = [2, 0, 1, 0] as const;
/** Findings: they are shown beside the bar of a frame. */
export const FOUND = ROW_FLAG.error | ROW_FLAG.warning;

/** Rows of a block: 2 to the power of this, for each size. The largest first. */
const BLOCK_BITS = [12, 9, 6, 3] as const;
/** Bits that are 0 in the number of a row where a block begins. */
export const LEAST_MASK = (1 << BLOCK_BITS[3]) - 1;

export function sideOf(flags: number): number {
  return SIDE_OF_FLAGS[flags & (ROW_FLAG.client | ROW_FLAG.server)]!;
}

/** What rows that follow each other come to: those of a lane, in blocks of one size. */
export class RowBlocks {
  /** 1: all of a block are frames without a finding; 0: its rows are to be looked at one by one. */
  readonly isPlain: Uint8Array;
  /** The largest payload plus 1, 0 for none, and a bit for each opcode: three of each block, by side. */
  readonly largest: Float64Array;
  readonly opcodes: Uint16Array;
  /** Seconds: the longest wait for a pong, 0 for none, by who answered. */
  readonly pongs: Float32Array;

  constructor(
    readonly bits: number,
    { kinds, sizes, flags, waits, length }: RowColumns,
  ) {
    const count = length >>> bits;
    this.isPlain = new Uint8Array(count).fill(1);
    this.largest = new Float64Array(SIDES.length * count);
    this.opcodes = new Uint16Array(SIDES.length * count);
    this.pongs = new Float32Array(SIDES.length * count);
    for (let row = 0; row < count << bits; row++) {
      const block = row >>> bits;
      const kind = kinds[row]!;
      if (kind >= ROW_KIND.handshake || (flags[row]! & FOUND) !== 0) this.isPlain[block] = 0;
      if (kind >= ROW_KIND.handshake) continue;
      const at = SIDES.length * block + sideOf(flags[row]!);
      const size = sizes[row]! + 1;
      if (size > this.largest[at]!) this.largest[at] = size;
      this.opcodes[at]! |= 1 << kind;
      if (kind === OPCODE.pong && waits[row]! > this.pongs[at]!) this.pongs[at] = waits[row]!;
    }
  }
}

/** The rows of a lane, by time, beside each other: each step of a zoom goes through all that are in sight. */
export class LaneRows {
  readonly rows: RowColumns;
  readonly blocks: readonly RowBlocks[];

  /** `order`: the numbers of its rows. */
  constructor(columns: RowColumns, order: Uint32Array) {
    const rows = (this.rows = columns.pick(order));
    this.blocks = BLOCK_BITS.map((bits) => new RowBlocks(bits, rows));
  }
}
