import { Acknowledgment, isLate, WINDOW } from './acknowledgment.js';
import { HeldSegments } from './held-segments.js';
import type { SegmentPayload } from './held-segments.js';
import type { Reassembly } from './reassembly-limits.js';
import type { Side, StreamTaker } from '../../codec/bytes/stream-taker.js';

/** A capture that starts in mid-stream: how far after an acknowledgment its first bytes may be. */
const LEAD = 2 ** 20;
/** What all streams have in common as long as nothing happened: there are many connections without any data (port scans). */
const NOTHING_HELD = new HeldSegments();
const NEVER_ACKNOWLEDGED = new Acknowledgment();

/**
 * One direction of a connection: segments in any order, their bytes in order (RFC 9293 §3.4, §3.10.7.4).
 * Sequence numbers are signed 32-bit; only their differences (`| 0`) mean something, so that wrapping needs no care.
 */
export class Stream {
  /** Undefined: it is not read. */
  sink: StreamTaker | undefined;
  /** The sequence number that is next, once `based`. */
  next = 0;
  /** Bytes of the stream before it. */
  offset = 0;
  /** It is known where the stream (or what was captured of it) begins. */
  based = false;
  /** FIN was seen, and the stream has come to it. */
  finSeen = false;
  finished = false;
  private finAt = 0;
  private finTime = NaN;
  private finPacket = 0;
  private readonly side: Side;
  private readonly shared: Reassembly;
  private held = NOTHING_HELD;
  /** Their cost as `shared` counts it. */
  private reported = 0;
  private ack = NEVER_ACKNOWLEDGED;
  /** Where a stray segment ended. */
  private strayed = false;
  private strayEnd = 0;

  constructor(side: Side, shared: Reassembly) {
    this.side = side;
    this.shared = shared;
  }

  /** Something waits for the bytes before it. */
  get pending(): boolean {
    return this.held.count > 0 || (this.finSeen && !this.finished);
  }

  /** The stream begins at that sequence number; without effect where that is known already. */
  begin(sequence: number): void {
    if (this.based) return;
    this.based = true;
    this.next = sequence;
    // What came before the beginning was known may be anywhere. Half the numbers away it would be neither before nor after.
    const far = this.held.keepWithin(sequence, WINDOW);
    this.shared.stray += far;
    if (far > 0) this.report();
    this.drain(NaN);
  }

  /** A segment with at least one byte of payload on the wire. */
  accept(piece: SegmentPayload): void {
    if (!this.based) this.acceptFirst(piece);
    else if (piece.sequence !== this.next || this.held.count > 0 || this.finSeen) this.acceptElsewhere(piece);
    else this.deliver(piece.bytes, piece.start, piece.end, piece.length, piece.time);
  }

  /** The other side has all bytes before `ack`. */
  acknowledge(ack: number, time: number, packet: number): void {
    if (this.based && ((ack - this.next) | 0) > WINDOW) return;
    if (this.ack === NEVER_ACKNOWLEDGED) this.ack = new Acknowledgment();
    this.ack.raise(ack, this.offset);
    if (this.based) this.ack.compare(this.next, time, packet);
    else if (this.held.count > 0) this.settle(ack);
  }

  /** FIN, which takes the sequence number after the last byte. */
  fin(sequence: number, time: number, packet: number): void {
    if (this.finSeen) return;
    this.settle(sequence);
    const distance = (sequence - this.next) | 0;
    if (distance < 0 || distance > WINDOW) return;
    this.finSeen = true;
    this.finAt = sequence;
    this.finTime = time;
    this.finPacket = packet;
    this.held.clip(sequence);
    this.report();
    this.drain(time);
  }

  /** Gives up holes that have been waited for long enough. `closing`: both sides have sent their FIN, nothing new will come. */
  giveUp(time: number, packet: number, closing: boolean): void {
    this.ack.expire(this.offset);
    while (this.pending && this.isOverdue(time, packet, closing)) this.skipHole(time);
  }

  /** No more packets: hands on what waits, with the holes before it, and names what was acknowledged and never seen. */
  flush(time: number): void {
    while (this.pending && this.sink !== undefined) this.skipHole(time);
    this.ack.expire(this.offset);
    const unseen = this.based && !this.finished ? this.ack.beyond(this.next) : 0;
    if (unseen > 0 && unseen <= WINDOW) this.lose(unseen, time);
  }

  /** From now on nothing is handed on or kept. */
  detach(): void {
    this.sink = undefined;
    this.held.clear();
    this.report();
  }

  /** Gives up the first hole, overdue or not: what follows it is handed on. */
  skipHole(time: number): void {
    if (!this.based) return this.settle(this.finAt);
    const target = this.held.first?.sequence ?? this.finAt;
    const hole = (target - this.next) | 0;
    if (hole > 0) this.lose(hole, time);
    this.drain(time);
  }

