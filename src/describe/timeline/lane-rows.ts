import { OPCODE } from '../../codec/frames/registry.js';
import { ROW_FLAG, ROW_KIND, type RowColumns } from './row-columns.js';

/** The senders of frames. */
export const SIDES = ['client', 'server', 'unknown'] as const;
const SIDE_OF_FLAGS = [2, 0, 1, 0] as const;
/** Findings: they are shown beside the bar of a frame. */
export const FOUND = ROW_FLAG.error | ROW_FLAG.warning;

/** Rows of the smallest block, and blocks of a size in one of the next: 2 to the power of this. */
const SHARE_BITS = 3;
const SIZES = 4;
/** Bits that are 0 in the number of a row where a block begins. */
export const LEAST_MASK = (1 << SHARE_BITS) - 1;

export function sideOf(flags: number): number {
  return SIDE_OF_FLAGS[flags & (ROW_FLAG.client | ROW_FLAG.server)]!;
}

/** What frames come to: at each place three values, by side. */
export class FrameSums {
  /** The largest payload plus 1, 0 for none. */
  readonly largest: Float64Array;
  /** A bit for each opcode. */
  readonly opcodes: Uint16Array;

  constructor(places: number) {
    this.largest = new Float64Array(SIDES.length * places);
    this.opcodes = new Uint16Array(SIDES.length * places);
  }

  clear(): void {
    this.largest.fill(0);
    this.opcodes.fill(0);
  }

  /** A row that is a frame. */
  addRow({ kinds, sizes, flags }: RowColumns, row: number, place: number): void {
    this.add(SIDES.length * place + sideOf(flags[row]!), sizes[row]! + 1, 1 << kinds[row]!);
  }

  addAll({ largest, opcodes }: FrameSums, from: number, place: number): void {
    for (let side = 0; side < SIDES.length; side++) {
      const at = SIDES.length * from + side;
      this.add(SIDES.length * place + side, largest[at]!, opcodes[at]!);
    }
  }

  private add(at: number, size: number, opcodes: number): void {
    if (size > this.largest[at]!) this.largest[at] = size;
    this.opcodes[at]! |= opcodes;
  }
}

/** What rows that follow each other come to: those of a lane, in blocks of one size. */
export class RowBlocks {
  /** 1: all of a block are frames without a finding; 0: its rows are to be looked at one by one. */
  readonly isPlain: Uint8Array;
  readonly sums: FrameSums;
  /** Seconds: the longest wait for a pong, 0 for none, by who answered. */
  readonly pongs: Float32Array;

  private constructor(
    /** Rows of a block: 2 to the power of this. */
    readonly bits: number,
    readonly count: number,
  ) {
    this.isPlain = new Uint8Array(count).fill(1);
    this.sums = new FrameSums(count);
    this.pongs = new Float32Array(SIDES.length * count);
  }

  /** The smallest ones. */
  static ofRows(rows: RowColumns): RowBlocks {
    const { kinds, flags, waits, length } = rows;
    const blocks = new RowBlocks(SHARE_BITS, length >>> SHARE_BITS);
    for (let row = 0; row < blocks.count << SHARE_BITS; row++) {
      const block = row >>> SHARE_BITS;
      const isFrame = kinds[row]! < ROW_KIND.handshake;
      if (!isFrame || (flags[row]! & FOUND) !== 0) blocks.isPlain[block] = 0;
      if (isFrame) blocks.sums.addRow(rows, row, block);
      if (kinds[row] === OPCODE.pong) blocks.addPong(SIDES.length * block + sideOf(flags[row]!), waits[row]!);
    }
    return blocks;
  }

  /** Each of several smaller ones. */
  static ofBlocks(smaller: RowBlocks): RowBlocks {
    const blocks = new RowBlocks(smaller.bits + SHARE_BITS, smaller.count >>> SHARE_BITS);
    for (let from = 0; from < blocks.count << SHARE_BITS; from++) {
      const block = from >>> SHARE_BITS;
      blocks.isPlain[block]! &= smaller.isPlain[from]!;
      blocks.sums.addAll(smaller.sums, from, block);
      for (let side = 0; side < SIDES.length; side++)
        blocks.addPong(SIDES.length * block + side, smaller.pongs[SIDES.length * from + side]!);
    }
    return blocks;
  }

  private addPong(at: number, seconds: number): void {
    if (seconds > this.pongs[at]!) this.pongs[at] = seconds;
  }
}

/** The rows of a lane, by time, beside each other: each step of a zoom goes through all that are in sight. */
export class LaneRows {
  readonly rows: RowColumns;
  /** The largest first. */
  readonly blocks: readonly RowBlocks[];

  /** `order`: the numbers of its rows. */
  constructor(columns: RowColumns, order: Uint32Array) {
    this.rows = columns.pick(order);
    const blocks = [RowBlocks.ofRows(this.rows)];
    while (blocks.length < SIZES) blocks.unshift(RowBlocks.ofBlocks(blocks[0]!));
    this.blocks = blocks;
  }
}
