import { expressionOf } from '../../describe/timeline/row-filter.js';
import { RowColumns } from '../../describe/timeline/row-columns.js';
import { rowOfRecord, type PageRecord } from '../../describe/timeline/row-of-record.js';
import { textOfRecord } from '../../describe/timeline/searched-text.js';
import { addLabelsOf, itemOfRow, type LaneLabel, type RowSource } from '../feed/row-source.js';
import type { Item } from '../items.js';

/** Rows that are kept of live traffic; the oldest go together, as the rest is moved. */
const MOST_ROWS = 200_000;
const DROPPED = 50_000;
/** Records that are kept, and their characters: of older rows, only the overview is. */
const MOST_RECORDS = 40_000;
const MOST_CHARACTERS = 48 * 1024 * 1024;

interface KeptRecord {
  readonly record: PageRecord;
  readonly characters: number;
}

/** The rows of live traffic, as they come. */
export class LiveSource implements RowSource {
  readonly isLive = true;
  hasEnds = true;
  /** Records that are not among the rows: the server left them out, or they went. */
  left = 0;
  readonly columns = new RowColumns();
  readonly labels = new Map<number, LaneLabel>();
  arrived: () => void = () => undefined;
  dropped: (count: number) => void = () => undefined;
  /** The server's numbers of the rows. */
  private numbers: number[] = [];
  private records: (KeptRecord | undefined)[] = [];
  /** Rows before this one have no record any more. */
  private firstKept = 0;
  private characters = 0;
  private sought: Sought | undefined;

  /** `characters`: the length of the record as text. */
  add(record: PageRecord, characters: number): void {
    const { columns, records, numbers, labels } = this;
    const row = columns.length;
    columns.push(rowOfRecord(record));
    numbers.push((record['row'] as number | undefined) ?? numbers.at(-1) ?? 0);
    records.push({ record, characters });
    this.characters += characters;
    addLabelsOf(labels, record);
    if (record['type'] === 'missed') this.miss(record as unknown as Missed);
    if (labels.size > DROPPED) labels.delete(labels.keys().next().value!);
    if (this.sought?.expression.test(textOfRecord(record))) this.sought.rows.push(row);
    this.forget();
    if (columns.length > MOST_ROWS) this.dropFirst();
  }

  /** Reports what of the new rows the search has found. */
  flush(): void {
    const { sought } = this;
    if (sought !== undefined && sought.rows.length > 0) sought.found(sought.rows.splice(0), true);
  }

  clear(): void {
    this.columns.clear();
    this.left = 0;
    this.hasEnds = true;
    this.labels.clear();
    this.numbers = [];
    this.records = [];
    this.firstKept = this.characters = 0;
    this.sought?.rows.splice(0);
  }

  item(row: number): Item | undefined {
    if (row >= this.records.length) return undefined;
    return itemOfRow(this.records[row]?.record ?? null, this.numberOf(row));
  }

  want(): void {
    // They are here.
  }

  search(text: string, found: (rows: readonly number[], isDone: boolean) => void): void {
    const expression = expressionOf(text);
    const rows: number[] = [];
    for (let row = this.firstKept; row < this.records.length; row++) {
      if (expression?.test(textOfRecord(this.records[row]!.record))) rows.push(row);
    }
    this.sought = expression && { expression, found, rows: [] };
    found(rows, true);
  }

  numberOf(row: number): number {
    return this.numbers[row] ?? row;
  }

  rowOf(number: number): number {
    return this.numbers.indexOf(number);
  }

  private forget(): void {
    const { records } = this;
    while (
      records.length - this.firstKept > MOST_RECORDS ||
      (this.characters > MOST_CHARACTERS && this.firstKept < records.length - 1)
    ) {
      this.characters -= records[this.firstKept]!.characters;
      records[this.firstKept++] = undefined;
    }
  }

  private miss({ count, ends = 0 }: Missed): void {
    this.left += count;
    if (ends > 0) this.hasEnds = false;
  }

  private dropFirst(): void {
    this.flush();
    this.left += DROPPED;
    this.columns.dropFirst(DROPPED);
    this.numbers.splice(0, DROPPED);
    this.records.splice(0, DROPPED);
    // More rows are kept than records.
    this.firstKept -= DROPPED;
    this.dropped(DROPPED);
  }
}

/** What the server says of records that it left out: how many, and ends of connections among them. */
interface Missed {
  readonly count: number;
  readonly ends?: number;
}

/** Below the tabs: what the views say is not about all of the traffic. Empty: it is. */
export function leftWords(left: number): string {
  if (left === 0) return '';
  const were = left === 1 ? 'record was' : 'records were';
  return `${left.toLocaleString('en')} ${were} left out: counts, sizes and pings here are of the rest`;
}

interface Sought {
  readonly expression: RegExp;
  readonly rows: number[];
  found(rows: readonly number[], isDone: boolean): void;
}
