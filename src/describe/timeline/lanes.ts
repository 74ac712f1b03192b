import { OPCODE } from '../../codec/frames/registry.js';
import { NO_CONNECTION, ROW_FLAG, ROW_KIND, type RowColumns } from './row-columns.js';

/** How a connection ended, for its colour and its mark. */
export type LaneOutcome = 'open' | 'closed' | 'trouble' | 'refused';

/** A connection of the overview. */
export interface TimeLane {
  readonly connection: number;
  /** Its rows are `order[start]` to `order[end - 1]`, by time. */
  readonly start: number;
  readonly end: number;
  /** Seconds since the epoch; NaN where no time is known. */
  readonly first: number;
  readonly last: number;
  readonly frames: number;
  /** Payload bytes of both directions. */
  readonly bytes: number;
  readonly errors: number;
  readonly warnings: number;
  /** Seconds: the longest from a ping to its pong; NaN where none is known. */
  readonly ping: number;
  readonly outcome: LaneOutcome;
  /** 0: not known. */
  readonly code: number;
  readonly closedBy: 'client' | 'server' | undefined;
}

export interface LaneTable {
  /** In the order of the connections' numbers. */
  readonly all: readonly TimeLane[];
  /** Numbers of rows, those of a connection together. */
  readonly order: Uint32Array;
  readonly first: number;
  readonly last: number;
}

export const LANE_ORDERS = ['number', 'trouble', 'time', 'bytes', 'ping'] as const;
export type LaneOrder = (typeof LANE_ORDERS)[number];

/** Sorts the rows of all connections into lanes, in a time that grows with their number alone. */
export function lanesOf(columns: RowColumns): LaneTable {
  const { connections, length } = columns;
  const counts = new Map<number, number>();
  for (let row = 0; row < length; row++) {
    const connection = connections[row]!;
    if (connection !== NO_CONNECTION) counts.set(connection, (counts.get(connection) ?? 0) + 1);
  }
  const numbers = [...counts.keys()].sort((a, b) => a - b);
  const starts = new Map<number, number>();
  let total = 0;
  for (const number of numbers) {
    starts.set(number, total);
    total += counts.get(number)!;
  }
  const order = new Uint32Array(total);
  const next = new Map(starts);
  for (let row = 0; row < length; row++) {
    const at = next.get(connections[row]!);
    if (at === undefined) continue;
    order[at] = row;
    next.set(connections[row]!, at + 1);
  }
  const all = numbers.map((number) => laneOf(columns, order, number, starts.get(number)!, next.get(number)!));
  return { all, order, ...spanOf(all) };
}

function spanOf(lanes: readonly TimeLane[]): { readonly first: number; readonly last: number } {
  let [first, last] = [Infinity, -Infinity];
  for (const lane of lanes) {
    if (lane.first < first) first = lane.first;
    if (lane.last > last) last = lane.last;
  }
  return first <= last ? { first, last } : { first: NaN, last: NaN };
}

function laneOf(columns: RowColumns, order: Uint32Array, connection: number, start: number, end: number): TimeLane {
  const { times, kinds, sizes, flags } = columns;
  sortByTime(times, order.subarray(start, end));
  let [first, last] = [Infinity, -Infinity];
  let [frames, bytes, errors, warnings, code, ending] = [0, 0, 0, 0, 0, -1];
  let isRefused = false;
  for (let at = start; at < end; at++) {
    const row = order[at]!;
    const time = times[row]!;
    const kind = kinds[row]!;
    if (time < first) first = time;
    if (time > last) last = time;
    if (flags[row]! & ROW_FLAG.error) errors++;
    if (flags[row]! & ROW_FLAG.warning) warnings++;
    if (kind < ROW_KIND.handshake) {
      frames++;
      bytes += sizes[row]!;
    } else if (kind === ROW_KIND.handshake) isRefused = (flags[row]! & ROW_FLAG.trouble) !== 0;
    else if (kind === ROW_KIND.ended) ending = row;
  }
  if (ending >= 0) code = sizes[ending]!;
  const by = ending < 0 ? 0 : flags[ending]!;
  return {
    connection,
    start,
    end,
    ...(first <= last ? { first, last } : { first: NaN, last: NaN }),
    frames,
    bytes,
    errors,
    warnings,
    ping: longestPing(columns, order.subarray(start, end)),
    outcome: outcomeOf(isRefused && frames === 0, ending >= 0, (by & ROW_FLAG.trouble) !== 0 || errors > 0),
    code,
    closedBy: by & ROW_FLAG.client ? 'client' : by & ROW_FLAG.server ? 'server' : undefined,
  };
}

/** NaN: of none is it known. */
function longestPing({ kinds, waits }: RowColumns, rows: Uint32Array): number {
  let longest = NaN;
  for (const row of rows) {
    const wait = waits[row]!;
    if (kinds[row] === OPCODE.pong && (wait > longest || Number.isNaN(longest))) longest = wait;
  }
  return longest;
}

function outcomeOf(isRefused: boolean, isEnded: boolean, isTrouble: boolean): LaneOutcome {
  if (isRefused) return 'refused';
  if (isTrouble) return 'trouble';
  return isEnded ? 'closed' : 'open';
}

/** Rows are nearly always in order: then nothing is done. Rows without a time come first. */
function sortByTime(times: Float64Array, rows: Uint32Array): void {
  for (let i = 1; i < rows.length; i++) {
    if (isLater(times[rows[i - 1]!]!, times[rows[i]!]!)) return void rows.sort((a, b) => compareTimes(times, a, b));
  }
}

function isLater(time: number, other: number): boolean {
  return time > other || (Number.isNaN(other) && !Number.isNaN(time));
}

function compareTimes(times: Float64Array, a: number, b: number): number {
  const [one, other] = [times[a]!, times[b]!];
  return isLater(one, other) ? 1 : isLater(other, one) ? -1 : a - b;
}

const RANKS: Readonly<Record<LaneOutcome, number>> = { trouble: 3, refused: 2, open: 1, closed: 0 };

const COMPARE: Readonly<Record<LaneOrder, (a: TimeLane, b: TimeLane) => number>> = {
  number: (a, b) => a.connection - b.connection,
  trouble: (a, b) => RANKS[b.outcome] - RANKS[a.outcome] || b.errors - a.errors || b.warnings - a.warnings,
  // Those without a time last.
  time: (a, b) => (a.first || Infinity) - (b.first || Infinity) || 0,
  bytes: (a, b) => b.bytes - a.bytes,
  ping: (a, b) => (b.ping || 0) - (a.ping || 0),
};

/** The lanes in another order; equal ones in that of their numbers. */
export function sortedLanes(lanes: readonly TimeLane[], order: LaneOrder): TimeLane[] {
  return [...lanes].sort((a, b) => COMPARE[order](a, b) || a.connection - b.connection);
}
