import type { OpenedRecord, RecordOpener } from './record-opener.js';

/** Numbers that are looked through in one go. */
const BATCH = 2048;

/** A record, and what is known of where it stands. */
export interface TriedRecord {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly end: number;
}

/** What opened a record, and as which number. */
export interface Fit {
  readonly opener: RecordOpener;
  readonly sequence: number;
  readonly record: OpenedRecord;
}

/** Tries record numbers, a bounded number of times in a session. */
export class TagTrials {
  constructor(public left: number) {}

  /** The first number from `from` to `to` (inclusive) under which the tag is right. */
  fit(opener: RecordOpener, { bytes, at, end }: TriedRecord, from: number, to: number): Fit | undefined {
    for (let next = from; next <= to && this.left > 0;) {
      const count = Math.min(BATCH, to - next + 1, this.left);
      this.left -= count;
      const likely = count > 4 ? opener.likely?.(bytes, at, end, next, count) : undefined;
      const numbers = likely ?? Array.from({ length: count }, (_, i) => next + i);
      for (const sequence of numbers) {
        const record = opener.open(bytes, at, end, sequence);
        if (record !== undefined) return { opener, sequence, record };
      }
      next += count;
    }
    return undefined;
  }
}
