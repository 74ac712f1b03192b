import { isRecordHeader, LONGEST_RECORD, recordLength } from './record-buffer.js';
import { RECORD_HEADER } from './record-opener.js';

/** Bytes that are held: a few of the longest records. */
const MOST_HELD = 4 * (RECORD_HEADER + LONGEST_RECORD);
const NOTHING = new Uint8Array(0);

/** The end of what was pushed at once, and its time. */
interface Mark {
  readonly end: number;
  readonly time: number;
}

/** What was pushed after the record that was found, with its times. */
export interface Rest {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly time: number;
}

/** Takes a record that may begin there; true: it does. `passed`: bytes before it. */
export type Proof = (bytes: Uint8Array, at: number, end: number, passed: number, time: number) => boolean;

/**
 * Looks for the next record of one direction after a hole: a type, a version and a possible length are where it may be, and
 * only its tag says that it is there. What comes before it is lost.
 */
export class RecordSearch {
  /** Bytes that were given up. */
  passed = 0;
  private room: Uint8Array = NOTHING;
  private length = 0;
  private marks: Mark[] = [];
  /** Where headers were looked for. */
  private scanned = 0;
  /** Places of records that are not whole yet. */
  private places: number[] = [];

  /** `edge`: a record may begin with the first byte that is pushed. */
  constructor(private readonly prove: Proof) {}

  get held(): number {
    return this.length;
  }

  /** What follows the record that was found; undefined: none was. */
  push(bytes: Uint8Array, start: number, end: number, time: number): Rest[] | undefined {
    for (let at = start; at < end;) {
      const stop = Math.min(end, at + MOST_HELD / 2);
      this.append(bytes, at, stop, time);
      const found = this.look();
      if (found !== undefined) {
        const rest = this.restFrom(found);
        if (stop < end) rest.push({ bytes, start: stop, end, time });
        return rest;
      }
      at = stop;
    }
    return undefined;
  }

  /** Bytes are lost after those that are held: no record continues after them. */
  drop(): void {
    this.passed += this.length;
    this.length = 0;
    this.marks = [];
    this.scanned = 0;
    this.places = [];
  }

  private look(): number | undefined {
    const { room, length } = this;
    for (; this.scanned + RECORD_HEADER <= length; this.scanned++) {
      if (isRecordHeader(room, this.scanned) && recordLength(room, this.scanned) > 0) this.places.push(this.scanned);
    }
    const open: number[] = [];
    for (const at of this.places) {
      const end = at + RECORD_HEADER + recordLength(room, at);
      if (end > length) open.push(at);
      else if (this.prove(room, at, end, this.passed + at, this.timeAt(end))) return end;
    }
    this.places = open;
    return undefined;
  }

  private timeAt(end: number): number {
    return this.marks.find((mark) => mark.end >= end)?.time ?? NaN;
  }

  private restFrom(at: number): Rest[] {
    const rest: Rest[] = [];
    let start = at;
    for (const { end, time } of this.marks) {
      if (end <= start) continue;
      rest.push({ bytes: this.room, start, end, time });
      start = end;
    }
    return rest;
  }

  private append(bytes: Uint8Array, start: number, end: number, time: number): void {
    const count = end - start;
    if (this.length + count > MOST_HELD) this.forget(this.length + count - MOST_HELD / 2);
    const needed = this.length + count;
    if (needed > this.room.length) {
      const larger = new Uint8Array(Math.max(needed, Math.min(MOST_HELD, 2 * this.room.length), 2048));
      larger.set(this.room.subarray(0, this.length));
      this.room = larger;
    }
    this.room.set(bytes.subarray(start, end), this.length);
    this.length = needed;
    const last = this.marks.at(-1);
    if (last?.time === time) this.marks.pop();
    this.marks.push({ end: needed, time });
  }

  /** The oldest bytes: a record that begins in them would have been whole. */
  private forget(count: number): void {
    const dropped = Math.min(count, this.length);
    this.room.copyWithin(0, dropped, this.length);
    this.length -= dropped;
    this.passed += dropped;
    this.scanned = Math.max(0, this.scanned - dropped);
    this.places = this.places.filter((at) => at >= dropped).map((at) => at - dropped);
    this.marks = this.marks.filter(({ end }) => end > dropped).map(({ end, time }) => ({ end: end - dropped, time }));
  }
}
