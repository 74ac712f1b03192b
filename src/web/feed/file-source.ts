import { addBatch } from '../../describe/timeline/row-batch.js';
import type { PageRecord } from '../../describe/timeline/row-of-record.js';
import type { Item } from '../items.js';
import { addLabels, itemOfRow, type LaneLabel, type RowSource } from './row-source.js';
import { WholeRows } from './whole-rows.js';

/** Records that are kept here; the server has all of them. */
const MOST_ITEMS = 4000;
/** Records of one request. */
const MOST_WANTED = 500;

/** The rows of `wsinspect view`: their numbers come as fast as they are read, their records on request. */
export class FileSource extends WholeRows implements RowSource {
  private readonly items = new Map<number, Item>();
  private readonly asked = new Map<number, readonly number[]>();
  private readonly pending = new Set<number>();
  private names = 0;
  private requests = 0;
  private searching: { readonly id: number; found(rows: readonly number[], isDone: boolean): void } | undefined;

  constructor(private readonly send: (command: object) => void) {
    super();
  }

  /** Asks for the rows that are not here yet. */
  more(): void {
    this.send({ type: 'more', from: this.columns.length, names: this.names });
  }

  /** A batch of rows came. */
  rows(batch: ArrayBuffer): void {
    addBatch(this.columns, batch);
    this.more();
  }

  /** False: the record is of another kind. */
  take(record: PageRecord): boolean {
    switch (record['type']) {
      case 'names': {
        const names = record['names'] as (LaneLabel & { connection: number })[];
        addLabels(this.labels, names);
        this.names += names.length;
        return true;
      }
      case 'rows':
        this.keep(record['id'] as number, record['records'] as (PageRecord | null)[]);
        return true;
      case 'found': {
        const { id, rows, isDone } = record as unknown as { id: number; rows: number[]; isDone: boolean };
        if (this.searching?.id === id) this.searching.found(rows, isDone);
        return true;
      }
      default:
        return false;
    }
  }

  item(row: number): Item | undefined {
    return this.items.get(row);
  }

  want(rows: readonly number[]): void {
    const missing = rows.filter((row) => !this.items.has(row) && !this.pending.has(row)).slice(0, MOST_WANTED);
    if (missing.length === 0) return;
    const id = ++this.requests;
    for (const row of missing) this.pending.add(row);
    this.asked.set(id, missing);
    this.send({ type: 'rows', id, rows: missing });
  }

  search(text: string, found: (rows: readonly number[], isDone: boolean) => void): void {
    const id = ++this.requests;
    this.searching = { id, found };
    this.send({ type: 'search', id, text });
  }

  private keep(id: number, records: readonly (PageRecord | null)[]): void {
    const rows = this.asked.get(id) ?? [];
    this.asked.delete(id);
    for (const [i, row] of rows.entries()) {
      this.pending.delete(row);
      const record = records[i];
      if (record !== undefined) this.items.set(row, itemOfRow(record, row));
    }
    for (const row of this.items.keys()) {
      if (this.items.size <= MOST_ITEMS) break;
      this.items.delete(row);
    }
    this.arrived();
  }
}
