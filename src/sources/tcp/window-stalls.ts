import type { Side } from '../../codec/bytes/stream-taker.js';
import { ACK, FIN, SYN, type Segment } from './segment.js';

/** A probe may bring one byte that the receiver takes although its window is 0 (RFC 9293 §3.8.6.1). */
const PROBE = 1;

/** The window of one side since it was 0 for the first time. */
class SideWindow {
  isZero = false;
  /** Its window of 0 is none: it acknowledged bytes that did not fit. */
  isDisproved = false;
  private since = NaN;
  /** Of the newest segment. */
  private sequence = 0;
  private acknowledgment = 0;
  private isKnown = false;

  /** A segment of this side. Gives the seconds of a stall that it ends. */
  take({ window, sequence, acknowledgment }: Segment, time: number): number | undefined {
    const ahead = this.isKnown ? (acknowledgment - this.acknowledgment) | 0 : 0;
    // It was overtaken: a newer one has the window.
    if (ahead < 0 || (ahead === 0 && this.isKnown && ((sequence - this.sequence) | 0) < 0)) return undefined;
    this.isKnown = true;
    this.sequence = sequence;
    this.acknowledgment = acknowledgment;
    if (window !== 0) return this.open(time);
    if (!this.isZero) this.since = time;
    else if (ahead > PROBE) this.isDisproved = true;
    this.isZero = true;
    return undefined;
  }

  /** It is open, or the connection has ended. NaN where times are unknown. */
  open(time: number): number | undefined {
    if (!this.isZero) return undefined;
    this.isZero = false;
    return this.isDisproved ? undefined : Math.max(0, time - this.since);
  }
}

/**
 * The times for which the sides of a connection take no bytes: the window in their segments is 0, which no scale factor
 * changes (RFC 9293 §3.8.6, RFC 7323 §2.2). Made with the first such segment.
 */
export class WindowStalls {
  private readonly sides: readonly [SideWindow, SideWindow] = [new SideWindow(), new SideWindow()];
  /** Of the newest segment of either side. */
  private last = NaN;

  /** A segment that is no reset. Gives the seconds of a stall that it ends. */
  take(side: Side, segment: Segment, time: number): number | undefined {
    this.last = time;
    return mayStall(segment) || segment.window !== 0 ? this.sides[side].take(segment, time) : undefined;
  }

  /** The connection has ended, with a reset at `time` where that is known. Gives the seconds of the side's stall that is open. */
  end(side: Side, time = this.last): number | undefined {
    const seconds = this.sides[side].open(time);
    return seconds === 0 ? undefined : seconds;
  }
}

/** With a SYN and a FIN the window is of no use yet, or no more. */
export function mayStall({ window, flags }: Segment): boolean {
  return window === 0 && (flags & (SYN | FIN | ACK)) === ACK;
}
