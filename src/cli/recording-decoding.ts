import type { Endpoint } from '../capture/connection.js';
import type { RecordedEnd, RecordedEnds, RecordingReader, RecordingVisitor } from '../capture/recording.js';
import type { Side } from '../capture/stream-sink.js';
import type { ReadingOptions } from '../codec/assembling.js';
import { DeflateWindows } from '../codec/deflate-windows.js';
import { count } from '../render/layout.js';
import { ConnectionJudge } from '../rules/connection-judge.js';
import type { Judged } from '../rules/judged.js';
import { Tally } from '../rules/tally.js';
import type { ConnectionSummary } from '../rules/tally-summary.js';
import type { Pace } from './capture-decoding.js';
import { UsageError } from './exit.js';
import { connectionFilter, type ConnectionFilter } from './filters.js';
import type { Input } from './input.js';
import type { Opened } from './open-input.js';
import type { DecodeOptions } from './options.js';

/** Who takes what a recording holds. */
export interface RecordingSink {
  record(record: Judged): void;
  closed(summary: ConnectionSummary): void;
  notice(message: string): void;
  /** A part of it can't be read. */
  damage(message: string): void;
}

const DEFAULT_CONNECTIONS = 32_768;
const DEFAULT_WINDOWS = 256 * 1024 * 1024;
/** Parts that can't be read are told one by one up to here, then counted. */
const MOST_DAMAGES = 50;
/** Numbers that are remembered, so that none is given twice. */
const MOST_NUMBERS = 1_000_000;

interface Reading {
  readonly judge: ConnectionJudge;
  readonly tally: Tally;
  readonly isShown: boolean;
  /** Time of its last bytes. */
  last: number;
}

/** A recording that is no capture of packets: its connections read and judged as live ones are. */
export class RecordingDecoding {
  /** Time of the first connection, NaN where unknown. */
  start = NaN;
  /** One more than the number of the newest connection. */
  opened: number;
  /** By the number that the recording has for it. */
  private readonly readings = new Map<number, Reading>();
  private readonly numbers = new Set<number>();
  private readonly reading: ReadingOptions;
  private readonly wants: ConnectionFilter | undefined;
  private readonly most: number;
  /** Connections are shared out by the addresses of packets: here one shard has them all. */
  private readonly isOthers: boolean;
  private failure: string | undefined;
  /** Told with the first connection: where there is none, one line is enough. */
  private readonly early: string[] = [];
  private damages = 0;
  private evicted = 0;
  private readonly visitor: RecordingVisitor = {
    opened: (connection, ends, time) => this.open(connection, ends, time),
    bytes: (connection, side, bytes, time) => this.read(connection, side, bytes, time),
    gap: (connection, side, length, time) => this.lose(connection, side, length, time),
    closed: (connection, end, time) => this.close(connection, end, time),
    notice: (message) => this.sink.notice(message),
    damage: (message) => this.tellDamage(message),
    problem: (message) => (this.failure = message),
  };

  constructor(
    options: DecodeOptions,
    reading: ReadingOptions,
    /** Added to the number of each. */
    private readonly first: number,
    private readonly sink: RecordingSink,
  ) {
    const { maxConnections = DEFAULT_CONNECTIONS, maxWindows = DEFAULT_WINDOWS, shard } = options;
    this.opened = first;
    this.most = maxConnections;
    this.reading = { ...reading, windows: new DeflateWindows(maxWindows) };
    this.wants = connectionFilter(options);
    this.isOthers = shard !== undefined && shard.index > 1;
  }

