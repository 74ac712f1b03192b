import { TimedRoom, type TimedBytes } from '../bytes/timed-room.js';
import { isRecordHeader, LONGEST_RECORD, recordLength } from './record-buffer.js';
import { RECORD_HEADER } from './record-opener.js';

/** Bytes that are held: a few of the longest records. */
const MOST_HELD = 4 * (RECORD_HEADER + LONGEST_RECORD);

/** Takes a record that may begin there; true: it does. `passed`: bytes before it. */
export type Proof = (bytes: Uint8Array, at: number, end: number, passed: number, time: number) => boolean;

/**
 * Looks for the next record of one direction after a hole: a type, a version and a possible length are where it may be, and
 * only its tag says that it is there. What comes before it is lost.
 */
export class RecordSearch {
  private readonly room = new TimedRoom(MOST_HELD);
  /** Where headers were looked for. */
  private scanned = 0;
  /** Places of records that are not whole yet. */
  private places: number[] = [];

  constructor(private readonly prove: Proof) {}

  /** What follows the record that was found; undefined: none was. */
  push(bytes: Uint8Array, start: number, end: number, time: number): TimedBytes[] | undefined {
    const forgot = (count: number): void => this.forgot(count);
    return this.room.search({ bytes, start, end, time }, forgot, () => this.look());
  }

  /** Bytes are lost after those that are held: no record continues after them. */
  drop(): void {
    this.room.clear();
    this.scanned = 0;
    this.places = [];
  }

  private look(): number | undefined {
    const { all, length, passed } = this.room;
    for (; this.scanned + RECORD_HEADER <= length; this.scanned++) {
      if (isRecordHeader(all, this.scanned) && recordLength(all, this.scanned) > 0) this.places.push(this.scanned);
    }
    const open: number[] = [];
    for (const at of this.places) {
      const end = at + RECORD_HEADER + recordLength(all, at);
      if (end > length) open.push(at);
      else if (this.prove(all, at, end, passed + at, this.room.timeAt(end))) return end;
    }
    this.places = open;
    return undefined;
  }

  /** A record that begins in the oldest bytes would have been whole. */
  private forgot(count: number): void {
    this.scanned = Math.max(0, this.scanned - count);
    this.places = this.places.filter((at) => at >= count).map((at) => at - count);
  }
}
