import type { Side } from '../bytes/stream-taker.js';
import { isRecordHeader } from './record-buffer.js';
import type { OpenedRecord } from './record-opener.js';
import { RecordSearch } from './record-search.js';
import type { SessionKeys } from './session-keys.js';
import type { TriedRecord } from './tag-trials.js';
import type { TlsReason } from './tls-facts.js';
import type { TlsLane } from './tls-lane.js';

/** What searches find. */
export interface SearchTaker {
  /** A ClientHello was found that the log has secrets of. */
  hello(lane: TlsLane, record: TriedRecord): void;
  /** A record was found, and opened. */
  found(lane: TlsLane, record: OpenedRecord, sealed: TriedRecord, time: number): void;
  /** What follows it. */
  data(side: Side, bytes: Uint8Array, start: number, end: number, time: number): void;
  /** There is no use in further searches. */
  failed(lane: TlsLane, reason: TlsReason): void;
}

/** Where the directions of a session are read on after a hole, and where they were joined. */
export class SessionSearch {
  constructor(
    private readonly keys: SessionKeys,
    private readonly taker: SearchTaker,
  ) {}

  /** It is not known where the next record begins. */
  begin(lane: TlsLane): void {
    lane.mode = 'search';
    lane.search = new RecordSearch((bytes, at, end, passed, time) =>
      this.prove(lane, { bytes, at, end }, passed, time),
    );
  }

  push(lane: TlsLane, bytes: Uint8Array, start: number, end: number, time: number): void {
    const rest = lane.search?.push(bytes, start, end, time) ?? [];
    for (const piece of rest) this.taker.data(lane.side, piece.bytes, piece.start, piece.end, piece.time);
  }

  /** `length` bytes are missing: the end of the record that they are in may be known. */
  gap(lane: TlsLane, length: number): void {
    lane.lost += length;
    if (lane.mode === 'search') lane.search!.drop();
    else if (lane.mode === 'skip') {
      if (length < lane.skip) lane.skip -= length;
      else this.begin(lane);
    } else if (lane.mode === 'records') this.lose(lane, length);
  }

  /** A hole begins within what was read as records. */
  private lose(lane: TlsLane, length: number): void {
    const { buffer } = lane;
    const { missing } = buffer;
    lane.messages.drop();
    lane.lost += buffer.length;
    const rest = missing === undefined || !isRecordHeader(buffer.held, 0) ? 0 : missing - length;
    buffer.drop();
    if (rest <= 0) return this.begin(lane);
    lane.mode = 'skip';
    lane.skip = rest;
  }

  private prove(lane: TlsLane, tried: TriedRecord, passed: number, time: number): boolean {
    if (lane.mode !== 'search') return false;
    if (this.keys.isLoggedHello(lane, tried)) {
      lane.mode = 'records';
      lane.search = undefined;
      lane.forgetLoss();
      this.taker.hello(lane, tried);
      return true;
    }
    const record = this.keys.prove(lane, tried, passed);
    if (record === undefined) {
      if (this.keys.isExhausted(lane)) {
        this.taker.failed(lane, lane.isJoined ? 'joined-late' : this.keys.reasonWithout());
      }
      return false;
    }
    if (lane.lost > 0) lane.lost += passed;
    lane.mode = 'records';
    lane.search = undefined;
    this.taker.found(lane, record, tried, time);
    return true;
  }
}
