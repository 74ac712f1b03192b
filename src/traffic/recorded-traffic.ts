import type { RecordedEnd, RecordedEnds, RecordingReader, RecordingVisitor } from '../sources/recordings/recording.js';
import { DeflateWindows } from '../codec/deflate/windows.js';
import { count } from '../codec/bytes/plural.js';
import { parseEndpoint, type Endpoint } from '../codec/bytes/endpoint.js';
import type { Side, StreamOrigin } from '../codec/bytes/stream-taker.js';
import type { Conversation } from './conversation.js';
import { Conversations, type ConversationsOptions } from './conversations.js';
import type { TrafficLimits, TrafficTaker } from './traffic-taker.js';

/** Takes what a recording holds. */
export interface RecordedTrafficTaker extends Pick<TrafficTaker, 'record' | 'closed' | 'notice'> {
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

/** A stream as a recording has it. */
class RecordedStream implements StreamOrigin {
  readonly isClientFirst = true;
  readonly hasPartialHeads: boolean;
  a: Endpoint | undefined;
  b: Endpoint | undefined;
  /** Undefined: it is not wanted. */
  conversation: Conversation | undefined;

  constructor(
    readonly number: number,
    ends: RecordedEnds,
  ) {
    this.hasPartialHeads = ends.partialHeads === true;
    this.name(ends);
  }

  name({ client, server }: RecordedEnds): void {
    if (client !== undefined) this.a = parseEndpoint(client);
    if (server !== undefined) this.b = parseEndpoint(server);
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
  /** By the number that the recording has for it. */
  private readonly streams = new Map<number, RecordedStream>();
  private readonly numbers = new Set<number>();
  /** One more than the highest number given. */
  private next = 0;
  private readonly most: number;
  /** Reported with the first connection: where there is none, one line is enough. */
  private readonly early: string[] = [];
  private damages = 0;
  private evicted = 0;
  private readonly visitor: RecordingVisitor = {
    opened: (connection, ends, time) => this.open(connection, ends, time),
    bytes: (connection, side, bytes, time) => this.read(connection, side, bytes, time),
    gap: (connection, side, length) => this.streams.get(connection)?.conversation?.gap(side, length),
    closed: (connection, end, time) => this.close(connection, end, time),
    notice: (message) => this.taker.notice(message),
    damage: (message) => this.reportDamage(message),
    problem: (message) => (this.failure = message),
  };

  constructor(
    private readonly reader: RecordingReader,
    options: ConversationsOptions,
    { maxConnections = DEFAULT_CONNECTIONS, maxWindows = DEFAULT_WINDOWS }: TrafficLimits,
    private readonly taker: RecordedTrafficTaker,
  ) {
    this.most = maxConnections;
    const reading = { ...options.reading, windows: new DeflateWindows(maxWindows) };
    this.conversations = new Conversations(
      { ...options, reading },
      { record: (record, ends) => taker.record(record, ends), closed: (summary, ends) => taker.closed(summary, ends) },
    );
  }

  /** One more than the number of the newest connection. */
  get opened(): number {
    return this.conversations.next;
  }

  /** Why it holds no connection, `problem` being what ended it; undefined: it holds some. */
  emptiness(problem: string | undefined): string | undefined {
    return this.numbers.size > 0 ? undefined : (this.early[0] ?? problem ?? 'no WebSocket connection in it');
  }

  push(chunk: Uint8Array): void {
    this.reader.push(chunk, this.visitor);
  }

  /** The input has ended. */
  finish(): void {
    if (this.failure === undefined) this.reader.end(this.visitor);
  }

  /** What is open is closed. `problem`: why it ends early. */
  end(problem: string | undefined): void {
    for (const connection of [...this.streams.keys()]) this.close(connection, { reason: 'end' }, NaN);
    if (problem !== undefined) this.taker.damage(problem);
    if (this.damages > MOST_DAMAGES) this.taker.damage(`${this.damages - MOST_DAMAGES} more parts can't be read`);
    if (this.evicted > 0) {
      const message = `gave up ${count(this.evicted, 'open connection')}: there were too many (--max-connections)`;
      this.taker.notice(message);
    }
  }

  private read(connection: number, side: Side, bytes: Uint8Array, time: number): void {
    this.streams.get(connection)?.conversation?.data(side, bytes, 0, bytes.length, time);
  }

  private open(connection: number, ends: RecordedEnds, time: number): void {
    this.close(connection, { reason: 'reused' }, NaN);
    const [oldest] = this.streams.size >= this.most ? this.streams.keys() : [];
    if (oldest !== undefined) {
      this.evicted++;
      this.close(oldest, { reason: 'evicted' }, NaN);
    }
    if (Number.isNaN(this.start)) this.start = time;
    for (const message of this.early.splice(0)) this.taker.damage(message);
    const stream = new RecordedStream(this.numberOf(connection), ends);
    stream.conversation = this.conversations.opened(stream, time);
    this.streams.set(connection, stream);
  }

  private numberOf(recorded: number): number {
    const number = this.numbers.has(recorded) || recorded > MOST_NUMBER ? this.next : recorded;
    if (this.numbers.size >= MOST_NUMBERS) this.numbers.clear();
    this.numbers.add(number);
    this.next = Math.max(this.next, number + 1);
    return number;
  }

  private close(connection: number, { reason, by, at = NaN, failure, ...ends }: RecordedEnd, time: number): void {
    const stream = this.streams.get(connection);
    if (stream === undefined) return;
    this.streams.delete(connection);
    stream.name(ends);
    if (by !== undefined) stream.conversation?.[reason === 'reset' ? 'reset' : 'fin'](by, at);
    if (failure !== undefined) stream.conversation?.fail(failure, time);
    stream.conversation?.close(reason, time);
  }

  private reportDamage(message: string): void {
    this.damages++;
    if (this.damages > MOST_DAMAGES) return;
    if (this.numbers.size === 0) this.early.push(message);
    else this.taker.damage(message);
  }
}
