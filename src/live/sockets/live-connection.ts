import type { ReadingOptions } from '../../codec/connection/reading-options.js';
import type { Endpoints } from '../../codec/bytes/endpoint.js';
import {
  clientFirst,
  otherSide,
  type CloseReason,
  type Side,
  type StreamTaker,
} from '../../codec/bytes/stream-taker.js';
import type { StreamRecorder } from '../../codec/http2/http2-taker.js';
import type { AppOptions } from '../../traffic/apps/app-reading.js';
import { Conversation } from '../../traffic/conversation.js';
import type { Judged } from '../../traffic/judged.js';
import type { TcpEnd } from '../../traffic/tally/tally.js';
import type { ConnectionSummary } from '../../traffic/tally/summary.js';
import { allCauses } from '../../traffic/causes/causes.js';
import type { TapTaker } from './tap.js';

/** Takes what passes a live connection. */
export interface LiveTaker {
  record(record: Judged): void;
  /** The connection has ended. */
  closed(summary: ConnectionSummary): void;
}

/** The options that all live connections of a run share. */
export interface LiveContext {
  readonly reading: ReadingOptions;
  /** Application protocols are read; undefined: none. */
  readonly apps?: AppOptions | undefined;
  /** Seconds since the epoch. */
  now(this: void): number;
  /** Keeps the bytes of each connection. */
  readonly recorder?: StreamRecorder | undefined;
  /** The bytes came through TLS. */
  readonly isSecure?: boolean | undefined;
}

/** The client opened the connection. */
const CLIENT = 0;
const SERVER = 1;

/** A connection of which one end is ours: its bytes as a tap has them, recorded, read, judged and counted. */
export class LiveConnection implements TapTaker {
  private readonly conversation: Conversation;
  private readonly recorded: StreamTaker | undefined;
  private ended = false;
  private readonly here: Side;

  constructor(
    readonly number: number,
    ends: Endpoints,
    we: 'client' | 'server',
    private readonly context: LiveContext,
    taker: LiveTaker,
  ) {
    this.here = we === 'client' ? CLIENT : SERVER;
    const time = context.now();
    const origin = clientFirst(number, ends, context.isSecure);
    this.recorded = context.recorder?.opened(origin, time);
    const { reading, apps } = context;
    this.conversation = new Conversation(origin, time, { reading, apps, causes: allCauses }, taker);
  }

  incoming(bytes: Uint8Array): void {
    this.read(otherSide(this.here), bytes);
  }

  outgoing(bytes: Uint8Array): void {
    this.read(this.here, bytes);
  }

  /**
   * Nothing follows: what was incomplete is reported; `by` ended TCP first. Without it neither is known to have done it, and
   * no end is recorded that one of them sent. Only the first call counts.
   */
  end(reason: CloseReason, by?: TcpEnd): void {
    if (this.ended) return;
    this.ended = true;
    const time = this.context.now();
    const { conversation, recorded } = this;
    if (by) {
      const first = by.by === 'server' ? SERVER : CLIENT;
      const how = reason === 'reset' ? 'reset' : 'fin';
      conversation[how](first, by.time);
      recorded?.[how](first, by.time);
      if (reason === 'fin') recorded?.fin(otherSide(first), time);
    }
    conversation.close(reason, time);
    recorded?.close(by ? reason : 'end', by && reason === 'reset' ? by.time : time);
  }

  private read(side: Side, bytes: Uint8Array): void {
    if (this.ended) return;
    const time = this.context.now();
    // Recorded first: the display of it may break off, the record may not.
    this.recorded?.data(side, bytes, 0, bytes.length, time);
    this.conversation.data(side, bytes, 0, bytes.length, time);
  }
}
