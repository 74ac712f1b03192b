import { ChatRoom, type RoomMessages, type Spoken } from './room.js';

export interface RoomLimits {
  /** Rooms at one time. */
  readonly rooms: number;
  /** The cost of the messages of all rooms together: characters, and a bit more for each message. */
  readonly cost: number;
  /** How long a room without clients keeps its messages: seconds. */
  readonly retention: number;
}

export const ROOM_LIMITS: RoomLimits = { rooms: 1000, cost: 24 * 1024 * 1024, retention: 300 };
export const MOST_ROOM_NAME = 200;

/**
 * Rooms by name. Entering or sending makes one; reading makes none. A room without peers and waiting pollers ends some
 * time after it was last used, earlier where its place or its memory is needed.
 */
export class Rooms {
  /** The least recently used first. */
  private readonly rooms = new Map<string, ChatRoom>();
  /** Pollers that wait for a room that does not exist. */
  private readonly waiting = new Map<string, Set<(room: ChatRoom) => void>>();
  /** The highest id of a room that has ended: a new room of its name continues after it, so that an old cursor misses nothing. */
  private floor = 0;

  constructor(
    /** Seconds. */
    private readonly now: () => number,
    private readonly limits: RoomLimits = ROOM_LIMITS,
  ) {}

  get count(): number {
    return this.rooms.size;
  }

  get cost(): number {
    let sum = 0;
    for (const { cost } of this.rooms.values()) sum += cost;
    return sum;
  }

  /** It exists, or may be made. */
  canEnter(name: string): boolean {
    return this.rooms.has(name) || this.rooms.size < this.limits.rooms || this.quietest() !== undefined;
  }

  /** The room of that name; undefined: the limit is reached, and every room has clients. */
  enter(name: string): ChatRoom | undefined {
    this.endUnused();
    const known = this.find(name);
    if (known) return known;
    if (this.rooms.size >= this.limits.rooms && !this.endQuietest()) return undefined;
    const room = new ChatRoom(this.floor);
    room.usedAt = this.now();
    this.rooms.set(name, room);
    for (const resolve of [...(this.waiting.get(name) ?? [])]) resolve(room);
    return room;
  }

  /** Sends a message to a room, for present and later clients; undefined: there is no place for the room. */
  speak(name: string, sender: string, msg: string): Spoken | undefined {
    const room = this.enter(name);
    if (room === undefined) return undefined;
    const spoken = room.speak(sender, msg, this.now());
    this.shrink(room);
    return spoken;
  }

  /** The messages of a room after `cursor`. */
  since(name: string, cursor: number): RoomMessages {
    this.endUnused();
    return this.find(name)?.since(cursor) ?? { cursor: Math.min(cursor, this.floor), messages: [] };
  }

  /** The same, as soon as there is something, or after `seconds`, or when `signal` aborts. */
  wait(name: string, cursor: number, seconds: number, signal: AbortSignal): Promise<RoomMessages> {
    const since = this.since(name, cursor);
    if (since.messages.length > 0 || since.missed !== undefined || seconds <= 0) return Promise.resolve(since);
    return new Promise((resolve) => {
      let leave = (): void => undefined;
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        leave();
        resolve(this.since(name, cursor));
      };
      const timer = setTimeout(done, seconds * 1000);
      signal.addEventListener('abort', done);
      const listen = (room: ChatRoom): void => {
        leave();
        const stop = room.listen(done);
        leave = () => {
          stop();
          this.left(name);
        };
      };
      const room = this.rooms.get(name);
      if (room) listen(room);
      else leave = this.await(name, listen);
    });
  }

  /** A client left the room: its time begins, if it is empty now. */
  left(name: string): void {
    this.find(name);
  }

  /** Ends rooms that were not used for long. */
  endUnused(): void {
    const limit = this.now() - this.limits.retention;
    for (const [name, room] of this.rooms) {
      if (room.usedAt > limit) return;
      if (room.isEmpty) this.end(name, room);
      else this.find(name);
    }
  }

  /** The room, used right now. */
  private find(name: string): ChatRoom | undefined {
    const room = this.rooms.get(name);
    if (room === undefined) return undefined;
    room.usedAt = this.now();
    this.rooms.delete(name);
    this.rooms.set(name, room);
    return room;
  }

  private await(name: string, listen: (room: ChatRoom) => void): () => void {
    const waiting = this.waiting.get(name) ?? new Set();
    this.waiting.set(name, waiting.add(listen));
    return () => {
      waiting.delete(listen);
      if (waiting.size === 0 && this.waiting.get(name) === waiting) this.waiting.delete(name);
    };
  }

  /** All rooms together keep too much: other rooms that are empty are removed first, then the oldest messages of the largest room. */
  private shrink(current: ChatRoom): void {
    let { cost } = this;
    while (cost > this.limits.cost) {
      const quiet = this.quietest(current);
      if (quiet !== undefined) {
        cost -= quiet[1].cost;
        this.end(quiet[0], quiet[1]);
        continue;
      }
      const largest = [...this.rooms.values()].reduce((a, b) => (b.cost > a.cost ? b : a));
      const before = largest.cost;
      largest.forgetOldest();
      cost -= before - largest.cost;
    }
  }

  private endQuietest(): boolean {
    const quiet = this.quietest();
    if (quiet) this.end(quiet[0], quiet[1]);
    return quiet !== undefined;
  }

  /** The empty room that was used longest ago. */
  private quietest(except?: ChatRoom): [name: string, room: ChatRoom] | undefined {
    for (const entry of this.rooms) if (entry[1].isEmpty && entry[1] !== except) return entry;
    return undefined;
  }

  private end(name: string, room: ChatRoom): void {
    this.floor = Math.max(this.floor, room.lastId);
    this.rooms.delete(name);
  }
}
