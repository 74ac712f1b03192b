import { otherSide, type Side } from '../bytes/stream-taker.js';
import {
  HANDSHAKE,
  readClientHello,
  readEncryptedExtensions,
  readServerHello,
  ticketOf,
} from './handshake-messages.js';
import { isRecordHeader } from './record-buffer.js';
import { CONTENT, RECORD_HEADER, type OpenedRecord } from './record-opener.js';
import { RecordSearch } from './record-search.js';
import { SessionKeys, type TlsReading } from './session-keys.js';
import { alertName, isFatalAlert, type TlsReason } from './tls-facts.js';
import { TlsLane } from './tls-lane.js';

/** Takes what a session carries. */
export interface SessionTaker {
  plain(side: Side, bytes: Uint8Array, start: number, end: number, time: number): void;
  /** Content was lost: `length` bytes; `isAbout`: they are an estimate. */
  lost(side: Side, length: number, isAbout: boolean, time: number): void;
  /** Nothing of it can be read: no call follows. */
  failed(reason: TlsReason): void;
}

/** Bytes of a direction that wait for a hello. */
const MOST_BLOCKED = 64 * 1024;

/**
 * One TLS session, of both directions: what its records carry, as far as the secrets of a key log open them. Only what
 * a tag or a MAC proves is handed on. Never throws on any input.
 */
export class TlsSession {
  readonly keys: SessionKeys;
  private isOver = false;
  private readonly lanes = [new TlsLane(0), new TlsLane(1)] as const;
  /** Early data that the server may still refuse. */
  private early: { readonly record: OpenedRecord; readonly side: Side; readonly time: number }[] = [];
  private hasLoss = false;

  constructor(
    private readonly reading: TlsReading,
    private readonly taker: SessionTaker,
  ) {
    this.keys = new SessionKeys(reading, this.lanes);
  }

