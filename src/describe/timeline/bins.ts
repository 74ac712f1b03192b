import type { LaneRows } from './lane-rows.js';
import { ROW_KIND, type RowColumns } from './row-columns.js';
import type { TimedBits } from './timed-bits.js';
import type { TimeSpans } from './time-spans.js';

/** The part of the time axis that is drawn, in a number of columns of pixels. */
export interface BinWindow {
  /** Seconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly width: number;
}

/** Spans in columns of pixels, from left to right, of which no two end in the same column. */
export class BinSpans {
  count = 0;
  /** The first `count` elements of each. What is beyond an edge of the window is in the column beside it: -1 or `width`. */
  readonly begins: Int32Array;
  readonly ends: Int32Array;

  constructor(width: number) {
    this.begins = new Int32Array(width + 2);
    this.ends = new Int32Array(width + 2);
  }
}

/** What falls on the columns of pixels of a lane. Whatever the number of rows is, it is drawn in up to as many steps as there are columns. */
export class LaneBins {
  /** By column, as `LaneRows` has them. */
  readonly bars: Uint32Array;
  readonly unknownBars: Uint32Array;
  readonly marks: Uint32Array;
  readonly clientPongs: BinSpans;
  readonly serverPongs: BinSpans;
  readonly clientStalls: BinSpans;
  readonly serverStalls: BinSpans;

  constructor(readonly width: number) {
    this.bars = new Uint32Array(width);
    this.unknownBars = new Uint32Array(width);
    this.marks = new Uint32Array(width);
    this.clientPongs = new BinSpans(width);
    this.serverPongs = new BinSpans(width);
    this.clientStalls = new BinSpans(width);
    this.serverStalls = new BinSpans(width);
  }
}

/** `room`: bins that are filled again: whoever draws at each frame of the screen makes no garbage. */
export function binRows(rows: LaneRows, window: BinWindow, room?: LaneBins): LaneBins {
  const bins = room?.width === window.width ? room : new LaneBins(window.width);
  const axis = axisOf(window);
  for (const name of ['bars', 'unknownBars', 'marks'] as const) binBits(rows[name], axis, bins[name]);
  for (const name of ['clientPongs', 'serverPongs', 'clientStalls', 'serverStalls'] as const)
    binSpans(rows[name], axis, bins[name]);
  return bins;
}

interface PixelAxis extends BinWindow {
  /** Pixels of a second. */
  readonly scale: number;
}

function axisOf({ from, to, width }: BinWindow): PixelAxis {
  return { from, to, width, scale: to > from ? width / (to - from) : 0 };
}

/** The last column has what happened at the right edge as well. */
function columnOf(time: number, { from, width, scale }: PixelAxis): number {
  return Math.min(width - 1, Math.floor((time - from) * scale));
}

function binBits(bits: TimedBits, axis: PixelAxis, columns: Uint32Array): void {
  columns.fill(0);
  const { times, length } = bits;
  const end = lowerBound(times, length, axis.to, true);
  for (let at = lowerBound(times, length, axis.from); at < end;) {
    const column = columnOf(times[at]!, axis);
    const next = column === axis.width - 1 ? end : columnEnd(times, at, end, column, axis);
    columns[column] = bits.between(at, next);
    at = next;
  }
}

/** Those that are in the window in part. */
function binSpans({ begins, ends }: TimeSpans, axis: PixelAxis, bins: BinSpans): void {
  const { from, to, width } = axis;
  bins.count = 0;
  for (let at = lowerBound(ends, ends.length, from); at < ends.length && begins[at]! <= to;) {
    const column = ends[at]! > to ? width : columnOf(ends[at]!, axis);
    bins.begins[bins.count] = begins[at]! < from ? -1 : columnOf(begins[at]!, axis);
    bins.ends[bins.count++] = column;
    // Others that end there have begun there.
    at = column < width - 1 ? columnEnd(ends, at, ends.length, column, axis) : ends.length;
  }
}

/** The first after `start` that is in a later column; `end` where all are in that one. It is sought in steps that grow. */
function columnEnd(
  times: Float64Array,
  start: number,
  end: number,
  column: number,
  { from, scale }: PixelAxis,
): number {
  const limit = column + 1;
  let [low, high] = [start, start + 1];
  while (high < end && (times[high]! - from) * scale < limit) {
    const step = 2 * (high - start);
    low = high;
    high = start + step;
  }
  high = Math.min(high, end);
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((times[middle]! - from) * scale < limit) low = middle;
    else high = middle;
  }
  return high;
}

/** Of the first `length`, the first that is not before `time`; `isAfter`: that is after it. */
function lowerBound(times: Float64Array, length: number, time: number, isAfter = false): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < time || (isAfter && times[middle] === time)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Frames in each column of pixels, of all connections together. */
export function density(columns: RowColumns, window: BinWindow): Uint32Array {
  const { from, to, width, scale } = axisOf(window);
  const counts = new Uint32Array(width);
  const { times, kinds, length } = columns;
  const last = width - 1;
  for (let row = 0; row < length; row++) {
    const time = times[row]!;
    if (kinds[row]! >= ROW_KIND.handshake || !(time >= from && time <= to)) continue;
    const column = Math.floor((time - from) * scale);
    counts[column < last ? column : last]!++;
  }
  return counts;
}
