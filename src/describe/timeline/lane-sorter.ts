import { GrowingLane, isLater } from './growing-lane.js';
import type { LaneTable, TimeLane } from './lanes.js';
import { grown, NO_CONNECTION, type RowColumns } from './row-columns.js';

const FIRST_ROOM = 1024;
/** Of a row that is about all connections. */
const NO_LANE = 0xffff_ffff;

/** Sorts the rows of all connections into lanes, as they come: each row is looked at once. */
export class LaneSorter {
  private readonly lanes: GrowingLane[] = [];
  private readonly byConnection = new Map<number, GrowingLane>();
  /** The numbers of the lanes of the rows that were looked at. */
  private laneOfRow = new Uint32Array(FIRST_ROOM);
  private seen = 0;
  private generation = 0;

  constructor(private readonly columns: RowColumns) {}

  /** The rows that were looked at are gone, or others now. */
  forget(): void {
    this.lanes.length = this.seen = 0;
    this.generation++;
    this.byConnection.clear();
  }

  /** The lanes of all rows so far. `hasEnds`: no end of a connection was left out of them. */
  table(hasEnds = true): LaneTable {
    this.takeRows();
    const lanes = [...this.lanes].sort((a, b) => a.connection - b.connection);
    const starts = new Uint32Array(lanes.length);
    let total = 0;
    const all = lanes.map((lane) => {
      starts[lane.number] = total;
      total += lane.rows;
      return lane.laneAt(starts[lane.number]!, this.columns, hasEnds);
    });
    const order = this.orderOf(starts, total);
    for (const [i, { isInOrder }] of lanes.entries()) {
      const { start, end } = all[i]!;
      if (!isInOrder) order.subarray(start, end).sort((a, b) => compareTimes(this.columns.times, a, b));
    }
    return { all, order, generation: this.generation, ...spanOf(all) };
  }

  private takeRows(): void {
    const { columns } = this;
    const { connections, length } = columns;
    if (length > this.laneOfRow.length) this.laneOfRow = grown(this.laneOfRow, new Uint32Array(2 * length));
    // Rows that follow each other are often of one connection.
    let lane: GrowingLane | undefined;
    for (let row = this.seen; row < length; row++) {
      const connection = connections[row]!;
      if (lane?.connection !== connection) lane = this.laneOf(connection);
      this.laneOfRow[row] = lane?.number ?? NO_LANE;
      lane?.add(columns, row);
    }
    this.seen = length;
  }

  private laneOf(connection: number): GrowingLane | undefined {
    if (connection === NO_CONNECTION) return undefined;
    let lane = this.byConnection.get(connection);
    if (lane === undefined) {
      lane = new GrowingLane(connection, this.lanes.length);
      this.lanes.push(lane);
      this.byConnection.set(connection, lane);
    }
    return lane;
  }

  /** `next`: where the next row of each lane has its place. */
  private orderOf(next: Uint32Array, total: number): Uint32Array {
    const { laneOfRow, seen } = this;
    const order = new Uint32Array(total);
    for (let row = 0; row < seen; row++) {
      const lane = laneOfRow[row]!;
      if (lane !== NO_LANE) order[next[lane]!++] = row;
    }
    return order;
  }
}

/** The lanes of rows that do not change. */
export function lanesOf(columns: RowColumns): LaneTable {
  return new LaneSorter(columns).table();
}

function spanOf(lanes: readonly TimeLane[]): { readonly first: number; readonly last: number } {
  let [first, last] = [Infinity, -Infinity];
  for (const lane of lanes) {
    if (lane.first < first) first = lane.first;
    if (lane.last > last) last = lane.last;
  }
  return first <= last ? { first, last } : { first: NaN, last: NaN };
}

function compareTimes(times: Float64Array, a: number, b: number): number {
  const [one, other] = [times[a]!, times[b]!];
  return isLater(one, other) ? 1 : isLater(other, one) ? -1 : a - b;
}
