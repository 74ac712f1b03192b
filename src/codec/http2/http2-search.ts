import { ByteRoom } from '../bytes/byte-room.js';
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

/** The end of what was pushed at once, and its time. */
interface PushedMark {
  readonly end: number;
  readonly time: number;
}

/** What was pushed after the place that was found, with its times. */
export interface Http2Rest {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly time: number;
}

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
  /** Bytes before those that are held. */
  passed = 0;
  private readonly room = new ByteRoom(2048, MOST_HELD);
  private marks: PushedMark[] = [];
  private scanned = 0;
  private chains: Chain[] = [];

  /** `isKnown`: whether a stream of that number is open. */
  constructor(private readonly isKnown: (stream: number) => boolean) {}

  /** What follows the place that was found; undefined: none was. */
  push(bytes: Uint8Array, start: number, end: number, time: number): Http2Rest[] | undefined {
    for (let at = start; at < end;) {
      const stop = Math.min(end, at + MOST_HELD / 2);
      this.append(bytes, at, stop, time);
      const found = this.look(ENOUGH);
      if (found !== undefined) {
        const rest = this.restFrom(found);
        if (stop < end) rest.push({ bytes, start: stop, end, time });
        return rest;
      }
      at = stop;
    }
    return undefined;
  }

  /** No more bytes come. */
  end(): Http2Rest[] | undefined {
    const { length } = this.room;
    const chain = this.chains.find(({ next, worth }) => next === length && worth >= ENOUGH_AT_END);
    return chain === undefined ? undefined : this.restFrom(chain.at);
  }

  /** Bytes are lost after those that are held: no chain continues over them. */
  drop(): Http2Rest[] | undefined {
    const found = this.end();
    if (found !== undefined) return found;
    this.passed += this.room.length;
    this.room.clear();
    this.marks = [];
    this.scanned = 0;
    this.chains = [];
    return undefined;
  }

  /** The place of a chain that is worth enough: the first such one. */
  private look(enough: number): number | undefined {
    const { all, length } = this.room;
    for (; this.scanned + HTTP2_HEADER <= length && this.chains.length < MOST_CHAINS; this.scanned++) {
      // Nearly all places are turned down by their type, or by the first byte of a length above 65,535.
      if (all[this.scanned + 3]! > 16 || all[this.scanned] !== 0) continue;
      this.chains.push({ at: this.scanned, next: this.scanned, worth: 0, stream: 0 });
      if (!this.follow(this.chains.at(-1)!)) this.chains.pop();
    }
    this.chains = this.chains.filter((chain) => this.follow(chain));
    return this.chains.find(({ worth }) => worth >= enough)?.at;
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

  private restFrom(at: number): Http2Rest[] {
    const rest: Http2Rest[] = [];
    let start = at;
    for (const { end, time } of this.marks) {
      if (end <= start) continue;
      rest.push({ bytes: this.room.all, start, end, time });
      start = end;
    }
    this.passed += at;
    return rest;
  }

  private append(bytes: Uint8Array, start: number, end: number, time: number): void {
    const needed = this.room.length + end - start;
    if (needed > MOST_HELD) this.forget(needed - MOST_HELD / 2);
    this.room.append(bytes, start, end);
    const last = this.marks.at(-1);
    if (last?.time === time) this.marks.pop();
    this.marks.push({ end: this.room.length, time });
  }

  private forget(count: number): void {
    const dropped = Math.min(count, this.room.length);
    this.room.forget(dropped);
    this.passed += dropped;
    this.scanned = Math.max(0, this.scanned - dropped);
    this.chains = this.chains
      .filter(({ at }) => at >= dropped)
      .map((chain) => ({ ...chain, at: chain.at - dropped, next: chain.next - dropped }));
    this.marks = this.marks.filter(({ end }) => end > dropped).map(({ end, time }) => ({ end: end - dropped, time }));
  }
}
