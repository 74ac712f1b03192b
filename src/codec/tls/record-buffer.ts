import { ByteRoom } from '../bytes/byte-room.js';
import { RECORD_HEADER } from './record-opener.js';

/** RFC 5246 §6.2.3: the longest record that any version allows. */
export const LONGEST_RECORD = 16_384 + 2048;

/** A sixteenth of a record: memory stays in proportion to what came. */
const FIRST_PARTS = 16;

/** A record header is possible here: a type, a version, a length (RFC 8446 §5.1). */
export function isRecordHeader(bytes: Uint8Array, at: number): boolean {
  const type = bytes[at]!;
  return (
    type >= 20 && type <= 24 && bytes[at + 1] === 3 && bytes[at + 2]! <= 4 && recordLength(bytes, at) <= LONGEST_RECORD
  );
}

export function recordLength(bytes: Uint8Array, at: number): number {
  return (bytes[at + 3]! << 8) | bytes[at + 4]!;
}

/** Cuts a direction's bytes into records. A record within a chunk is read in place, one that straddles chunks is put together. */
export class RecordBuffer {
  private readonly room = new ByteRoom(512);

  /** Bytes of a record that is not whole. */
  get length(): number {
    return this.room.length;
  }

  /** What is held of a record. */
  get held(): Uint8Array {
    return this.room.bytes;
  }

  /** How much of the record that is held is missing; undefined: its header is not whole, or nothing is held. */
  get missing(): number | undefined {
    if (this.length < RECORD_HEADER) return undefined;
    return RECORD_HEADER + recordLength(this.room.all, 0) - this.length;
  }

  /** Forgets what is held. */
  drop(): void {
    this.room.clear();
  }

  /**
   * Hands each record on; `take` may use it only while it is called. Gives where it stopped: at `end`, after the record for
   * which `take` returned false, or where no record header is.
   */
  cut(
    bytes: Uint8Array,
    start: number,
    end: number,
    take: (bytes: Uint8Array, at: number, end: number) => boolean,
  ): number {
    let at = start;
    if (this.length > 0) {
      at = this.complete(bytes, start, end);
      if (this.length < RECORD_HEADER || !isRecordHeader(this.room.all, 0) || this.missing! > 0) return at;
      const { length } = this;
      this.room.clear();
      if (!take(this.room.all, 0, length)) return at;
    }
    while (end - at >= RECORD_HEADER && isRecordHeader(bytes, at)) {
      const stop = at + RECORD_HEADER + recordLength(bytes, at);
      if (stop > end) break;
      const from = at;
      at = stop;
      if (!take(bytes, from, stop)) return at;
    }
    if (at < end && (end - at < RECORD_HEADER || isRecordHeader(bytes, at))) {
      if (end - at >= RECORD_HEADER) this.expect(RECORD_HEADER + recordLength(bytes, at), end - at);
      this.room.append(bytes, at, end);
      return end;
    }
    return at;
  }

  private complete(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    if (this.length < RECORD_HEADER) {
      const stop = Math.min(end, at + RECORD_HEADER - this.length);
      this.room.append(bytes, at, stop);
      at = stop;
      if (this.length < RECORD_HEADER || !isRecordHeader(this.room.all, 0)) return at;
    }
    const stop = Math.min(end, at + this.missing!);
    this.expect(this.length + this.missing!, this.length + stop - at);
    this.room.append(bytes, at, stop);
    return stop;
  }

  /** Memory for all of a record once a part of it came: by steps it would take as much again, of thousands of sessions. */
  private expect(bytes: number, come: number): void {
    if (come * FIRST_PARTS >= bytes) this.room.reserve(bytes);
  }
}
