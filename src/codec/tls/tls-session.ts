import { otherSide, type Side } from '../bytes/stream-taker.js';
import { EarlyData } from './early-data.js';
import { isRecordHeader } from './record-buffer.js';
import { CONTENT, RECORD_HEADER, type OpenedRecord } from './record-opener.js';
import { SessionKeys, type TlsReading } from './session-keys.js';
import { SessionMessages } from './session-messages.js';
import { SessionSearch } from './session-search.js';
import type { TriedRecord } from './tag-trials.js';
import type { TlsReason } from './tls-facts.js';
import { TlsLane } from './tls-lane.js';

/** Takes what a session carries. */
export interface SessionTaker {
  plain(side: Side, bytes: Uint8Array, start: number, end: number, time: number): void;
  /** Content was lost: `length` bytes; `isAbout`: they are an estimate. */
  lost(side: Side, length: number, isAbout: boolean, time: number): void;
  /** Nothing of it can be read: no call follows. */
  failed(reason: TlsReason): void;
}

/**
 * One TLS session, of both directions: what its records carry, as far as the secrets of a key log open them. Only what
 * a tag or a MAC proves is handed on. Never throws on any input.
 */
export class TlsSession {
  readonly keys: SessionKeys;
  private readonly lanes = [new TlsLane(0), new TlsLane(1)] as const;
  private readonly messages: SessionMessages;
  private readonly search: SessionSearch;
  private readonly early = new EarlyData();
  private isOver = false;
  private hasLoss = false;

  constructor(
    reading: TlsReading,
    private readonly taker: SessionTaker,
  ) {
    this.keys = new SessionKeys(reading, this.lanes);
    this.messages = new SessionMessages(this.keys, {
      ready: () => this.unblock(),
      unsupported: () => this.fail('unsupported-cipher'),
      early: (isAccepted) => this.settleEarly(isAccepted),
    });
    this.search = new SessionSearch(this.keys, {
      hello: (lane, { bytes, at, end }) => this.messages.handshake(lane, bytes, at + RECORD_HEADER, end),
      found: (lane, record, sealed, time) => this.found(lane, record, sealed, time),
      data: (side, bytes, start, end, time) => this.data(side, bytes, start, end, time),
      failed: (lane, reason) => this.giveUp(lane, reason),
    });
  }

  data(side: Side, bytes: Uint8Array, start: number, end: number, time: number): void {
    const lane = this.lanes[side];
    let at = start;
    while (at < end && !this.isOver) {
      if (lane.mode === 'records') at = this.cut(lane, bytes, at, end, time);
      else if (lane.mode === 'skip') at = lane.skipOver(at, end);
      else {
        if (lane.mode === 'search') this.search.push(lane, bytes, at, end, time);
        else if (lane.mode === 'dead') lane.lost += end - at;
        else this.hold(lane, bytes, at, end, time);
        return;
      }
    }
  }

  /** `length` bytes that `side` sent were not captured. */
  gap(side: Side, length: number, time: number): void {
    if (this.isOver) return;
    this.hasLoss = true;
    const lane = this.lanes[side];
    if (lane.mode === 'blocked') lane.blockGap(length, time);
    else {
      if (lane.mode === 'records' && !lane.isSealed) this.messages.partialHello(lane);
      this.search.gap(lane, length);
    }
    this.unblock();
  }

  /** No byte will follow. */
  end(): void {
    if (this.isOver) return;
    this.unblock(true);
    if (this.isOver) return;
    this.early.take();
    for (const lane of this.lanes) if (lane.opened > 0) this.tellLoss(lane, NaN);
    if (this.keys.hellos.decrypted) return;
    this.fail(this.lanes.some(({ lost, isJoined }) => lost > 0 || isJoined) ? 'joined-late' : 'no-data');
  }

