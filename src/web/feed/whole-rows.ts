import { RowColumns } from '../../describe/timeline/row-columns.js';
import type { LaneLabel } from './row-source.js';

/** Rows that stay, and that an address names by their place: those of files and reports. */
export abstract class WholeRows {
  readonly isLive = false;
  hasEnds = true;
  readonly columns = new RowColumns();
  readonly labels = new Map<number, LaneLabel>();
  arrived: () => void = () => undefined;
  dropped: () => void = () => undefined;

  flush(): void {
    // A search is of the rows that are here.
  }

  numberOf(row: number): number {
    return row;
  }

  rowOf(number: number): number {
    return number;
  }
}
