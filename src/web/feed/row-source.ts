import type { PageRecord } from '../../describe/timeline/row-of-record.js';
import type { RowColumns } from '../../describe/timeline/row-columns.js';
import type { LaneEnds } from '../../describe/timeline/row-filter.js';
import { visible } from '../format.js';
import { itemOfRecord, type Item } from '../items.js';

/** What is known of a connection besides its rows. */
export interface LaneLabel extends LaneEnds {
  readonly target?: string | undefined;
}

/** Rows of which only the numbers are here; their records come when they are drawn. */
export interface RowSource {
  /** Rows come as they happen, and the oldest go. */
  readonly isLive: boolean;
  readonly columns: RowColumns;
  readonly labels: ReadonlyMap<number, LaneLabel>;
  /** Of each connection that has ended, the end is among the rows, or will be. */
  readonly hasEnds: boolean;
  /** Undefined: it is not here yet. */
  item(row: number): Item | undefined;
  /** Asks for the records of these rows; `arrived` is called when they are here. */
  want(rows: readonly number[]): void;
  arrived: () => void;
  /** The first rows are no longer here: the others move up. */
  dropped: (count: number) => void;
  /** The rows whose text matches, in ascending order: some at each call, until all were looked at. A later search ends an earlier one. */
  search(text: string, found: (rows: readonly number[], isDone: boolean) => void): void;
  /** Of live rows: reports what the search has found among those that came. */
  flush(): void;
  /** The number by which an address names a row, and the row of a number: below 0 where it is not here. */
  numberOf(row: number): number;
  rowOf(number: number): number;
}

/** A record as an item: each row has one, whatever its record is. Null: it is not kept. */
export function itemOfRow(record: PageRecord | null, row: number): Item {
  const item = record === null ? undefined : itemOfRecord(record);
  if (item !== undefined) return item;
  if (record === null) return note('not kept', `record ${row} is not kept: there are too many`);
  const { type, connection, time, cause, reason } = record as PageRecord & {
    connection?: number;
    time?: number;
    cause?: { message?: string };
    reason?: string;
  };
  const text = reason ?? cause?.message ?? JSON.stringify(record);
  return { ...note(String(type), text), connection, time };
}

function note(name: string, text: string): Item & { kind: 'note' } {
  return { kind: 'note', name, text, findings: [] };
}

/** Adds what became known of connections. */
export function addLabels(
  labels: Map<number, LaneLabel>,
  names: readonly (LaneLabel & { readonly connection: number })[],
): void {
  for (const { connection, target, client, server } of names) {
    const known = labels.get(connection);
    labels.set(connection, {
      target: target === undefined ? known?.target : visible(target),
      client: client ?? known?.client,
      server: server ?? known?.server,
    });
  }
}

/** Adds what a record says of its connection. */
export function addLabelsOf(labels: Map<number, LaneLabel>, record: PageRecord): void {
  const { type, connection, client, server, request } = record as unknown as {
    type: string;
    connection: number;
    client?: string;
    server?: string;
    request?: { line: string };
  };
  if (type === 'handshake') addLabels(labels, [{ connection, target: request?.line.split(' ')[1] }]);
  if (type === 'connection') addLabels(labels, [{ connection, client, server }]);
}
