import type { Side } from '../bytes/stream-taker.js';
import { HandshakeAssembler } from './handshake-assembler.js';
import { RecordBuffer } from './record-buffer.js';
import { RECORD_HEADER, type OpenedRecord, type RecordOpener } from './record-opener.js';
import type { RecordSearch } from './record-search.js';

/** What waits for the other direction's hello. */
export type Blocked =
  | { readonly bytes: Uint8Array; readonly time: number }
  /** Bytes that were not captured. */
  | { readonly gap: number; readonly time: number };

/** Bytes of a direction that wait for a hello. */
const MOST_BLOCKED = 64 * 1024;
/** Unreadable records that may not count: other ones are no peer's. */
const MOST_BACK = 8;

/** One direction of a TLS session. */
export class TlsLane {
  readonly buffer = new RecordBuffer();
  readonly messages = new HandshakeAssembler();
  mode:
    | 'records'
    /** What it needs is in the other direction. */
    | 'blocked'
    /** The rest of a record of which a part was lost. */
    | 'skip'
    /** Where the next record begins is not known. */
    | 'search'
    /** Nothing of it can be read. */
    | 'dead' = 'records';
  /** What opens its records; undefined: they are plain, or the secret is not in the log. */
  opener: RecordOpener | undefined;
  /** Of the next record. */
  sequence = 0;
  /** How often its keys were changed (TLS 1.0 to 1.2). */
  changes = 0;
  /** The hello that it waited for will not come. */
  isHopeless = false;
  /** Openers of the epochs that follow. */
  next: (RecordOpener | undefined)[] = [];
  /** From here on all records are sealed. */
  isSealed = false;
  /** A record was read, of any kind. */
  isBegun = false;
  private blocked: Blocked[] = [];
  private blockedLength = 0;
  search: RecordSearch | undefined;
  /** Bytes of the record that are passed by. */
  skip = 0;
  /** Bytes of records that were lost or not read since the last one that was opened, and how many of these have known ends. */
  lost = 0;
  lostRecords = 0;
  /** Records since the last one that was opened: whether they count is not known. */
  uncounted = 0;
  /** It is not known how much was lost: it was joined in its middle. */
  isJoined = false;
  /** The loss began under other keys than those that opened the next record. */
  hasChangedKeys = false;
  /** Records that were opened. */
  opened = 0;
  /** Searches for a secret of a session that was joined late. */
  tries = 0;

  constructor(readonly side: Side) {}

  /** The keys of the next epoch. */
  advance(): void {
    this.opener = this.next.shift();
    this.sequence = 0;
    this.uncounted = 0;
    this.hasChangedKeys = this.lost > 0;
  }

  use(opener: RecordOpener | undefined, sequence: number): void {
    if (this.opener !== opener) {
      this.hasChangedKeys = this.lost > 0;
      // One that is none of these comes after them all: a KeyUpdate is lost.
      const place = this.next.indexOf(opener);
      this.next.splice(0, place < 0 ? this.next.length : place + 1);
    }
    this.opener = opener;
    this.sequence = sequence;
    this.uncounted = 0;
  }

  /** Opens a record whose place is known. Records before it that could not be opened may count, or not. */
  open(bytes: Uint8Array, at: number, end: number): OpenedRecord | undefined {
    const { opener, sequence, uncounted } = this;
    for (let back = 0; back <= Math.min(uncounted, MOST_BACK); back++) {
      const record = opener?.open(bytes, at, end, sequence + uncounted - back);
      if (record === undefined) continue;
      this.sequence = sequence + uncounted - back + 1;
      this.uncounted = 0;
      return record;
    }
    for (const later of this.next) {
      const record = later?.open(bytes, at, end, 0);
      if (record === undefined) continue;
      const wasEarly = this.next.length === 2;
      this.use(later, 1);
      // Handshake messages carry no content.
      if (!wasEarly) this.forgetLoss();
      return record;
    }
    return undefined;
  }

  /** Some epoch can be opened. */
  get hasOpeners(): boolean {
    return this.opener !== undefined || this.next.some((each) => each !== undefined);
  }

  /** No hello of it will come that the other direction waits for, which has changed its keys as many times. */
  isPast(changes: number): boolean {
    const { mode } = this;
    const isStuck = mode === 'dead' || mode === 'blocked' || (mode === 'search' && !this.isSealed);
    return isStuck || this.isJoined || this.changes > changes;
  }

  /** After a KeyUpdate. */
  update(): void {
    this.opener = this.opener?.next();
    this.sequence = 0;
  }

  /** What was lost of the content since the last record that was opened; undefined: nothing, or it was joined and the amount is not known. */
  takeLoss(): { readonly length: number; readonly isAbout: boolean } | undefined {
    const { lost, lostRecords, opener, isJoined, hasChangedKeys } = this;
    this.forgetLoss();
    if (lost === 0 || isJoined) return undefined;
    const overhead = (RECORD_HEADER + (opener?.overhead ?? 0)) * Math.max(1, lostRecords);
    const isAbout = hasChangedKeys || opener?.isExact !== true || lostRecords === 0;
    return { length: Math.max(0, lost - overhead), isAbout };
  }

  forgetLoss(): void {
    this.lost = 0;
    this.lostRecords = 0;
    this.hasChangedKeys = false;
  }

  /** Passes by the rest of a record. Gives where it ends. */
  skipOver(at: number, end: number): number {
    const stop = Math.min(end, at + this.skip);
    this.skip -= stop - at;
    this.lost += stop - at;
    if (this.skip === 0) {
      this.mode = 'records';
      this.lostRecords++;
      this.uncounted++;
    }
    return stop;
  }

  takeBlocked(): Blocked[] {
    const held = this.blocked;
    this.blocked = [];
    this.blockedLength = 0;
    return held;
  }

  block(bytes: Uint8Array, start: number, end: number, time: number): void {
    this.mode = 'blocked';
    this.blocked.push({ bytes: bytes.slice(start, end), time });
    this.blockedLength += end - start;
  }

  blockGap(gap: number, time: number): void {
    this.blocked.push({ gap, time });
  }

  /** More waits for a hello than any flight has. */
  get isOverfull(): boolean {
    return this.blockedLength > MOST_BLOCKED;
  }

  /** A record that cannot be read, whose end is known. */
  pass(bytes: number): void {
    this.lost += bytes;
    this.lostRecords++;
    this.uncounted++;
  }

  /** How many records may have been lost before one that follows `passed` bytes of a search. */
  mostLost(passed: number, overhead: number): number {
    if (this.isJoined) return Number.MAX_SAFE_INTEGER;
    return this.uncounted + 1 + Math.floor((this.lost + passed) / (RECORD_HEADER + overhead));
  }
}
