import { OPCODE } from '../../codec/frames/registry.js';
import { FOUND, FrameSums, LEAST_MASK, sideOf, SIDES, type LaneRows, type RowBlocks } from './lane-rows.js';
import { grown, ROW_FLAG, ROW_KIND, type RowColumns } from './row-columns.js';

/** The part of the time axis that is drawn, in a number of columns of pixels. */
export interface BinWindow {
  /** Seconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly width: number;
}

const FIRST_ROOM = 16;

/** Values at columns of pixels, from left to right; columns without one are left out. */
export class BinTrack {
  /** Columns that have a value: the first `count` elements of each array. */
  count = 0;
  columns = new Uint32Array(FIRST_ROOM);
  /** The largest of a column. */
  values = new Float64Array(FIRST_ROOM);
  /** Those of a column together. */
  bits = new Uint16Array(FIRST_ROOM);

  /** `column`: not before that of the call before. */
  add(column: number, value: number, bits: number): void {
    let at = this.count - 1;
    if (at < 0 || this.columns[at] !== column) at = this.begin(column);
    if (value > this.values[at]!) this.values[at] = value;
    this.bits[at]! |= bits;
  }

  private begin(column: number): number {
    const at = this.count++;
    if (at === this.columns.length) {
      this.columns = grown(this.columns, new Uint32Array(2 * at));
      this.values = grown(this.values, new Float64Array(2 * at));
      this.bits = grown(this.bits, new Uint16Array(2 * at));
    }
    this.columns[at] = column;
    this.values[at] = 0;
    this.bits[at] = 0;
    return at;
  }
}

/** What falls on the columns of pixels of a lane. Whatever the number of rows is, it is drawn in up to as many steps as there are columns. */
export class LaneBins {
  /** By column. */
  sums = new FrameSums(0);
  /** Bits of BIN_MARK. */
  readonly marks = new BinTrack();
  /** Seconds: the longest wait for a pong that came there, by who answered. */
  readonly clientPongs = new BinTrack();
  readonly serverPongs = new BinTrack();
  /** By side: a pong of an unknown side is drawn as one of the server's. */
  readonly pongs = [this.clientPongs, this.serverPongs, this.serverPongs];
  /** Seconds: the longest stall that began there, by the side that took nothing. */
  readonly clientStalls = new BinTrack();
  readonly serverStalls = new BinTrack();
  /** Frames in the window. */
  frames = 0;
  private readonly tracks = [this.marks, ...[this.clientPongs, this.serverPongs, this.clientStalls, this.serverStalls]];

