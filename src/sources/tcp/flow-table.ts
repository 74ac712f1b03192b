import type { TcpConnection } from './tcp-connection.js';
import { PairTable } from './pair-table.js';
import type { Pair } from './pair-table.js';

/** More than any number. */
const UNNUMBERED = 2 ** 32;
/** How many slots are compared to find the one to give up. */
const LOOK = 32;

/** The known connections, at most `room`; closed ones stay for a while, so that late packets do not open new connections. */
export class FlowTable {
  private readonly table = new PairTable<TcpConnection>();
  private readonly room: number;
  private readonly closedRoom: number;
  /** Ended ones in that order, from `closedAt` on. */
  private closed: TcpConnection[] = [];
  private closedAt = 0;
  /** The hand of the clock, and which connections had a segment since it passed them. */
  private hand = 0;
  private active = new Uint8Array(64);

  constructor(room: number, closedRoom: number) {
    this.room = Math.max(1, room);
    this.closedRoom = closedRoom;
  }

  find(pair: Pair): TcpConnection | undefined {
    const slot = this.table.find(pair);
    if (slot < 0) return undefined;
    this.active[slot] = 1;
    return this.table.values[slot];
  }

  get isFull(): boolean {
    return this.table.size >= this.room;
  }

  add(pair: Pair, connection: TcpConnection): void {
    const slot = this.table.add(pair, connection);
    connection.slot = slot;
    if (slot >= this.active.length) {
      const active = new Uint8Array(this.active.length * 2);
      active.set(this.active);
      this.active = active;
    }
    this.active[slot] = 0;
  }

  /** A new connection between the same endpoints takes the old one's place. */
  replace(old: TcpConnection, connection: TcpConnection): void {
    connection.slot = old.slot;
    this.table.values[old.slot] = connection;
  }

  remove(connection: TcpConnection): void {
    if (this.table.values[connection.slot] === connection) this.table.remove(connection.slot);
  }

  /** The connection has ended: it leaves the table when enough others have. Gives the one that left now. */
  retire(connection: TcpConnection): TcpConnection | undefined {
    this.closed.push(connection);
    if (this.closed.length - this.closedAt <= this.closedRoom) return undefined;
    const gone = this.closed[this.closedAt++]!;
    this.remove(gone);
    if (this.closedAt * 2 >= this.closed.length) {
      this.closed = this.closed.slice(this.closedAt);
      this.closedAt = 0;
    }
    return gone;
  }

  /** Which to give up: a clock's second chance among the next few; closed ones and those that are not read come first. */
  victim(): TcpConnection {
    const { values } = this.table;
    let best: TcpConnection | undefined;
    let least = Infinity;
    let ahead = 0;
    while (ahead < values.length && (ahead < LOOK || best === undefined)) {
      const slot = (this.hand + ++ahead) % values.length;
      const candidate = values[slot];
      if (candidate === undefined) continue;
      const worth = (candidate.taker === undefined ? 0 : 2) + this.active[slot]!;
      if (worth >= least) continue;
      least = worth;
      best = candidate;
    }
    const { slot } = best!;
    const isActive = this.active[slot] === 1;
    this.passBy(isActive ? ahead : (slot - this.hand + values.length) % values.length);
    this.hand = slot;
    return best!;
  }

  /** A connection that the hand passes has to be active again before the hand returns. */
  private passBy(count: number): void {
    const { length } = this.table.values;
    for (let ahead = 1; ahead <= count; ahead++) this.active[(this.hand + ahead) % length] = 0;
  }

  /** All that are not closed: by number, and then those without one. */
  open(): TcpConnection[] {
    const open = this.table.values.filter((connection) => connection !== undefined && !connection.closed);
    return open.sort(
      (a, b) => (a!.given ?? a!.order + UNNUMBERED) - (b!.given ?? b!.order + UNNUMBERED),
    ) as TcpConnection[];
  }
}