  /** Reads it to its end, or until it is enough. */
  async decode(input: Input, opened: Opened, reader: RecordingReader, pace: Pace): Promise<void> {
    for await (const chunk of opened.chunks) {
      reader.push(chunk, this.visitor);
      await pace.turn();
      if (this.failure !== undefined || pace.over) break;
    }
    if (!pace.over && this.failure === undefined) reader.end(this.visitor);
    const problem = this.failure ?? opened.damage()?.message;
    if (this.numbers.size === 0 && !pace.over) {
      const message = this.early[0] ?? problem ?? 'no WebSocket connection in it';
      throw new UsageError(`${input.name}: ${message}`);
    }
    for (const connection of [...this.readings.keys()]) this.close(connection, { reason: 'end' }, NaN);
    if (problem !== undefined) this.sink.damage(problem);
    if (this.damages > MOST_DAMAGES) this.sink.damage(`${this.damages - MOST_DAMAGES} more parts can't be read`);
    if (this.evicted > 0) {
      const told = `gave up ${count(this.evicted, 'open connection')}: there were too many (--max-connections)`;
      this.sink.notice(told);
    }
  }

  private open(connection: number, ends: RecordedEnds, time: number): void {
    this.close(connection, { reason: 'reused' }, NaN);
    const [oldest] = this.readings.size >= this.most ? this.readings.keys() : [];
    if (oldest !== undefined) {
      this.evicted++;
      this.close(oldest, { reason: 'evicted' }, NaN);
    }
    if (Number.isNaN(this.start)) this.start = time;
    const number = this.numberOf(connection);
    for (const message of this.early.splice(0)) this.sink.damage(message);
    const { client, server } = ends;
    const endpoints = { ...(client !== undefined && { client }), ...(server !== undefined && { server }) };
    const tally = new Tally(number, endpoints);
    tally.at(time);
    const isWanted = this.wants?.({ number, client: endOf(client), server: endOf(server) }) ?? true;
    const isShown = isWanted && !this.isOthers;
    const judge = new ConnectionJudge(this.reading, number, (record) => {
      if (isShown) this.take(tally, record);
    });
    this.readings.set(connection, { judge, tally, isShown, last: time });
  }

  private numberOf(connection: number): number {
    const asRecorded = this.first + connection;
    const number = this.numbers.has(asRecorded) || !Number.isSafeInteger(asRecorded) ? this.opened : asRecorded;
    if (this.numbers.size >= MOST_NUMBERS) this.numbers.clear();
    this.numbers.add(number);
    this.opened = Math.max(this.opened, number + 1);
    return number;
  }

  private take(tally: Tally, record: Judged): void {
    tally.take(record);
    if (record.type === 'gap') tally.lost(record.direction, record.length);
    if (record.type === 'unread') tally.passed(record.direction, record.length);
    this.sink.record(record);
  }

  private read(connection: number, side: Side, bytes: Uint8Array, time: number): void {
    const reading = this.readings.get(connection);
    if (reading === undefined) return;
    if (!Number.isNaN(time)) reading.last = time;
    reading.judge.read(side, bytes, 0, bytes.length, time);
  }

  private lose(connection: number, side: Side, length: number, time: number): void {
    this.readings.get(connection)?.judge.gap(side, length, time);
  }

  private close(connection: number, { reason, by, at, client, server }: RecordedEnd, time: number): void {
    const reading = this.readings.get(connection);
    if (reading === undefined) return;
    this.readings.delete(connection);
    const { judge, tally, isShown, last } = reading;
    // A duration is in whole microseconds: what came with the end keeps its own time.
    judge.end(Number.isNaN(time) || Math.abs(time - last) < 2e-6 ? last : time);
    if (!isShown) return;
    tally.named({ ...(client !== undefined && { client }), ...(server !== undefined && { server }) });
    tally.ended(reason, time, by === undefined ? undefined : { by: SIDES[by], time: at ?? NaN });
    this.sink.closed(tally.summary());
  }

  private tellDamage(message: string): void {
    this.damages++;
    if (this.damages > MOST_DAMAGES) return;
    if (this.numbers.size === 0) this.early.push(message);
    else this.sink.damage(message);
  }
}

const SIDES = ['client', 'server'] as const;

/** Without address and port no pattern for them matches. */
function endOf(text = ''): Endpoint {
  const [, address = text, port] = /^(.*):(\d+)$/.exec(text) ?? [];
  return { address: address.replace(/^\[|\]$/g, ''), port: Number(port) };
}