  /** Empties all, for that many columns. */
  clear(width: number): void {
    for (const track of this.tracks) track.count = 0;
    this.frames = 0;
    if (this.sums.opcodes.length === SIDES.length * width) this.sums.clear();
    else this.sums = new FrameSums(width);
  }
}

export const BIN_MARK = { handshake: 1, ended: 2, error: 4, warning: 8, refused: 16, gap: 32 } as const;

/**
 * Rows outside of the window, or without a time, are left out. `bins` are filled again: whoever draws at each frame of the
 * screen makes no garbage.
 */
export function binRows(lane: LaneRows, { from, to, width }: BinWindow, bins = new LaneBins()): LaneBins {
  bins.clear(width);
  const { times, length } = lane.rows;
  const axis: PixelAxis = { from, to, width, scale: to > from ? width / (to - from) : 0 };
  for (let row = lowerBound(lane.rows, from); row < length;) {
    const time = times[row]!;
    if (time > to) break;
    const column = columnOf(time, axis);
    const block = (row & LEAST_MASK) === 0 ? blockAt(lane, row, column, axis) : undefined;
    if (block === undefined) addRow(bins, lane.rows, row++, column);
    else {
      addBlock(bins, block, row >>> block.bits, column);
      row += 1 << block.bits;
    }
  }
  return bins;
}

interface PixelAxis extends BinWindow {
  /** Pixels of a second. */
  readonly scale: number;
}

function columnOf(time: number, { from, width, scale }: PixelAxis): number {
  return Math.min(width - 1, Math.floor((time - from) * scale));
}

/** The largest block that begins at the row and is in that column whole. */
function blockAt({ rows, blocks }: LaneRows, row: number, column: number, axis: PixelAxis): RowBlocks | undefined {
  const { times, length } = rows;
  for (let level = 0; level < blocks.length; level++) {
    const block = blocks[level]!;
    const mask = (1 << block.bits) - 1;
    if ((row & mask) !== 0 || row + mask >= length || block.isPlain[row >>> block.bits] === 0) continue;
    const last = times[row + mask]!;
    if (last <= axis.to && columnOf(last, axis) === column) return block;
  }
  return undefined;
}

function addBlock(bins: LaneBins, { bits, sums, pongs }: RowBlocks, block: number, x: number): void {
  bins.frames += 1 << bits;
  bins.sums.addAll(sums, block, x);
  for (let side = 0; side < SIDES.length; side++) {
    // As addWait does, without a call: most blocks have none.
    const seconds = pongs[SIDES.length * block + side]!;
    if (seconds > 0) bins.pongs[side]!.add(x, seconds, 0);
  }
}

function addRow(bins: LaneBins, rows: RowColumns, row: number, x: number): void {
  const kind = rows.kinds[row]!;
  if (kind < ROW_KIND.handshake) {
    bins.frames++;
    bins.sums.addRow(rows, row, x);
  }
  if (kind >= OPCODE.pong || (rows.flags[row]! & FOUND) !== 0) markRow(bins, rows, row, x);
}

/** What a row shows beside the bar of a frame. */
function markRow(bins: LaneBins, { kinds, flags, waits }: RowColumns, row: number, x: number): void {
  const kind = kinds[row]!;
  const flag = flags[row]!;
  if (flag & FOUND) bins.marks.add(x, 0, markOf(flag));
  if (kind === OPCODE.pong) addWait(bins.pongs[sideOf(flag)]!, x, waits[row]!);
  else if (kind === ROW_KIND.gap) bins.marks.add(x, 0, BIN_MARK.gap);
  else if (kind === ROW_KIND.stall)
    addWait(flag & ROW_FLAG.client ? bins.clientStalls : bins.serverStalls, x, waits[row]!);
  else if (kind === ROW_KIND.handshake) {
    bins.marks.add(x, 0, BIN_MARK.handshake | (flag & ROW_FLAG.trouble ? BIN_MARK.refused : 0));
  } else if (kind === ROW_KIND.ended) bins.marks.add(x, 0, BIN_MARK.ended);
}

function addWait(waits: BinTrack, x: number, seconds: number): void {
  if (seconds > 0) waits.add(x, seconds, 0);
}

function markOf(flag: number): number {
  return (flag & ROW_FLAG.error ? BIN_MARK.error : 0) | (flag & ROW_FLAG.warning ? BIN_MARK.warning : 0);
}

/** The first row that is not before `time`. Rows without a time come first. */
function lowerBound({ times, length }: RowColumns, time: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! >= time) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Frames in each column of pixels, of all connections together. */
export function density(columns: RowColumns, { from, to, width }: BinWindow): Uint32Array {
  const counts = new Uint32Array(width);
  const { times, kinds, length } = columns;
  const scale = to > from ? width / (to - from) : 0;
  for (let row = 0; row < length; row++) {
    const time = times[row]!;
    if (kinds[row]! < ROW_KIND.handshake && time >= from && time <= to) {
      counts[Math.min(width - 1, Math.floor((time - from) * scale))]!++;
    }
  }
  return counts;
}

/** Of opcodes that share a column of pixels, the one whose colour it has: the rarest kinds are not hidden by the others. */
const PRECEDENCE = [8, 9, 10, 3, 4, 5, 6, 7, 11, 12, 13, 14, 15, 2, 1, 0] as const;

export function shownOpcode(bits: number): number {
  for (const opcode of PRECEDENCE) if ((bits >> opcode) & 1) return opcode;
  return 0;
}

/** The height of a bar, from 0 to 1, on a logarithmic scale: a ping and a message of megabytes are both seen. */
export function barHeight(largest: number): number {
  return largest <= 0 ? 0 : Math.min(1, 0.18 + (0.82 * Math.log2(largest)) / 24);
}
