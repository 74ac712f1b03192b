import { expressionOf } from '../../describe/timeline/row-filter.js';
import { rowOfRecord, type PageRecord } from '../../describe/timeline/row-of-record.js';
import { textOfRecord } from '../../describe/timeline/searched-text.js';
import type { Item } from '../items.js';
import { addLabelsOf, itemOfRow, type RowSource } from './row-source.js';
import { WholeRows } from './whole-rows.js';

/** Records that are all in the page: those of a report. */
export class ReportSource extends WholeRows implements RowSource {
  constructor(private readonly records: readonly PageRecord[]) {
    super();
    for (const record of records) {
      this.columns.push(rowOfRecord(record));
      addLabelsOf(this.labels, record);
    }
  }

  item(row: number): Item | undefined {
    const record = this.records[row];
    return record && itemOfRow(record, row);
  }

  want(): void {
    // They are here.
  }

  search(text: string, found: (rows: readonly number[], isDone: boolean) => void): void {
    const expression = expressionOf(text);
    const rows: number[] = [];
    for (const [row, record] of this.records.entries()) if (expression?.test(textOfRecord(record))) rows.push(row);
    found(rows, true);
  }
}
