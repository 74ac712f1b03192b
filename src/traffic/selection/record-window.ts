/** How many records of each connection are shown, and how many around those that match. */
export interface WindowCriteria {
  /** The last N of each connection. */
  readonly last?: number;
  /** Around each that `--grep` matches, of the same connection. */
  readonly before?: number;
  readonly after?: number;
  /** Both, where they are not given. */
  readonly context?: number;
}

/** What is kept of a record until it is known whether it is shown. */
export interface Kept {
  /** Bytes of memory. */
  readonly size: number;
  /** Records of its connection, between it and the one that is shown before it, are left out; or it is the first. */
  startsGroup: boolean;
}

/** Bytes that are kept at one time. */
export const MOST_KEPT = 64 * 1024 * 1024;

/** The newest records of one connection, the oldest of them first. */
class Ring<T extends Kept> {
  bytes = 0;
  /** Records that were given up for lack of memory. */
  trimmed = 0;
  /** All are gone: the next one starts a group. */
  isApart = false;
  private items: T[] = [];
  private start = 0;

  get length(): number {
    return this.items.length - this.start;
  }

  push(item: T): void {
    if (this.isApart) item.startsGroup = true;
    this.isApart = false;
    this.items.push(item);
    this.bytes += item.size;
  }

  /** The one that follows starts a group. */
  shift(): void {
    this.bytes -= this.items[this.start]!.size;
    this.start++;
    const next = this.items[this.start];
    if (next === undefined) this.isApart = true;
    else next.startsGroup = true;
    if (this.start > 32 && this.start * 2 > this.items.length) {
      this.items = this.items.slice(this.start);
      this.start = 0;
    }
  }

  all(): readonly T[] {
    return this.items.slice(this.start);
  }
}

/** The newest records of each connection, up to `most` of each, and up to `limit` bytes of all. */
class Newest<T extends Kept> {
  /** Something was given up for lack of memory. */
  isStrained = false;
  private held = 0;
  private readonly rings = new Map<number, Ring<T>>();

  constructor(
    private readonly most: number,
    private readonly limit: number,
  ) {}

  add(connection: number, record: T): void {
    let ring = this.rings.get(connection);
    if (ring === undefined) this.rings.set(connection, (ring = new Ring<T>()));
    ring.push(record);
    this.held += record.size;
    if (ring.length > this.most) this.drop(ring);
    if (this.held > this.limit) this.trim();
  }

  /** Those of a connection, which are then forgotten. */
  take(connection: number): Ring<T> | undefined {
    const ring = this.rings.get(connection);
    this.rings.delete(connection);
    this.held -= ring?.bytes ?? 0;
    return ring;
  }

  /** How many records of the ring are not there for lack of memory. */
  missing({ trimmed, length }: Ring<T>): number {
    return Math.min(trimmed, this.most - length);
  }

  get connections(): number[] {
    return [...this.rings.keys()];
  }

  /** The connection that takes most gives up the older half of it: one alone cannot push out what others have. */
  private trim(): void {
    this.isStrained = true;
    while (this.held > this.limit) {
      const largest = [...this.rings.values()].reduce((one, other) => (other.bytes > one.bytes ? other : one));
      const half = largest.bytes / 2;
      for (; largest.bytes > half; largest.trimmed++) this.drop(largest);
    }
  }

  private drop(ring: Ring<T>): void {
    this.held -= ring.bytes;
    ring.shift();
    this.held += ring.bytes;
  }
}

/**
 * Chooses among the records of each connection those around a match, and of these the last ones. Records are handed on
 * as soon as it is known that they are shown: the last ones at the end of their connection.
 */
export class RecordWindow<T extends Kept> {
  /** Records that would be shown, and were given up for lack of memory. */
  cut = 0;
  private readonly after: number;
  private readonly earlier: Newest<T> | undefined;
  private readonly latest: Newest<T> | undefined;
  /** Of each connection: how many more follow its match; whether some were left out since the last that is shown. */
  private readonly states = new Map<number, { following: number; isApart: boolean }>();

  constructor(
    { last, context = 0, before = context, after = context }: WindowCriteria,
    private readonly show: (record: T) => void,
    limit = MOST_KEPT,
  ) {
    this.after = after;
    if (before > 0) this.earlier = new Newest(before, limit);
    if (last !== undefined) this.latest = new Newest(last, limit);
  }

  /** Something was given up, whether it would be shown or not. */
  get isStrained(): boolean {
    return this.earlier?.isStrained === true || this.latest?.isStrained === true;
  }

  matches(connection: number, record: T): void {
    const state = this.stateOf(connection);
    const ring = this.earlier?.take(connection);
    if (ring !== undefined) {
      this.cut += this.earlier!.missing(ring);
      state.isApart ||= ring.isApart;
      for (const one of ring.all()) this.choose(connection, one, state);
    }
    this.choose(connection, record, state);
    state.following = this.after;
  }

  /** A record that does not match. */
  passes(connection: number, record: T): void {
    const state = this.stateOf(connection);
    if (state.following > 0) {
      state.following--;
      this.choose(connection, record, state);
    } else if (this.earlier === undefined) state.isApart = true;
    else {
      record.startsGroup = state.isApart;
      state.isApart = false;
      this.earlier.add(connection, record);
    }
  }

  /** The connection has ended. */
  closed(connection: number): void {
    this.earlier?.take(connection);
    this.states.delete(connection);
    const ring = this.latest?.take(connection);
    if (ring === undefined) return;
    this.cut += this.latest!.missing(ring);
    for (const record of ring.all()) this.show(record);
  }

  /** Nothing more is read: what the connections have that did not end. */
  end(): void {
    const left = this.latest?.connections ?? [];
    for (const connection of left.sort((a, b) => a - b)) this.closed(connection);
  }

  private choose(connection: number, record: T, state: { isApart: boolean }): void {
    record.startsGroup ||= state.isApart;
    state.isApart = false;
    if (this.latest === undefined) this.show(record);
    else this.latest.add(connection, record);
  }

  private stateOf(connection: number): { following: number; isApart: boolean } {
    let state = this.states.get(connection);
    if (state === undefined) this.states.set(connection, (state = { following: 0, isApart: true }));
    return state;
  }
}
