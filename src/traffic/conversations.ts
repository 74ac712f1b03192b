import { UNKNOWN_ENDPOINT } from '../codec/bytes/endpoint.js';
import type { StreamOpener, StreamOrigin } from '../codec/bytes/stream-taker.js';
import { Conversation } from './conversation.js';
import type { ConversationOptions, ConversationTaker } from './conversation-taker.js';

/** Of `count` readers of the same input, this one reads the streams of `index`, from 0. */
export interface Share {
  readonly index: number;
  readonly count: number;
}

export interface ConversationsOptions extends ConversationOptions {
  /** Added to the number of each stream. */
  readonly first: number;
  /** Streams are shared out by their addresses among machines; `index` counts from 1. */
  readonly shard?: Share | undefined;
  /** Streams are shared out by their numbers among threads. */
  readonly share?: Share | undefined;
}

/** Opens a conversation for each stream of a source that is wanted. */
export class Conversations implements StreamOpener {
  /** One more than the highest number given. */
  next: number;
  private readonly taker: ConversationTaker;
  private readonly reading: ConversationOptions;

  constructor(
    private readonly options: ConversationsOptions,
    taker: ConversationTaker,
  ) {
    this.next = options.first;
    const { rewriting } = options;
    this.taker = rewriting?.taker(options, taker) ?? taker;
    this.reading = rewriting?.reading(options) ?? options;
  }

  opened(origin: StreamOrigin, time: number): Conversation | undefined {
    const { options, reading, taker } = this;
    const number = options.first + origin.number;
    this.next = Math.max(this.next, number + 1);
    if (!this.isOwn(origin) || !this.mayBeWanted(origin, number)) return undefined;
    return new Conversation(number, origin, time, reading, taker);
  }

  private isOwn(origin: StreamOrigin): boolean {
    const { share, shard } = this.options;
    if (share && ownerOf(origin.number, share.count) !== share.index) return false;
    return !shard || (origin.shard?.(shard.count) ?? 0) === shard.index - 1;
  }

  /** Without a SYN the first packet may have been the server's. */
  private mayBeWanted({ a, b, isClientFirst }: StreamOrigin, number: number): boolean {
    const { wants } = this.options;
    if (wants === undefined) return true;
    const [one, other] = [a ?? UNKNOWN_ENDPOINT, b ?? UNKNOWN_ENDPOINT];
    const mayCarry = true;
    if (wants({ number, client: one, server: other, mayCarry })) return true;
    return !isClientFirst && wants({ number, client: other, server: one, mayCarry });
  }
}

/**
 * Which of `count` readers has a stream. By the golden ratio: numbers in any steps are spread evenly, those of clients
 * that open their connections in pairs as well.
 */
function ownerOf(number: number, count: number): number {
  return Math.floor(((Math.imul(number, 0x9e3779b1) >>> 0) / 2 ** 32) * count);
}
