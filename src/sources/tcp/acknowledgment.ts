import type { ReassemblyLimits } from './reassembly-limits.js';

/** The largest window there is (RFC 7323 §2.3): what is further away is no part of the conversation. */
export const WINDOW = 2 ** 30;

/** Whether that many packets of the connection, or seconds, have passed since; false where times are unknown (NaN). */
export function isLate(
  limits: ReassemblyLimits,
  packet: number,
  time: number,
  sincePacket: number,
  sinceTime: number,
): boolean {
  return packet - sincePacket >= limits.latePackets || time - sinceTime > limits.lateSeconds;
}

/** What the other side of a stream has acknowledged. */
export class Acknowledgment {
  seen = false;
  /** The highest, as a sequence number. */
  value = 0;
  private offset = 0;
  /** It is ahead of what was captured, since that packet of the connection. */
  private ahead = false;
  private packet = 0;
  private time = NaN;

  /** Acknowledgments only rise. `offset` is the stream's position. */
  raise(value: number, offset: number): void {
    this.expire(offset);
    if (!this.seen || ((value - this.value) | 0) > 0) this.value = value;
    this.seen = true;
    this.offset = offset;
  }

  /** Once the stream has advanced by a window without acknowledgments, the last one has no meaning: sequence numbers wrap. */
  expire(offset: number): void {
    if (offset - this.offset > WINDOW) this.seen = false;
  }

  /** Whether it is ahead of `next`; notes the time when it first is. */
  compare(next: number, time: number, packet: number): void {
    const ahead = ((this.value - next) | 0) > 0;
    if (ahead === this.ahead) return;
    this.ahead = ahead;
    this.packet = packet;
    this.time = time;
  }

  /** The other side has everything before `sequence`. */
  covers(sequence: number): boolean {
    return this.seen && ((this.value - sequence) | 0) >= 0;
  }

  /** It has been ahead long enough: what it covers is lost, not late. */
  isLate(limits: ReassemblyLimits, packet: number, time: number): boolean {
    return this.ahead && isLate(limits, packet, time, this.packet, this.time);
  }

  /** How many bytes after `sequence` the other side has: negative where it lacks some before it. */
  beyond(sequence: number): number {
    return this.seen ? (this.value - sequence) | 0 : 0;
  }
}
