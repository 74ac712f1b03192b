import { NO_CONNECTION, RowColumns } from '../../describe/timeline/row-columns.js';
import { rowOfRecord, type PageRecord } from '../../describe/timeline/row-of-record.js';
import { addLabels, type LaneLabel } from '../feed/row-source.js';

/** Rows that the overview of live traffic has; the oldest go first. */
const MOST_ROWS = 200_000;
/** They go together, as the rest is moved. */
const DROPPED = 50_000;

/** What the overview draws of live traffic. */
export class LiveColumns {
  readonly columns = new RowColumns();
  readonly labels = new Map<number, LaneLabel>();

  add(record: PageRecord): void {
    const row = rowOfRecord(record);
    if (row.connection === NO_CONNECTION) return;
    this.columns.push(row);
    if (this.columns.length > MOST_ROWS) this.columns.dropFirst(DROPPED);
    const { type, connection, request, client, server } = record as unknown as {
      type: string;
      connection: number;
      request?: { line: string };
      client?: string;
      server?: string;
    };
    if (type === 'handshake') addLabels(this.labels, [{ connection, target: request?.line.split(' ')[1] }]);
    if (type === 'connection') addLabels(this.labels, [{ connection, client, server }]);
    if (this.labels.size > DROPPED) this.labels.delete(this.labels.keys().next().value!);
  }

  clear(): void {
    this.columns.clear();
    this.labels.clear();
  }
}
