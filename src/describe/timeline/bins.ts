import { OPCODE } from '../../codec/frames/registry.js';
import { ROW_FLAG, ROW_KIND, type RowColumns } from './row-columns.js';

/** The part of the time axis that is drawn, in a number of columns of pixels. */
export interface BinWindow {
  /** Seconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly width: number;
}

/** What falls on each column of pixels of a lane. Whatever the number of rows is, it is drawn in `width` steps. */
export interface LaneBins {
  /** The largest payload of a frame there, plus 1; 0: no frame. By direction. */
  readonly client: Float64Array;
  readonly server: Float64Array;
  /** Of frames whose sender is not known. */
  readonly unknown: Float64Array;
  /** A bit for each opcode that is there, by direction. */
  readonly clientKinds: Uint16Array;
  readonly serverKinds: Uint16Array;
  readonly unknownKinds: Uint16Array;
  /** Bits of BIN_MARK. */
  readonly marks: Uint8Array;
  /** Seconds: the longest wait for a pong that came there, by who answered; 0: none. */
  readonly clientPongs: Float32Array;
  readonly serverPongs: Float32Array;
  /** Seconds: the longest stall that began there, by the side that took nothing; 0: none. */
  readonly clientStalls: Float32Array;
  readonly serverStalls: Float32Array;
  /** There is something in `marks`, in the waits. */
  hasMarks: boolean;
  hasWaits: boolean;
  /** Frames in the window. */
  frames: number;
}

export const BIN_MARK = { handshake: 1, ended: 2, error: 4, warning: 8, refused: 16, gap: 32 } as const;

export function emptyBins(width: number): LaneBins {
  return {
    client: new Float64Array(width),
    server: new Float64Array(width),
    unknown: new Float64Array(width),
    clientKinds: new Uint16Array(width),
    serverKinds: new Uint16Array(width),
    unknownKinds: new Uint16Array(width),
    marks: new Uint8Array(width),
    clientPongs: new Float32Array(width),
    serverPongs: new Float32Array(width),
    clientStalls: new Float32Array(width),
    serverStalls: new Float32Array(width),
    hasMarks: false,
    hasWaits: false,
    frames: 0,
  };
}

/** `rows` are numbers of rows, by time. Rows outside of the window, or without a time, are left out. */
export function binRows(columns: RowColumns, rows: Uint32Array, { from, to, width }: BinWindow): LaneBins {
  const bins = emptyBins(width);
  const { times, kinds, sizes, flags, waits } = columns;
  const scale = to > from ? width / (to - from) : 0;
  for (let i = lowerBound(times, rows, from); i < rows.length; i++) {
    const row = rows[i]!;
    const time = times[row]!;
    if (time > to) break;
    const x = Math.min(width - 1, Math.floor((time - from) * scale));
    const kind = kinds[row]!;
    const flag = flags[row]!;
    if (flag & (ROW_FLAG.error | ROW_FLAG.warning)) mark(bins, x, markOf(flag));
    if (kind < ROW_KIND.handshake) {
      addFrame(bins, x, kind, sizes[row]!, flag);
      if (kind === OPCODE.pong)
        addWait(bins, flag & ROW_FLAG.client ? bins.clientPongs : bins.serverPongs, x, waits[row]!);
    } else if (kind === ROW_KIND.gap) mark(bins, x, BIN_MARK.gap);
    else if (kind === ROW_KIND.stall)
      addWait(bins, flag & ROW_FLAG.client ? bins.clientStalls : bins.serverStalls, x, waits[row]!);
    else if (kind === ROW_KIND.handshake) {
      mark(bins, x, BIN_MARK.handshake | (flag & ROW_FLAG.trouble ? BIN_MARK.refused : 0));
    } else if (kind === ROW_KIND.ended) mark(bins, x, BIN_MARK.ended);
  }
  return bins;
}

function mark(bins: LaneBins, x: number, bits: number): void {
  bins.marks[x]! |= bits;
  bins.hasMarks = true;
}

function addWait(bins: LaneBins, waits: Float32Array, x: number, seconds: number): void {
  if (!(seconds > waits[x]!)) return;
  waits[x] = seconds;
  bins.hasWaits = true;
}

function addFrame(bins: LaneBins, x: number, kind: number, size: number, flag: number): void {
  bins.frames++;
  const isClient = (flag & ROW_FLAG.client) !== 0;
  const isServer = (flag & ROW_FLAG.server) !== 0;
  const largest = isClient ? bins.client : isServer ? bins.server : bins.unknown;
  const opcodes = isClient ? bins.clientKinds : isServer ? bins.serverKinds : bins.unknownKinds;
  if (size + 1 > largest[x]!) largest[x] = size + 1;
  opcodes[x]! |= 1 << kind;
}

function markOf(flag: number): number {
  return (flag & ROW_FLAG.error ? BIN_MARK.error : 0) | (flag & ROW_FLAG.warning ? BIN_MARK.warning : 0);
}

/** The first of `rows` that is not before `time`. Rows without a time come first. */
export function lowerBound(times: Float64Array, rows: Uint32Array, time: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[rows[middle]!]! >= time) high = middle;
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
  return PRECEDENCE.find((opcode) => (bits >> opcode) & 1) ?? 0;
}

/** The height of a bar, from 0 to 1, on a logarithmic scale: a ping and a message of megabytes are both seen. */
export function barHeight(largest: number): number {
  return largest <= 0 ? 0 : Math.min(1, 0.18 + (0.82 * Math.log2(largest)) / 24);
}
