import type { Item } from '../items.js';
import type { LaneLabel } from '../feed/row-source.js';

/** Where the steps of a conversation come from. */
export interface SequenceFeed {
  /** Connections, in the order of their numbers. */
  connections(): readonly number[];
  label(connection: number): LaneLabel | undefined;
  /** The rows of a connection, by time. */
  rows(connection: number): ArrayLike<number>;
  /** Undefined: it is not here yet. */
  item(row: number): Item | undefined;
  /** Asks for the records of these rows. */
  want(rows: readonly number[]): void;
}

/** Items that are kept of live traffic; the oldest go first. */
const MOST_RECENT = 4000;

/** What was reported last of live traffic. */
export class RecentItems implements SequenceFeed {
  private readonly items = new Map<number, Item>();
  private readonly byConnection = new Map<number, number[]>();
  private next = 0;

  constructor(private readonly labels: ReadonlyMap<number, LaneLabel>) {}

  add(item: Item): void {
    const { connection } = item;
    // The step of a frame shows its packets.
    if (connection === undefined || item.kind === 'packet') return;
    const row = this.next++;
    this.items.set(row, item);
    const rows = this.byConnection.get(connection);
    if (rows === undefined) this.byConnection.set(connection, [row]);
    else rows.push(row);
    if (this.items.size > MOST_RECENT) this.dropFirst();
  }

  clear(): void {
    this.items.clear();
    this.byConnection.clear();
  }

  connections(): readonly number[] {
    return [...this.byConnection.keys()].sort((a, b) => a - b);
  }

  label(connection: number): LaneLabel | undefined {
    return this.labels.get(connection);
  }

  rows(connection: number): readonly number[] {
    return this.byConnection.get(connection) ?? [];
  }

  item(row: number): Item | undefined {
    return this.items.get(row);
  }

  want(): void {
    // They are here.
  }

  private dropFirst(): void {
    const [[row, { connection }]] = this.items as unknown as [[number, Item]];
    this.items.delete(row);
    const rows = this.byConnection.get(connection!)!;
    rows.shift();
    if (rows.length === 0) this.byConnection.delete(connection!);
  }
}
