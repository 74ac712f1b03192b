import type { StreamOpener, StreamOrigin } from '../codec/bytes/stream-taker.js';
import { Conversation } from './conversation.js';
import type { ConversationOptions, ConversationTaker } from './conversation-taker.js';
import { mayBeWanted } from './wanted.js';

/** Of `count` readers of the same input, this one reads the streams of `index`, from 0. */
export interface Share {
  readonly index: number;
  readonly count: number;
}

export interface ConversationsOptions extends ConversationOptions {
  /** The number of the first stream. */
  readonly first: number;
  /** Streams are shared out by their addresses among machines; `index` counts from 1. */
  readonly shard?: Share | undefined;
  /** Streams are shared out among threads. */
  readonly share?: Share | undefined;
}

/** Opens a conversation for each stream of a source that is wanted. */
export class Conversations implements StreamOpener {
  private readonly taker: ConversationTaker;
  private readonly reading: ConversationOptions;

  constructor(
    private readonly options: ConversationsOptions,
    taker: ConversationTaker,
  ) {
    const { rewriting } = options;
    this.taker = rewriting?.taker(options, taker) ?? taker;
    this.reading = rewriting?.reading(options) ?? options;
  }

  opened(origin: StreamOrigin, time: number): Conversation | undefined {
    const { reading, taker } = this;
    if (!this.isOwn(origin) || !mayBeWanted(this.options, origin)) return undefined;
    return new Conversation(origin, time, reading, taker);
  }

  private isOwn(origin: StreamOrigin): boolean {
    const { share, shard } = this.options;
    if (share && (origin.share?.(share.count) ?? 0) !== share.index) return false;
    return !shard || (origin.shard?.(shard.count) ?? 0) === shard.index - 1;
  }
}
