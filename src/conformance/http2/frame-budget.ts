import { HTTP2_TYPE, HTTP2_TYPES, type Http2Header } from '../../codec/http2/http2-frame.js';

/** Frames of a connection that carry no byte of a message, each kind by itself; more is a flood (RFC 9113 §10.5). */
const MOST = 10_000;
/** A WebSocket of many small messages has many of these. */
const MOST_WINDOWS = 1_000_000;

/** Counts the frames of a peer that cost much and carry nothing. */
export class FrameBudget {
  private readonly counts = new Map<number, number>();

  /** What floods, in words; undefined: nothing does. */
  flood({ type, length }: Http2Header): string | undefined {
    if (type === HTTP2_TYPE.data && length > 0) return undefined;
    const count = (this.counts.get(type) ?? 0) + 1;
    this.counts.set(type, count);
    if (count <= (type === HTTP2_TYPE.windowUpdate ? MOST_WINDOWS : MOST)) return undefined;
    const name = HTTP2_TYPES[type]?.name ?? `type ${type}`;
    return `more than ${count - 1} ${type === HTTP2_TYPE.data ? 'empty DATA' : name} frames came (a flood)`;
  }
}
