import { ByteRoom } from '../bytes/byte-room.js';
import { isRecordHeader, LONGEST_RECORD, recordLength } from './record-buffer.js';
import { RECORD_HEADER } from './record-opener.js';

/** Bytes that are held: a few of the longest records. */
const MOST_HELD = 4 * (RECORD_HEADER + LONGEST_RECORD);

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
  private readonly room = new ByteRoom(2048, MOST_HELD);
  private marks: Mark[] = [];
  /** Where headers were looked for. */
  private scanned = 0;
  /** Places of records that are not whole yet. */
  private places: number[] = [];

  constructor(private readonly prove: Proof) {}

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
    this.passed += this.room.length;
    this.room.clear();
    this.marks = [];
    this.scanned = 0;
    this.places = [];
  }

  private look(): number | undefined {
    const { all, length } = this.room;
    for (; this.scanned + RECORD_HEADER <= length; this.scanned++) {
      if (isRecordHeader(all, this.scanned) && recordLength(all, this.scanned) > 0) this.places.push(this.scanned);
    }
    const open: number[] = [];
    for (const at of this.places) {
      const end = at + RECORD_HEADER + recordLength(all, at);
      if (end > length) open.push(at);
      else if (this.prove(all, at, end, this.passed + at, this.timeAt(end))) return end;
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
      rest.push({ bytes: this.room.all, start, end, time });
      start = end;
    }
    return rest;
  }

  private append(bytes: Uint8Array, start: number, end: number, time: number): void {
    const needed = this.room.length + end - start;
    if (needed > MOST_HELD) this.forget(needed - MOST_HELD / 2);
    this.room.append(bytes, start, end);
    const last = this.marks.at(-1);
    if (last?.time === time) this.marks.pop();
    this.marks.push({ end: this.room.length, time });
  }

  /** The oldest bytes: a record that begins in them would have been whole. */
  private forget(count: number): void {
    const dropped = Math.min(count, this.room.length);
    this.room.forget(dropped);
    this.passed += dropped;
    this.scanned = Math.max(0, this.scanned - dropped);
    this.places = this.places.filter((at) => at >= dropped).map((at) => at - dropped);
    this.marks = this.marks.filter(({ end }) => end > dropped).map(({ end, time }) => ({ end: end - dropped, time }));
  }
}