  private deliver(bytes: Uint8Array, start: number, end: number, length: number, time: number): void {
    const captured = end - start;
    this.next = (this.next + captured) | 0;
    this.offset += captured;
    this.shared.deliveredBytes += captured;
    if (captured > 0) this.sink?.data(this.side, bytes, start, end, time);
    if (length > captured) this.lose(length - captured, time);
  }

  private lose(length: number, time: number): void {
    this.next = (this.next + length) | 0;
    this.offset += length;
    this.shared.lostBytes += length;
    this.sink?.gap(this.side, length, time);
  }

  /** The first bytes of a stream without a SYN: they are held until the next packet shows whether earlier ones were overtaken. */
  private acceptFirst(piece: SegmentPayload): void {
    // RFC 9293 §3.8.4: a keep-alive probe repeats a byte that the other side has.
    if (piece.length === 1 && this.ack.beyond(piece.sequence) > 0) return this.repeat(1);
    const isSecond = this.held.count > 0;
    this.hold(piece);
    if (isSecond) this.settle(piece.sequence);
  }

  /** Where a stream without a SYN begins: with the first bytes that were seen, or where an acknowledgment says that earlier ones were missed. */
  private settle(otherwise: number): void {
    if (this.based) return;
    const first = this.held.first?.sequence ?? otherwise;
    const lead = -this.ack.beyond(first);
    this.begin(lead > 0 && lead <= LEAD ? this.ack.value : first);
  }

  /** Not the segment that is next: older, newer, or overlapping; or the stream is near its end. */
  private acceptElsewhere(piece: SegmentPayload): void {
    const { sequence, bytes, start, end, length, time } = piece;
    const behind = (this.next - sequence) | 0;
    if (behind > WINDOW || behind < -WINDOW) return this.acceptStray(piece);
    const beyond = this.finSeen ? Math.max(0, (sequence + length - this.finAt) | 0) : 0;
    const kept = length - beyond;
    if (kept <= 0 || behind >= kept) return this.repeat(length);
    const stop = Math.min(end, start + kept);
    if (behind < 0) return this.hold(beyond > 0 ? { ...piece, end: stop, length: kept } : piece);
    this.shared.duplicateBytes += behind;
    this.deliver(bytes, Math.min(start + behind, stop), stop, kept - behind, time);
    this.drain(time);
  }

  /** A sequence number out of every window is a stray one, or the capture paused for long: two that follow each other are not stray. */
  private acceptStray(piece: SegmentPayload): void {
    const { sequence, bytes, start, end, length, time } = piece;
    const isSecond = this.strayed && sequence === this.strayEnd;
    this.strayed = !isSecond;
    this.strayEnd = (sequence + length) | 0;
    this.shared.stray++;
    if (!isSecond || this.finSeen) return;
    while (this.held.count > 0) this.skipHole(time);
    this.lose((sequence - this.next) >>> 0, time);
    this.deliver(bytes, start, end, length, time);
  }

  private repeat(length: number): void {
    this.shared.duplicates++;
    this.shared.duplicateBytes += length;
  }

  private hold(piece: SegmentPayload): void {
    if (this.held === NOTHING_HELD) this.held = new HeldSegments();
    if (!this.held.add(piece)) return this.repeat(piece.length);
    this.report();
    this.shared.makeRoom(piece.time);
  }

  /** Reports to `shared` how much is held here. */
  private report(): void {
    this.shared.account(this, this.held.cost - this.reported, this.held.count > 0);
    this.reported = this.held.cost;
  }

  /** Hands on what is in order now. `time` is that of a FIN that was come to. */
  private drain(time: number): void {
    if (this.held.count > 0) {
      this.held.takeWhile((segment) => this.takeHeld(segment));
      this.report();
    }
    if (this.finSeen && !this.finished && ((this.next - this.finAt) | 0) >= 0) {
      this.finished = true;
      this.sink?.fin(this.side, time);
    }
  }

  /** False: bytes before it are missing. */
  private takeHeld({ sequence, bytes, start, end, length, time }: SegmentPayload): boolean {
    const behind = (this.next - sequence) | 0;
    if (behind < 0) return false;
    if (behind >= length) this.repeat(length);
    else {
      this.shared.duplicateBytes += behind;
      this.deliver(bytes, Math.min(start + behind, end), end, length - behind, time);
    }
    return true;
  }

  private isOverdue(time: number, packet: number, closing: boolean): boolean {
    const { limits } = this.shared;
    const { first, cost, count } = this.held;
    if (!this.based) return false;
    const sinceTime = first?.time ?? this.finTime;
    const sincePacket = first?.packet ?? this.finPacket;
    if (cost > limits.streamBytes || count > limits.streamSegments) return true;
    if (time - sinceTime > limits.patience) return true;
    if (!this.ack.covers(first?.sequence ?? this.finAt)) return false;
    return closing || isLate(limits, packet, time, sincePacket, sinceTime) || this.ack.isLate(limits, packet, time);
  }
}