  private cut(lane: TlsLane, bytes: Uint8Array, start: number, end: number, time: number): number {
    const at = lane.buffer.cut(bytes, start, end, (record, from, to) => this.record(lane, record, from, to, time));
    if (at < end && lane.mode === 'records' && !this.isOver) {
      if (lane.buffer.length === 0 && isRecordHeader(bytes, at)) return at;
      // No record begins here: what was sent is none, or bytes are missing without a report.
      const held = lane.buffer.held.slice();
      lane.buffer.drop();
      this.hasLoss = true;
      this.search.begin(lane);
      this.search.push(lane, held, 0, held.length, time);
    }
    return at;
  }

  /** False: what follows is not read as a record at once. */
  private record(lane: TlsLane, bytes: Uint8Array, at: number, end: number, time: number): boolean {
    const type = bytes[at]!;
    const isFirst = !lane.isBegun;
    lane.isBegun = true;
    const { isTls13 } = this.keys.hellos;
    const start = at + RECORD_HEADER;
    if (lane.isSealed && (!isTls13 || type === CONTENT.applicationData)) this.sealed(lane, bytes, at, end, time);
    else if (type === CONTENT.handshake) this.messages.handshake(lane, bytes, start, end);
    else if (type === CONTENT.alert) this.messages.alert(lane, bytes, start, end);
    else if (type === CONTENT.applicationData && isFirst) this.join(lane, bytes, at, end, time);
    else if (type === CONTENT.applicationData || !isTls13) this.needKeys(lane, bytes, at, end, time);
    return lane.mode === 'records' && !this.isOver;
  }

  /** From this record on, everything is sealed (TLS 1.0 to 1.2: after ChangeCipherSpec). */
  private needKeys(lane: TlsLane, bytes: Uint8Array, at: number, end: number, time: number): void {
    if (bytes[at] === CONTENT.changeCipherSpec) this.changeCipher(lane, bytes, at, end, time);
    else if (this.keys.isPaired(lane)) this.giveUp(lane, 'no-keys');
    else if (lane.isHopeless) this.join(lane, bytes, at, end, time);
    else this.wait(lane, bytes, at, end, time);
  }

  private changeCipher(lane: TlsLane, bytes: Uint8Array, at: number, end: number, time: number): void {
    if (!this.keys.isPaired(lane) && !lane.isHopeless) {
      // It will be opened once more.
      if (lane.isSealed) lane.sequence--;
      return this.wait(lane, bytes, at, end, time);
    }
    const opener = this.keys.legacyOpener(lane);
    if (opener === undefined && this.keys.isPaired(lane)) return this.giveUp(lane, 'no-keys');
    lane.isSealed = true;
    lane.messages.drop();
    lane.changes++;
    lane.use(opener, 0);
    if (opener === undefined) this.search.begin(lane);
  }

  private sealed(lane: TlsLane, bytes: Uint8Array, at: number, end: number, time: number): void {
    const record = lane.open(bytes, at, end);
    if (record !== undefined) return this.opened(lane, record, bytes, at, end, time);
    if (this.keys.mayBeEarly(lane)) {
      if (this.keys.hellos.acceptsEarly !== false) lane.pass(end - at);
      return;
    }
    const isUnproven = lane.opened === 0 && !this.hasLoss;
    if (isUnproven || !this.keys.hellos.isTls13) {
      if (this.keys.tryOthers(lane, { bytes, at, end })) return this.sealed(lane, bytes, at, end, time);
    }
    if (isUnproven) {
      if (lane.opener !== undefined) return this.fail('wrong-keys');
      if (!lane.hasOpeners) return this.giveUp(lane, this.keys.reasonWithout());
    }
    lane.pass(end - at);
  }

  /** `record` is what the bytes from `at` to `end` hold. */
  private opened(lane: TlsLane, record: OpenedRecord, sealed: Uint8Array, at: number, to: number, time: number): void {
    const { hellos } = this.keys;
    lane.opened++;
    hellos.decrypted = true;
    const { type, bytes, start, end } = record;
    if (type === CONTENT.applicationData) this.content(lane, record, time);
    else if (type === CONTENT.handshake) this.messages.handshake(lane, bytes, start, end);
    else if (type === CONTENT.alert) this.messages.alert(lane, bytes, start, end);
    else if (type === CONTENT.changeCipherSpec && !hellos.isTls13) this.changeCipher(lane, sealed, at, to, time);
  }

