import type { Connection } from './connection.js';
import { PairTable } from './pair-table.js';
import type { Pair } from './pair-table.js';

/** How many slots are looked at for the one that is best given up. */
const LOOK = 32;

/** The connections that are known, at most `room` of them; closed ones stay for a while, so that late packets are not taken for new connections. */
export class FlowTable {
  private readonly table = new PairTable<Connection>();
  private readonly room: number;
  private readonly closedRoom: number;
  /** Closed ones in that order, from `closedAt` on. */
  private closed: Connection[] = [];
  private closedAt = 0;
  /** The hand of the clock, and who was active since it came by last. */
  private hand = 0;
  private active = new Uint8Array(64);

  constructor(room: number, closedRoom: number) {
    this.room = Math.max(1, room);
    this.closedRoom = closedRoom;
  }

  find(pair: Pair): Connection | undefined {
    const slot = this.table.find(pair);
    if (slot < 0) return undefined;
    this.active[slot] = 1;
    return this.table.values[slot];
  }

  get isFull(): boolean {
    return this.table.size >= this.room;
  }

  add(pair: Pair, connection: Connection): void {
    const slot = this.table.add(pair, connection);
    connection.slot = slot;
    if (slot >= this.active.length) {
      const active = new Uint8Array(this.active.length * 2);
      active.set(this.active);
      this.active = active;
    }
    this.active[slot] = 1;
  }

  /** A new connection between the same endpoints takes the old one's place. */
  replace(old: Connection, connection: Connection): void {
    connection.slot = old.slot;
    this.table.values[old.slot] = connection;
  }

  remove(connection: Connection): void {
    if (this.table.values[connection.slot] === connection) this.table.remove(connection.slot);
  }

  /** The connection has ended: it leaves the table when enough others have. */
  retire(connection: Connection): void {
    this.closed.push(connection);
    if (this.closed.length - this.closedAt <= this.closedRoom) return;
    this.remove(this.closed[this.closedAt++]!);
    if (this.closedAt * 2 < this.closed.length) return;
    this.closed = this.closed.slice(this.closedAt);
    this.closedAt = 0;
  }

  /** Whom to give up: a clock's second chance among the next few, with closed ones and those that nobody reads in front. */
  victim(): Connection {
    const { values } = this.table;
    let best: Connection | undefined;
    let least = Infinity;
    for (let ahead = 1; ahead <= values.length && (ahead <= LOOK || best === undefined); ahead++) {
      const slot = (this.hand + ahead) % values.length;
      const candidate = values[slot];
      if (candidate === undefined) continue;
      const worth = 0 + this.active[slot]!;
      if (worth >= least) continue;
      least = worth;
      best = candidate;
    }
    this.moveHand(best!.slot);
    return best!;
  }

  /** Who is passed by has to be active again until the hand comes back. */
  private moveHand(to: number): void {
    const count = this.table.values.length;
    do {
      this.hand = (this.hand + 1) % count;
      this.active[this.hand] = 0;
    } while (this.hand !== to);
  }

  /** All that are not closed, by number. */
  open(): Connection[] {
    return this.table.values
      .filter((connection) => connection !== undefined && !connection.closed)
      .sort((a, b) => a!.number - b!.number) as Connection[];
  }
}
