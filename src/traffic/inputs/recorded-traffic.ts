import type {
  RecordedStream,
  RecordedTaker,
  RecordingReader,
  RecordingTaker,
} from '../../sources/recordings/recording.js';
import { DeflateWindows } from '../../codec/deflate/windows.js';
import { count } from '../../codec/bytes/plural.js';
import type { Endpoint } from '../../codec/bytes/endpoint.js';
import type { CloseReason, GapKind, Side, StreamOrigin } from '../../codec/bytes/stream-taker.js';
import type { Head } from '../../codec/http1/head.js';
import type { Http2Event } from '../../codec/http2/http2-taker.js';
import type { Conversation } from '../conversation.js';
import { Conversations, type ConversationsOptions } from '../conversations.js';
import type { TrafficLimits, TrafficTaker } from './traffic-taker.js';

/** Takes what a recording holds. */
export interface RecordedTrafficTaker extends Pick<TrafficTaker, 'record' | 'ending' | 'closed' | 'notice'> {
  /** A part of it can't be read. */
  damage(message: string): void;
}

const DEFAULT_CONNECTIONS = 32_768;
const DEFAULT_WINDOWS = 256 * 1024 * 1024;
/** Parts that can't be read are reported one by one up to this number, then counted. */
const MOST_DAMAGES = 50;
/** Numbers that are remembered, so that none is given twice. */
const MOST_NUMBERS = 1_000_000;
/** Larger ones were not written by this tool. */
const MOST_NUMBER = 2 ** 52;

/** A recorded stream that is read: its number is given to no other one. What comes after it was closed is ignored. */
class NumberedStream implements RecordedTaker, StreamOrigin {
  readonly isClientFirst = true;
  /** Undefined: it is not wanted, or closed. */
  conversation: Conversation | undefined;

  constructor(
    readonly number: number,
    private readonly recorded: RecordedStream,
    private readonly left: (stream: NumberedStream) => void,
  ) {}

  get a(): Endpoint | undefined {
    return this.recorded.a;
  }

  get b(): Endpoint | undefined {
    return this.recorded.b;
  }

  get hasPartialHeads(): boolean {
    return this.recorded.hasPartialHeads;
  }

  get isJoined(): boolean {
    return this.recorded.isJoined;
  }

  get statesSenders(): boolean {
    return this.recorded.statesSenders;
  }

  get http2(): { readonly stream: number | undefined } | undefined {
    return this.recorded.http2;
  }

  /** The number that the recording has for it. */
  get recordedNumber(): number {
    return this.recorded.number;
  }

  data(side: Side, bytes: Uint8Array, start: number, end: number, time: number): void {
    this.conversation?.data(side, bytes, start, end, time);
  }

  head(side: Side, head: Head, time: number): void {
    this.conversation?.head(side, head, time);
  }

  http2Event(side: Side, event: Http2Event, time: number): void {
    this.conversation?.http2Event(side, event, time);
  }

  gap(side: Side, length: number, time: number, kind?: GapKind): void {
    this.conversation?.gap(side, length, time, kind);
  }

  fin(side: Side, time: number): void {
    this.conversation?.fin(side, time);
  }

  reset(side: Side, time: number): void {
    this.conversation?.reset(side, time);
  }

  fail(failure: string, time: number): void {
    this.conversation?.fail(failure, time);
  }

  close(reason: CloseReason, time: number): void {
    const { conversation } = this;
    this.conversation = undefined;
    this.left(this);
    conversation?.close(reason, time);
  }

  ignore(): void {
    this.conversation = undefined;
  }
}

/** A recording that is no capture of packets: its connections are read and judged as live ones are. */
export class RecordedTraffic {
  /** Time of the first connection, NaN where unknown. */
  start = NaN;
  /** Why it can't be read on. */
  failure: string | undefined;
  private readonly conversations: Conversations;
  private readonly left = (stream: NumberedStream): void => {
    if (this.streams.get(stream.recordedNumber) === stream) this.streams.delete(stream.recordedNumber);
  };
  /** By the number that the recording has for it. */
  private readonly streams = new Map<number, NumberedStream>();
  private readonly numbers = new Set<number>();
  /** One more than the highest number given. */
  private next = 0;
  private readonly most: number;
  /** Reported with the first connection: where there is none, one line is enough. */
  private readonly early: string[] = [];
  private damages = 0;
  private evicted = 0;
  private readonly opener: RecordingTaker = {
    opened: (recorded, time) => this.open(recorded, time),
    notice: (message) => this.taker.notice(message),
    damage: (message) => this.reportDamage(message),
    problem: (message) => (this.failure = message),
  };

  constructor(
    private readonly reader: RecordingReader,
    private readonly options: ConversationsOptions,
    { maxConnections = DEFAULT_CONNECTIONS, maxWindows = DEFAULT_WINDOWS }: TrafficLimits,
    private readonly taker: RecordedTrafficTaker,
  ) {
    this.most = maxConnections;
    const reading = { ...options.reading, windows: new DeflateWindows(maxWindows) };
    this.conversations = new Conversations(
      { ...options, reading },
      {
        record: (record, ends) => taker.record(record, ends),
        ending: (...args) => taker.ending?.(...args),
        closed: (summary, ends) => taker.closed(summary, ends),
      },
    );
  }

  /** One more than the number of the newest connection. */
  get opened(): number {
    return this.options.first + this.next;
  }

  /** Why it holds no connection, `problem` being what ended it; undefined: it holds some. */
  emptiness(problem: string | undefined): string | undefined {
    return this.numbers.size > 0 ? undefined : (this.early[0] ?? problem ?? 'no WebSocket connection in it');
  }

  push(chunk: Uint8Array): void {
    this.reader.push(chunk, this.opener);
  }

  /** The input has ended. */
  finish(): void {
    if (this.failure === undefined) this.reader.end(this.opener);
  }

  /** What is open is closed. `problem`: why it ends early. */
  end(problem: string | undefined): void {
    for (const connection of [...this.streams.keys()]) this.streams.get(connection)?.close('end', NaN);
    if (problem !== undefined) this.taker.damage(problem);
    if (this.damages > MOST_DAMAGES) this.taker.damage(`${this.damages - MOST_DAMAGES} more parts can't be read`);
    if (this.evicted > 0) {
      const message = `gave up ${count(this.evicted, 'open connection')}: there were too many (--max-connections)`;
      this.taker.notice(message);
    }
  }

  private open(recorded: RecordedStream, time: number): RecordedTaker {
    this.streams.get(recorded.number)?.close('reused', NaN);
    const [oldest] = this.streams.size >= this.most ? this.streams.values() : [];
    if (oldest !== undefined) {
      this.evicted++;
      oldest.close('evicted', NaN);
    }
    if (Number.isNaN(this.start)) this.start = time;
    for (const message of this.early.splice(0)) this.taker.damage(message);
    const stream = new NumberedStream(this.options.first + this.numberOf(recorded.number), recorded, this.left);
    stream.conversation = this.conversations.opened(stream, time);
    this.streams.set(recorded.number, stream);
    return stream;
  }

  private numberOf(recorded: number): number {
    const number = this.numbers.has(recorded) || recorded > MOST_NUMBER ? this.next : recorded;
    if (this.numbers.size >= MOST_NUMBERS) this.numbers.clear();
    this.numbers.add(number);
    this.next = Math.max(this.next, number + 1);
    return number;
  }

  private reportDamage(message: string): void {
    this.damages++;
    if (this.damages > MOST_DAMAGES) return;
    if (this.numbers.size === 0) this.early.push(message);
    else this.taker.damage(message);
  }
}
