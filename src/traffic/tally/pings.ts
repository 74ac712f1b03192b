import type { PingSummary } from './summary.js';

/** Pings that wait for their pong. An older one is given up as unanswered. */
const MOST_WAITING = 64;
/** Bytes by which they are distinguished: all that a control frame may have (RFC 6455 §5.5). */
const MOST_BYTES = 125;
/** Pongs that are kept without a ping: the ping may wait after a hole in its direction, and be reported later. */
const MOST_EARLY = 8;
/** Round-trip times kept for the median. */
const MOST_SAMPLES = 1024;

const EMPTY = new Uint8Array(0);

interface WaitingPing {
  /** A copy of the payload, in memory that is used again. */
  bytes: Uint8Array;
  length: number;
  time: number;
}

/**
 * Pings of one direction and the pongs of the other one. A pong answers a ping of the same payload, and by it the peer
 * may pass the older ones by (RFC 6455 §5.5.3). Most programs send the same payload again and again: where several of
 * those wait, pongs are held until the next ping, and as many of the latest as pongs came are answered, in their order.
 */
export class RoundTrips {
  private answered = 0;
  private skipped = 0;
  private givenUp = 0;
  private readonly samples = new Samples();
  /** A ring: `size` entries from `head` on, the oldest first. */
  private readonly ring: (WaitingPing | undefined)[] = [];
  private head = 0;
  private size = 0;
  /** Times of the pongs that are held, all for the ping at `target` or equal ones. */
  private readonly pongs: number[] = [];
  private target = -1;
  private readonly early: { readonly payload: Uint8Array; readonly time: number }[] = [];
  private pinged = false;

  ping(body: Uint8Array, time: number): void {
    this.pinged = true;
    this.settle();
    const payload = body.subarray(0, MOST_BYTES);
    if (this.early.length > 0 && this.isAnswered(payload, time)) return;
    if (this.size === MOST_WAITING) {
      this.givenUp++;
      this.drop(1);
    }
    const entry = (this.ring[(this.head + this.size) % MOST_WAITING] ??= { bytes: EMPTY, length: 0, time });
    // Not `slice`: a Buffer's shares the memory, which is soon written over.
    if (entry.bytes.length < payload.length) entry.bytes = new Uint8Array(payload);
    else entry.bytes.set(payload);
    entry.length = payload.length;
    entry.time = time;
    this.size++;
  }

  /** Gives the round-trip time, where one ping alone can be meant and both times are known. */
  pong(body: Uint8Array, time: number): number | undefined {
    const payload = body.subarray(0, MOST_BYTES);
    let at = this.find(payload);
    if (this.pongs.length > 0 && at !== this.target) {
      this.settle();
      at = this.find(payload);
    }
    // A pong that answers nothing is allowed (RFC 6455 §5.5.3).
    if (at < 0) {
      this.keepEarly(payload, time);
      return undefined;
    }
    const alike = this.alike(at);
    if (this.pongs.length >= alike) return undefined;
    this.target = at;
    this.pongs.push(time);
    const seconds = Math.max(0, time - this.waiting(at).time);
    return alike > 1 || Number.isNaN(seconds) ? undefined : seconds;
  }

  /** Undefined: there were no pings. */
  summary(): PingSummary | undefined {
    if (!this.pinged) return undefined;
    this.settle();
    const times = this.samples.summary();
    const unanswered = this.givenUp + this.size;
    return { answered: this.answered, skipped: this.skipped, unanswered, ...(times && { times }) };
  }

  private keepEarly(payload: Uint8Array, time: number): void {
    if (this.early.length === MOST_EARLY) this.early.shift();
    this.early.push({ payload: new Uint8Array(payload), time });
  }

  /** Was the ping reported after its pong? */
  private isAnswered(payload: Uint8Array, time: number): boolean {
    const isFor = (pong: Uint8Array): boolean => isSame({ bytes: pong, length: pong.length }, payload);
    const at = this.early.findIndex((pong) => pong.time > time && isFor(pong.payload));
    if (at < 0) return false;
    this.answered++;
    this.samples.add(this.early[at]!.time - time);
    this.early.splice(0, at + 1);
    return true;
  }

  /** Pairs the pongs that are held with pings. */
  private settle(): void {
    const { pongs, target } = this;
    if (pongs.length === 0) return;
    const { bytes, length } = this.waiting(target);
    const payload = bytes.subarray(0, length);
    this.answered += pongs.length;
    this.skipped += target + 1 - pongs.length;
    for (let at = target; pongs.length > 0; at--) {
      if (isSame(this.waiting(at), payload)) this.samples.add(pongs.pop()! - this.waiting(at).time);
    }
    this.drop(target + 1);
  }

  private waiting(at: number): WaitingPing {
    return this.ring[(this.head + at) % MOST_WAITING]!;
  }

  /** The latest that waits for this payload; -1 if there is none. */
  private find(payload: Uint8Array): number {
    for (let at = this.size - 1; at >= 0; at--) if (isSame(this.waiting(at), payload)) return at;
    return -1;
  }

  /** How many wait with the payload of that one, itself and older ones. */
  private alike(at: number): number {
    const { bytes, length } = this.waiting(at);
    const payload = bytes.subarray(0, length);
    let count = 0;
    for (let older = at; older >= 0; older--) if (isSame(this.waiting(older), payload)) count++;
    return count;
  }

  private drop(count: number): void {
    this.head = (this.head + count) % MOST_WAITING;
    this.size -= count;
  }
}

function isSame({ bytes, length }: Pick<WaitingPing, 'bytes' | 'length'>, payload: Uint8Array): boolean {
  if (length !== payload.length) return false;
  for (let i = 0; i < length; i++) if (bytes[i] !== payload[i]) return false;
  return true;
}

/** Least, greatest and, of evenly spread ones, the median of any number of values. */
class Samples {
  private min = Infinity;
  private max = -Infinity;
  private seen = 0;
  /** Of how many values one is kept. */
  private step = 1;
  private kept: number[] = [];

  /** NaN, where a time is not known, is left out. Clocks of captures may run backwards: no time is below 0. */
  add(value: number): void {
    if (Number.isNaN(value)) return;
    const sample = Math.max(0, value);
    this.min = Math.min(this.min, sample);
    this.max = Math.max(this.max, sample);
    if (this.seen++ % this.step !== 0) return;
    if (this.kept.length === MOST_SAMPLES) {
      this.kept = this.kept.filter((_, index) => index % 2 === 0);
      this.step *= 2;
    }
    this.kept.push(sample);
  }

  summary(): PingSummary['times'] {
    if (this.seen === 0) return undefined;
    const sorted = this.kept.slice().sort((a, b) => a - b);
    const middle = sorted.length / 2;
    const median = (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
    return { min: this.min, median, max: this.max };
  }
}
