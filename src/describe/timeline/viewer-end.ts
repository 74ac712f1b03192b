import { batchOf } from './row-batch.js';
import type { RowColumns } from './row-columns.js';
import { expressionOf } from './row-filter.js';

/** What was read so far of what is viewed. */
export interface ViewSource {
  /** The first record that a page gets. */
  hello(): object;
  /** How far the reading is. */
  progress(): object;
  readonly columns: RowColumns;
  /** Nothing more is read. */
  readonly isDone: boolean;
  /** What connections are called, in the order in which that became known. */
  readonly names: readonly object[];
  /** The record of a row as JSON text; undefined: it is not kept. */
  record(row: number): string | undefined;
  /** Of the rows from `start` up to `end`, those whose text matches. */
  search(matches: (text: string) => boolean, start: number, end: number): readonly number[];
}

/** Rows that are sent at once, and records. */
const MOST_ROWS = 262_144;
/** Fewer wait for those that follow. */
const MANY_ROWS = 65_536;
const MOST_RECORDS = 500;
const MOST_NAMES = 2000;
/** Rows that are searched before other work has its turn. */
const MOST_SEARCHED = 5000;
const MOST_FOUND = 1_000_000;
const LONGEST_EXPRESSION = 1000;
export interface ViewCommand {
  readonly type: 'more' | 'rows' | 'search';
  readonly id: number;
  readonly from: number;
  readonly names: number;
  readonly rows: readonly number[];
  readonly text: string;
}

/** The way to a page: a socket of a server, or the page's own worker. */
export interface ViewerPort {
  send(data: string | Uint8Array): void;
  isOpen(): boolean;
  /** Continues after other work had its turn. */
  later(go: () => void): void;
  /** Calls `change`, after some time. */
  soon(): void;
  /** Searches, in bounded time where that is possible. */
  matcher(expression: RegExp): (text: string) => boolean;
}

/** A page that views. */
export class ViewerEnd {
  /** It waits for rows from this one on, and names from that one on; undefined: it does not wait. */
  private wanted: { readonly from: number; readonly names: number } | undefined;
  private searched = 0;

  constructor(
    private readonly source: ViewSource,
    private readonly port: ViewerPort,
  ) {}

  send(record: object): void {
    this.port.send(JSON.stringify(record));
  }

  obey(command: ViewCommand): void {
    if (command.type === 'rows') return this.sendRecords(command);
    if (command.type === 'search') return this.search(command);
    this.wanted = command;
    // Those that were read since the last answer are few: each of them has its price, here and in the page.
    const { columns, isDone } = this.source;
    const isFew = columns.length - command.from < MANY_ROWS;
    if (command.from > 0 && isFew && !isDone) this.port.soon();
    else this.change();
  }

  /** Answers `more`, if there is more; reports the progress in any case: after the rows, so that a page that has all of them knows. */
  change(): void {
    this.sendMore();
    this.send({ type: 'progress', ...this.source.progress() });
  }

  private sendMore(): void {
    const { wanted } = this;
    if (wanted === undefined) return;
    const { columns, names } = this.source;
    const end = Math.min(columns.length, wanted.from + MOST_ROWS);
    if (wanted.from >= end && wanted.names >= names.length) return;
    this.wanted = undefined;
    this.send({ type: 'names', names: names.slice(wanted.names, wanted.names + MOST_NAMES) });
    this.port.send(batchOf(columns, wanted.from, Math.max(wanted.from, end)));
  }

  private sendRecords({ id, rows }: ViewCommand): void {
    const records = rows.slice(0, MOST_RECORDS).map((row) => this.source.record(row) ?? 'null');
    this.port.send(`{"type":"rows","id":${id},"records":[${records.join(',')}]}`);
  }

  /** In parts, so that other pages and the reading have their turns; another search of the page ends it. */
  private search({ id, text }: ViewCommand): void {
    const expression = text.length > LONGEST_EXPRESSION ? undefined : expressionOf(text);
    if (expression === undefined) return this.send({ type: 'found', id, rows: [], isDone: true, wrong: true });
    this.searched = id;
    const matches = this.port.matcher(expression);
    let at = 0;
    let found = 0;
    const go = (): void => {
      if (this.searched !== id || !this.port.isOpen()) return;
      const end = Math.min(this.source.columns.length, at + MOST_SEARCHED);
      const rows = this.source.search(matches, at, end);
      found += rows.length;
      at = end;
      const isDone = at >= this.source.columns.length || found >= MOST_FOUND;
      if (rows.length > 0 || isDone) this.send({ type: 'found', id, rows, isDone });
      if (!isDone) this.port.later(go);
    };
    go();
  }
}

/** A command of a page; undefined: it is none. */
export function viewCommandOf(value: unknown): ViewCommand | undefined {
  const { type, id = 0, from = 0, names = 0, rows = [], text: sought = '' } = (value ?? {}) as Record<string, unknown>;
  if (type !== 'more' && type !== 'rows' && type !== 'search') return undefined;
  if (!isIndex(id) || !isIndex(from) || !isIndex(names) || typeof sought !== 'string') return undefined;
  if (!Array.isArray(rows) || !rows.every(isIndex)) return undefined;
  return { type, id, from, names, rows, text: sought };
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
