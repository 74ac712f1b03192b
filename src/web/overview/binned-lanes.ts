import { binRows, type BinWindow, type LaneBins } from '../../describe/timeline/bins.js';
import { LaneRows } from '../../describe/timeline/lane-rows.js';
import type { LaneTable, TimeLane } from '../../describe/timeline/lanes.js';
import type { RowColumns } from '../../describe/timeline/row-columns.js';

/** Lanes whose bins and rows are kept for the next drawing. */
const MOST_BINNED = 200;

/** What the lanes show of a view, as far as it was drawn. */
export class BinnedLanes {
  /** By connection. */
  private readonly rows = new Map<number, LaneRows>();
  private readonly binned = new Map<number, LaneBins>();
  /** Of earlier views: their room is used again, as otherwise each step of a zoom would leave garbage. */
  private readonly spare: LaneBins[] = [];
  /** Of the table whose rows these are. */
  private generation = 0;

  /** All of the same view, up to the next `forget`. Those of one drawing are not changed by it. */
  of(lanes: readonly TimeLane[], columns: RowColumns, { order }: LaneTable, view: BinWindow): LaneBins[] {
    if (this.binned.size > MOST_BINNED) this.forgetView();
    if (this.rows.size > MOST_BINNED) this.rows.clear();
    return lanes.map((lane) => {
      const known = this.binned.get(lane.connection);
      if (known !== undefined) return known;
      const bins = binRows(this.rowsOf(lane, columns, order), view, this.spare.pop());
      this.binned.set(lane.connection, bins);
      return bins;
    });
  }

  /** Of lanes whose rows come in the order of time, only those that are new are looked at. */
  private rowsOf({ connection, start, end, isInOrder }: TimeLane, columns: RowColumns, order: Uint32Array): LaneRows {
    const known = this.rows.get(connection);
    if (known?.length === end - start) return known;
    const rows = isInOrder && known !== undefined ? known : new LaneRows();
    rows.grow(columns, order.subarray(start + rows.length, end));
    this.rows.set(connection, rows);
    return rows;
  }

  /** The view is another now. */
  forgetView(): void {
    for (const bins of this.binned.values()) this.spare.push(bins);
    this.binned.clear();
  }

  /** There are more rows now, or others. */
  forget({ generation }: LaneTable): void {
    this.forgetView();
    if (generation !== this.generation) this.rows.clear();
    this.generation = generation;
  }
}
