import { TimedRoom, type TimedBytes } from '../bytes/timed-room.js';
import {
  DEFAULT_FRAME_SIZE,
  HTTP2_HEADER,
  HTTP2_TYPES,
  isLikelyHttp2,
  readHttp2Header,
  type Http2Header,
} from './http2-frame.js';

/** Bytes that are held: a chain of a few of the largest frames. */
const MOST_HELD = 8 * (HTTP2_HEADER + DEFAULT_FRAME_SIZE);
/** Chains that are followed at one time. */
const MOST_CHAINS = 256;
/**
 * What a header is worth: 2, where its stream is known or its length, type, flags and stream are all fixed, which is one
 * chance in 2^40 or less; 1 for any other. A chain needs 4, so two headers at least.
 */
const ENOUGH = 4;
/** Where the bytes end exactly with the frame. */
const ENOUGH_AT_END = 3;

/** Headers, each of which is where the one before it ends. */
interface Chain {
  readonly at: number;
  /** Where the next header is. */
  next: number;
  worth: number;
  /** Of the last header; 0: none had one. */
  stream: number;
}

/**
 * Looks for the beginning of a frame of one direction, after a hole, or where it was joined in its middle: a header proves
 * little, a chain of them proves that it is one. Without proof nothing is found.
 */
export class Http2Search {
  private readonly room = new TimedRoom(MOST_HELD);
  private scanned = 0;
  /** The place that was found. */
  private found = 0;
  private chains: Chain[] = [];

  /** `isKnown`: whether a stream of that number is open. */
  constructor(private readonly isKnown: (stream: number) => boolean) {}

  /** Bytes before the place that was found, or, as long as there is none, before those that are held. */
  get passed(): number {
    return this.room.passed + this.found;
  }

  /** What follows the place that was found; undefined: none was. */
  push(bytes: Uint8Array, start: number, end: number, time: number): TimedBytes[] | undefined {
    const forgot = (count: number): void => this.forgot(count);
    return this.room.search({ bytes, start, end, time }, forgot, () => this.look());
  }

  /** No more bytes come. */
  end(): TimedBytes[] | undefined {
    const { length } = this.room;
    const chain = this.chains.find(({ next, worth }) => next === length && worth >= ENOUGH_AT_END);
    return chain && this.room.restFrom((this.found = chain.at));
  }

  /** Bytes are lost after those that are held: no chain continues over them. */
  drop(): TimedBytes[] | undefined {
    const found = this.end();
    if (found !== undefined) return found;
    this.room.clear();
    this.scanned = 0;
    this.chains = [];
    return undefined;
  }

  /** The place of a chain that is worth enough: the first such one. */
  private look(): number | undefined {
    const { all, length } = this.room;
    for (; this.scanned + HTTP2_HEADER <= length && this.chains.length < MOST_CHAINS; this.scanned++) {
      // Nearly all places are turned down by their type, or by the first byte of a length above 65,535.
      if (all[this.scanned + 3]! > 16 || all[this.scanned] !== 0) continue;
      this.chains.push({ at: this.scanned, next: this.scanned, worth: 0, stream: 0 });
      if (!this.follow(this.chains.at(-1)!)) this.chains.pop();
    }
    this.chains = this.chains.filter((chain) => this.follow(chain));
    const proven = this.chains.find(({ worth }) => worth >= ENOUGH);
    return proven && (this.found = proven.at);
  }

  /** False: it is none. */
  private follow(chain: Chain): boolean {
    const { all, length } = this.room;
    while (chain.next + HTTP2_HEADER <= length && chain.worth < ENOUGH) {
      const header = readHttp2Header(all, chain.next);
      if (!isLikelyHttp2(header, DEFAULT_FRAME_SIZE)) return false;
      chain.worth += this.worthOf(header, chain);
      chain.next += HTTP2_HEADER + header.length;
      if (header.stream !== 0) chain.stream = header.stream;
    }
    return true;
  }

  private worthOf({ type, stream }: Http2Header, chain: Chain): number {
    if (stream === 0) return HTTP2_TYPES[type]!.fits === undefined ? 1 : 2;
    return stream === chain.stream || this.isKnown(stream) ? 2 : 1;
  }

  private forgot(count: number): void {
    this.scanned = Math.max(0, this.scanned - count);
    this.chains = this.chains
      .filter(({ at }) => at >= count)
      .map((chain) => ({ ...chain, at: chain.at - count, next: chain.next - count }));
  }
}
