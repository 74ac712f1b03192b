import { ByteRoom } from './byte-room.js';

/** Bytes of one direction that came at one time, in seconds since the epoch; NaN where unknown. */
export interface TimedBytes {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly time: number;
}

/** The end of what came at one time. */
interface TimeMark {
  readonly end: number;
  readonly time: number;
}

/** The last bytes of one direction with their times, up to `most`, for a search that looks for a beginning among them. */
export class TimedRoom {
  /** Bytes before those that are held. */
  passed = 0;
  private readonly room: ByteRoom;
  private marks: TimeMark[] = [];

  constructor(private readonly most: number) {
    this.room = new ByteRoom(2048, most);
  }

  /** The memory with the held bytes, from 0 to `length`: valid up to the next change. */
  get all(): Uint8Array {
    return this.room.all;
  }

  get length(): number {
    return this.room.length;
  }

  /**
   * Takes `added` piece by piece, until `look` gives a place among the bytes that are held: what is from there on, or
   * undefined where it gives none. `forgot`: that many of the oldest bytes were given up, offsets are that much smaller.
   */
  search(added: TimedBytes, forgot: (count: number) => void, look: () => number | undefined): TimedBytes[] | undefined {
    const { bytes, start, end, time } = added;
    for (let at = start; at < end;) {
      const stop = Math.min(end, at + this.most / 2);
      const needed = this.length + stop - at;
      if (needed > this.most) forgot(this.forget(needed - this.most / 2));
      this.append(bytes, at, stop, time);
      const found = look();
      if (found !== undefined) return [...this.restFrom(found), ...(stop < end ? [{ ...added, start: stop }] : [])];
      at = stop;
    }
    return undefined;
  }

  /** The time of the byte before `end`. */
  timeAt(end: number): number {
    return this.marks.find((mark) => mark.end >= end)?.time ?? NaN;
  }

  /** The held bytes from `at` on. */
  restFrom(at: number): TimedBytes[] {
    const rest: TimedBytes[] = [];
    let start = at;
    for (const { end, time } of this.marks) {
      if (end <= start) continue;
      rest.push({ bytes: this.all, start, end, time });
      start = end;
    }
    return rest;
  }

  /** Gives up all of them. */
  clear(): void {
    this.passed += this.length;
    this.room.clear();
    this.marks = [];
  }

  private append(bytes: Uint8Array, start: number, end: number, time: number): void {
    this.room.append(bytes, start, end);
    if (this.marks.at(-1)?.time === time) this.marks.pop();
    this.marks.push({ end: this.length, time });
  }

  private forget(count: number): number {
    const dropped = Math.min(count, this.length);
    this.room.forget(dropped);
    this.passed += dropped;
    this.marks = this.marks.filter(({ end }) => end > dropped).map(({ end, time }) => ({ end: end - dropped, time }));
    return dropped;
  }
}
