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

  /** All of the same view, up to the next `forget`. Those of one drawing are not changed by it. */
  of(lanes: readonly TimeLane[], columns: RowColumns, { order }: LaneTable, view: BinWindow): LaneBins[] {
    if (this.binned.size > MOST_BINNED) this.forgetView();
    if (this.rows.size > MOST_BINNED) this.rows.clear();
    return lanes.map(({ connection, start, end }) => {
      const known = this.binned.get(connection);
      if (known !== undefined) return known;
      let rows = this.rows.get(connection);
      if (rows === undefined) this.rows.set(connection, (rows = new LaneRows(columns, order.subarray(start, end))));
      const bins = binRows(rows, view, this.spare.pop());
      this.binned.set(connection, bins);
      return bins;
    });
  }

  /** The view is another now. */
  forgetView(): void {
    for (const bins of this.binned.values()) this.spare.push(bins);
    this.binned.clear();
  }

  /** The rows are others now. */
  forget(): void {
    this.forgetView();
    this.rows.clear();
  }
}