  data(side: Side, bytes: Uint8Array, start: number, end: number, time: number): void {
    const lane = this.lanes[side];
    let at = start;
    while (at < end && !this.isOver) {
      if (lane.mode === 'records') at = this.cut(lane, bytes, at, end, time);
      else if (lane.mode === 'skip') at = lane.skipOver(at, end);
      else {
        if (lane.mode === 'search') this.searchOn(lane, bytes, at, end, time);
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
    if (lane.mode === 'blocked') lane.blocked.push({ gap: length, time });
    else {
      lane.lost += length;
      if (lane.mode === 'search') lane.search!.drop();
      else if (lane.mode === 'skip') this.loseSkipped(lane, length);
      else if (lane.mode === 'records') this.lose(lane, length);
    }
    this.unblock();
  }

  /** No byte will follow. */
  end(): void {
    if (this.isOver) return;
    this.unblock(true);
    if (this.isOver) return;
    this.early = [];
    for (const lane of this.lanes) if (lane.opened > 0) this.tellLoss(lane, NaN);
    const { hellos } = this.keys;
    if (hellos.decrypted) return;
    this.fail(this.lanes.some(({ lost, isJoined }) => lost > 0 || isJoined) ? 'joined-late' : 'no-data');
  }

  private fail(reason: TlsReason): void {
    const { hellos } = this.keys;
    hellos.reason ??= reason;
    if (this.isOver || hellos.decrypted) return;
    this.isOver = true;
    this.taker.failed(hellos.reason);
  }

  /** Nothing more of this direction can be read. */
  private giveUp(lane: TlsLane, reason: TlsReason): void {
    lane.mode = 'dead';
    lane.search = undefined;
    this.keys.hellos.reason ??= reason;
    if (this.lanes.every(({ mode }) => mode === 'dead')) this.fail(reason);
  }

  private cut(lane: TlsLane, bytes: Uint8Array, start: number, end: number, time: number): number {
    const at = lane.buffer.cut(bytes, start, end, (record, from, to) => this.record(lane, record, from, to, time));
    if (at < end && lane.mode === 'records' && !this.isOver) {
      if (lane.buffer.length === 0 && isRecordHeader(bytes, at)) return at;
      // No record begins here: what was sent is none, or bytes are missing without a report.
      const held = lane.buffer.held.slice();
      lane.buffer.drop();
      this.hasLoss = true;
      this.beginSearch(lane);
      this.searchOn(lane, held, 0, held.length, time);
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
    else if (type === CONTENT.handshake) this.handshake(lane, bytes, start, end);
    else if (type === CONTENT.alert) this.alert(lane, bytes, start, end);
    else if (type === CONTENT.applicationData && isFirst) this.join(lane, bytes, at, end, time);
    else if (type === CONTENT.applicationData || !isTls13) this.needKeys(lane, bytes, at, end, time);
    return lane.mode === 'records' && !this.isOver;
  }

  /** The direction begins in the midst of a session. */
  private join(lane: TlsLane, bytes: Uint8Array, at: number, end: number, time: number): void {
    lane.isJoined = true;
    this.hasLoss = true;
    this.beginSearch(lane);
    this.searchOn(lane, bytes, at, end, time);
    this.unblock();
  }

  /** From this record on, everything is sealed (TLS 1.0 to 1.2: after ChangeCipherSpec). */
  private needKeys(lane: TlsLane, bytes: Uint8Array, at: number, end: number, time: number): void {
    if (bytes[at] === CONTENT.changeCipherSpec) this.changeCipher(lane, bytes, at, end, time);
    else if (this.keys.isPaired(lane)) this.giveUp(lane, 'no-keys');
    else if (lane.isHopeless) this.join(lane, bytes, at, end, time);
    else this.wait(lane, bytes, at, end, time);
  }

  private wait(lane: TlsLane, bytes: Uint8Array, at: number, end: number, time: number): void {
    lane.block(bytes, at, end, time);
    this.unblock();
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
    if (opener === undefined) this.beginSearch(lane);
  }

  private sealed(lane: TlsLane, bytes: Uint8Array, at: number, end: number, time: number): void {
    const record = lane.open(bytes, at, end);
    if (record !== undefined) return this.opened(lane, record, time, { bytes, at, end });
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

  private opened(
    lane: TlsLane,
    record: OpenedRecord,
    time: number,
    sealed: { readonly bytes: Uint8Array; readonly at: number; readonly end: number },
  ): void {
    const { hellos } = this.keys;
    lane.opened++;
    hellos.decrypted = true;
    const { type, bytes, start, end } = record;
    if (type === CONTENT.applicationData) this.content(lane, record, time);
    else if (type === CONTENT.handshake) this.handshake(lane, bytes, start, end);
    else if (type === CONTENT.alert) this.alert(lane, bytes, start, end);
    else if (type === CONTENT.changeCipherSpec && !hellos.isTls13) {
      this.changeCipher(lane, sealed.bytes, sealed.at, sealed.end, time);
    }
  }

  private content(lane: TlsLane, record: OpenedRecord, time: number): void {
    if (this.keys.isEarly(lane)) {
      const { acceptsEarly } = this.keys.hellos;
      if (acceptsEarly === undefined) this.early.push({ record: copied(record), side: lane.side, time });
      if (acceptsEarly !== true) return;
    }
    this.tellLoss(lane, time);
    const { bytes, start, end } = record;
    if (end > start) this.taker.plain(lane.side, bytes, start, end, time);
  }

  /** The server has said what becomes of early data. */
  private settleEarly(isAccepted: boolean): void {
    const { hellos } = this.keys;
    hellos.acceptsEarly ??= isAccepted;
    const { early } = this;
    this.early = [];
    if (!hellos.acceptsEarly) return;
    for (const { record, side, time } of early) this.taker.plain(side, record.bytes, 0, record.end, time);
  }

  /** What is lost of the content before the record that comes now, or the end. */
  private tellLoss(lane: TlsLane, time: number): void {
    const { lost, lostRecords, opener, isJoined, hasChangedKeys } = lane;
    lane.forgetLoss();
    if (lost === 0 || isJoined) return;
    const overhead = (RECORD_HEADER + (opener?.overhead ?? 0)) * Math.max(1, lostRecords);
    const isAbout = hasChangedKeys || opener?.isExact !== true || lostRecords === 0;
    this.taker.lost(lane.side, Math.max(0, lost - overhead), isAbout, time);
  }

  private alert(lane: TlsLane, bytes: Uint8Array, start: number, end: number): void {
    if (end - start !== 2) return;
    const [level, description] = [bytes[start]!, bytes[start + 1]!];
    if (description === 0) return;
    const isFatal = isFatalAlert(level, description);
    this.keys.hellos.alert({ by: this.keys.roleOf(lane) ?? 'unknown', isFatal, name: alertName(description) });
  }

  private handshake(lane: TlsLane, bytes: Uint8Array, start: number, end: number): void {
    lane.messages.push(bytes, start, end, (type, message) => this.message(lane, type, message));
  }

  private message(lane: TlsLane, type: number, message: Uint8Array): void {
    const { keys } = this;
    const { hellos } = keys;
    const role = keys.roleOf(lane);
    if (type === HANDSHAKE.clientHello) this.clientHello(lane, message);
    else if (type === HANDSHAKE.serverHello) this.serverHello(lane, message);
    else if (type === HANDSHAKE.certificate && role === 'server') hellos.takeCertificate(message);
    else if (type === HANDSHAKE.newSessionTicket && !hellos.isTls13) keys.rememberTicket(ticketOf(message));
    else if (hellos.isTls13 && lane.isSealed) this.sealedMessage(lane, type, message);
  }

  /** Those of TLS 1.3 that change keys, or say what becomes of early data. */
  private sealedMessage(lane: TlsLane, type: number, message: Uint8Array): void {
    const { keys } = this;
    if (type === HANDSHAKE.encryptedExtensions && keys.roleOf(lane) === 'server') {
      const { alpn, acceptsEarlyData } = readEncryptedExtensions(message);
      if (alpn !== undefined) keys.hellos.alpn = alpn;
      this.settleEarly(acceptsEarlyData);
    } else if (type === HANDSHAKE.endOfEarlyData && keys.isEarly(lane)) {
      this.settleEarly(true);
      lane.advance();
    } else if (type === HANDSHAKE.finished && lane.next.length === 1) lane.advance();
    else if (type === HANDSHAKE.keyUpdate && lane.next.length === 0) lane.update();
  }

  private clientHello(lane: TlsLane, message: Uint8Array): void {
    const { keys } = this;
    const hello = readClientHello(message);
    if (hello === undefined || (keys.hellos.isTls13 && lane.isSealed) || keys.roleOf(lane) === 'server') return;
    this.established(keys.takeClient(hello, lane));
  }

  private serverHello(lane: TlsLane, message: Uint8Array): void {
    const { keys } = this;
    const hello = readServerHello(message);
    if (hello === undefined || (keys.hellos.isTls13 && lane.isSealed) || keys.roleOf(lane) === 'client') return;
    this.established(keys.takeServer(hello, lane));
  }

  private established(what: 'ready' | 'waiting' | 'unsupported'): void {
    if (what === 'unsupported') this.fail('unsupported-cipher');
    else if (what === 'ready') this.unblock();
  }

  private hold(lane: TlsLane, bytes: Uint8Array, start: number, end: number, time: number): void {
    lane.block(bytes, start, end, time);
    if (lane.blockedLength > MOST_BLOCKED) this.unblock();
  }

  /** Directions go on that waited for a hello which has come, or will not. */
  private unblock(isEnd = false): void {
    for (const lane of this.lanes) {
      if (lane.mode !== 'blocked' || this.isOver) continue;
      const other = this.lanes[otherSide(lane.side)];
      const isKnown = this.keys.isPaired(lane);
      const isHopeless = isEnd || lane.blockedLength > MOST_BLOCKED || other.isPast(lane.changes);
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

  private beginSearch(lane: TlsLane): void {
    lane.mode = 'search';
    lane.search = new RecordSearch((bytes, at, end, passed, time) => this.prove(lane, bytes, at, end, passed, time));
  }

  private searchOn(lane: TlsLane, bytes: Uint8Array, start: number, end: number, time: number): void {
    const rest = lane.search?.push(bytes, start, end, time) ?? [];
    for (const piece of rest) this.data(lane.side, piece.bytes, piece.start, piece.end, piece.time);
  }

  private prove(lane: TlsLane, bytes: Uint8Array, at: number, end: number, passed: number, time: number): boolean {
    if (lane.mode !== 'search') return false;
    const record = this.keys.prove(lane, { bytes, at, end }, passed);
    if (record === undefined) {
      if (this.keys.isExhausted(lane)) this.giveUp(lane, lane.isJoined ? 'joined-late' : this.keys.reasonWithout());
      return false;
    }
    if (lane.lost > 0) lane.lost += passed;
    lane.mode = 'records';
    lane.search = undefined;
    this.opened(lane, record, time, { bytes, at, end });
    lane.isJoined = false;
    for (const other of this.lanes) {
      if (!other.isBegun && other.isJoined && other.mode === 'records') this.beginSearch(other);
    }
    this.unblock();
    return true;
  }

  /** A hole begins within what was read as records. */
  private lose(lane: TlsLane, length: number): void {
    const { buffer } = lane;
    const { missing } = buffer;
    if (!lane.isSealed) this.partialHello(lane);
    lane.messages.drop();
    lane.lost += buffer.length;
    const rest = missing === undefined || !isRecordHeader(buffer.held, 0) ? 0 : missing - length;
    buffer.drop();
    if (rest > 0) {
      lane.mode = 'skip';
      lane.skip = rest;
    } else this.beginSearch(lane);
  }

  /** A hole in a record that is passed by. */
  private loseSkipped(lane: TlsLane, length: number): void {
    if (length < lane.skip) lane.skip -= length;
    else this.beginSearch(lane);
  }

  /** A hello of which the end is missing: its random is at its beginning. */
  private partialHello(lane: TlsLane): void {
    const { buffer, messages } = lane;
    const isHandshake = buffer.length > RECORD_HEADER && buffer.held[0] === CONTENT.handshake;
    if (isHandshake) messages.push(buffer.held, RECORD_HEADER, buffer.length, () => undefined);
    const message = messages.partial.slice();
    if (message[0] === HANDSHAKE.clientHello) this.clientHello(lane, message);
    else if (message[0] === HANDSHAKE.serverHello) this.serverHello(lane, message);
  }
}

function copied({ type, bytes, start, end }: OpenedRecord): OpenedRecord {
  return { type, bytes: bytes.slice(start, end), start: 0, end: end - start };
}