  private content(lane: TlsLane, record: OpenedRecord, time: number): void {
    if (this.keys.isEarly(lane)) {
      const { acceptsEarly } = this.keys.hellos;
      if (acceptsEarly === undefined) this.early.keep(lane.side, record, time);
      if (acceptsEarly !== true) return;
    }
    this.tellLoss(lane, time);
    const { bytes, start, end } = record;
    if (end > start) this.taker.plain(lane.side, bytes, start, end, time);
  }

  private settleEarly(isAccepted: boolean): void {
    const { hellos } = this.keys;
    hellos.acceptsEarly ??= isAccepted;
    const { contents, left } = this.early.take();
    if (!hellos.acceptsEarly) return;
    for (const { bytes, side, time } of contents) this.taker.plain(side, bytes, 0, bytes.length, time);
    const last = contents.at(-1);
    if (left > 0 && last !== undefined) this.taker.lost(last.side, left, false, last.time);
  }

  /** What is lost of the content before the record that comes now, or the end. */
  private tellLoss(lane: TlsLane, time: number): void {
    const loss = lane.takeLoss();
    if (loss !== undefined) this.taker.lost(lane.side, loss.length, loss.isAbout, time);
  }

  /** The direction begins in the midst of a session. */
  private join(lane: TlsLane, bytes: Uint8Array, at: number, end: number, time: number): void {
    lane.isJoined = true;
    this.hasLoss = true;
    this.search.begin(lane);
    this.search.push(lane, bytes, at, end, time);
    this.unblock();
  }

  private found(lane: TlsLane, record: OpenedRecord, { bytes, at, end }: TriedRecord, time: number): void {
    this.opened(lane, record, bytes, at, end, time);
    lane.isJoined = false;
    for (const other of this.lanes) {
      if (!other.isBegun && other.isJoined && other.mode === 'records') this.search.begin(other);
    }
    this.unblock();
  }

  private wait(lane: TlsLane, bytes: Uint8Array, at: number, end: number, time: number): void {
    lane.block(bytes, at, end, time);
    this.unblock();
  }

  private hold(lane: TlsLane, bytes: Uint8Array, start: number, end: number, time: number): void {
    lane.block(bytes, start, end, time);
    if (lane.isOverfull) this.unblock();
  }

  /** Directions go on that waited for a hello which has come, or will not. */
  private unblock(isEnd = false): void {
    for (const lane of this.lanes) {
      if (lane.mode !== 'blocked' || this.isOver) continue;
      const other = this.lanes[otherSide(lane.side)];
      const isKnown = this.keys.isPaired(lane);
      const isHopeless = isEnd || lane.isOverfull || other.isPast(lane.changes);
      if (!isKnown && !isHopeless) continue;
      lane.isHopeless = !isKnown;
      lane.mode = 'records';
      for (const piece of lane.takeBlocked()) {
        if ('gap' in piece) this.gap(lane.side, piece.gap, piece.time);
        else this.data(lane.side, piece.bytes, 0, piece.bytes.length, piece.time);
      }
      lane.isHopeless = false;
    }
  }

  /** Nothing more of this direction can be read. */
  private giveUp(lane: TlsLane, reason: TlsReason): void {
    lane.mode = 'dead';
    lane.search = undefined;
    this.keys.hellos.reason ??= reason;
    if (this.lanes.every(({ mode }) => mode === 'dead')) this.fail(reason);
  }

  private fail(reason: TlsReason): void {
    const { hellos } = this.keys;
    hellos.reason ??= reason;
    if (this.isOver || hellos.decrypted) return;
    this.isOver = true;
    this.taker.failed(hellos.reason);
  }
}
