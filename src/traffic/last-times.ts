import type { CloseReason, Side } from '../codec/bytes/stream-taker.js';

/** Durations are written in whole microseconds: what came with the end keeps its own time. Seconds. */
const SAME_TIME = 2e-6;

/** Times of the last bytes of each side of a stream, in seconds since the epoch; NaN where unknown. */
export class LastTimes {
  private readonly times: [number, number];

  /** `time`: of the stream's beginning. */
  constructor(time: number) {
    this.times = [time, time];
  }

  /** Bytes of `side` came; without a known time they have that of the bytes before. */
  at(side: Side, time: number): void {
    if (!Number.isNaN(time)) this.times[side] = time;
  }

  of(side: Side): number {
    return this.times[side];
  }

  /** The later of both. */
  get last(): number {
    const [a, b] = this.times;
    return Number.isNaN(b) || a > b ? a : b;
  }

  /** When the stream ended. Only a FIN and a reset are of it: for the other reasons `time` is that of something else. */
  endBy(reason: CloseReason, time: number): number {
    const { last } = this;
    const isOwn = (reason === 'fin' || reason === 'reset') && !Number.isNaN(time);
    return !isOwn || Math.abs(time - last) < SAME_TIME ? last : time;
  }
}
