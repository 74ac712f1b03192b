import type { RecordingTaker } from '../capture/recording.js';
import type { ReadingOptions } from '../codec/assembling.js';
import type { Side } from '../codec/connection.js';
import { ConnectionJudge } from '../rules/connection-judge.js';
import type { Judged } from '../rules/judged.js';
import { Tally, type TcpEnd } from '../rules/tally.js';
import type { ConnectionSummary, EndReason, Endpoints } from '../rules/tally-summary.js';
import type { TapTaker } from './tap.js';

/** Who is told of what passes a live connection. */
export interface LiveTaker {
  record(record: Judged): void;
  /** The connection has ended. */
  closed(summary: ConnectionSummary): void;
}

/** What every live connection of a run has in common. */
export interface LiveContext {
  readonly reading: ReadingOptions;
  /** Seconds since the epoch. */
  now(this: void): number;
  /** Keeps the bytes of each connection. */
  readonly recorder?: RecordingTaker | undefined;
  /** The bytes passed TLS. */
  readonly isSecure?: boolean | undefined;
}

/** The client opened the connection. */
const CLIENT = 0;
const SERVER = 1;

/** A connection that one end of is ours: its bytes as a tap has them, read, judged and counted. */
export class LiveConnection implements TapTaker {
  private readonly judge: ConnectionJudge;
  private readonly tally: Tally;
  private ended = false;
  private readonly here: Side;

  constructor(
    readonly number: number,
    ends: Endpoints,
    we: 'client' | 'server',
    private readonly context: LiveContext,
    private readonly taker: LiveTaker,
  ) {
    this.here = we === 'client' ? CLIENT : SERVER;
    const time = context.now();
    this.tally = new Tally(number, ends);
    this.tally.at(time);
    context.recorder?.opened(number, { ...ends, ...(context.isSecure && { secure: true }) }, time);
    this.judge = new ConnectionJudge(context.reading, number, (record) => this.take(record));
  }

  incoming(bytes: Uint8Array): void {
    this.read(this.here === CLIENT ? SERVER : CLIENT, bytes);
  }

  outgoing(bytes: Uint8Array): void {
    this.read(this.here, bytes);
  }

  /** Nothing follows: what was broken off is told; `by` ended TCP first. Only the first call counts. */
  end(reason: EndReason, by?: TcpEnd): void {
    if (this.ended) return;
    const time = this.context.now();
    this.judge.end(time);
    this.ended = true;
    this.tally.ended(reason, time, by);
    this.taker.closed(this.tally.summary());
    this.recordEnd(reason, time, by);
  }

  private recordEnd(reason: EndReason, time: number, by?: TcpEnd): void {
    const { recorder } = this.context;
    const first = by?.by === 'server' ? SERVER : CLIENT;
    if (reason === 'reset') return recorder?.ended(this.number, first, 'reset', by?.time ?? time);
    recorder?.ended(this.number, first, 'fin', by?.time ?? time);
    recorder?.ended(this.number, first === CLIENT ? SERVER : CLIENT, 'fin', time);
  }

  private read(side: Side, bytes: Uint8Array): void {
    if (this.ended) return;
    const time = this.context.now();
    // Recorded first: what is shown of it may break off, the record may not.
    this.context.recorder?.bytes(this.number, side, bytes, time);
    this.judge.read(side, bytes, 0, bytes.length, time);
  }

  private take(record: Judged): void {
    this.tally.take(record);
    this.taker.record(record);
  }
}
