import type { ReadingOptions } from '../codec/connection/reading-options.js';
import { Connection } from '../codec/connection/connection.js';
import type { StreamReading } from '../codec/connection/stream-reading.js';
import type { UnfinishedMessage } from '../codec/messages/records.js';
import type { Side } from '../codec/bytes/stream-taker.js';
import { Transcript, type TranscriptOptions } from '../codec/connection/transcript.js';
import { ConnectionJudge } from './connection-judge.js';
import type { Judged } from './judged.js';

interface Numbered {
  /** The number that the records carry; 0 by default. */
  readonly connection?: number;
}

/** What both inspectors do: read, judge, and give the records of each call. */
class PushReading {
  private readonly judge: ConnectionJudge;
  private records: Judged[] = [];

  constructor(reading: StreamReading, number = 0) {
    const take = (record: Judged): unknown => this.records.push(record);
    this.judge = new ConnectionJudge(reading, { number }, { frame: take, event: take });
  }

  /** Messages whose last fragment has not come. */
  get unfinished(): UnfinishedMessage[] {
    return this.judge.unfinished;
  }

  end(time = NaN): Judged[] {
    this.judge.end(time);
    return this.taken();
  }

  protected read(side: Side, chunk: Uint8Array, time: number): Judged[] {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('push takes a Uint8Array');
    this.judge.read(side, chunk, 0, chunk.length, time);
    return this.taken();
  }

  protected lose(side: Side, length: number, time: number): Judged[] {
    this.judge.gap(side, length, time);
    return this.taken();
  }

  private taken(): Judged[] {
    const { records } = this;
    this.records = [];
    return records;
  }
}

/** Reads one sequence of bytes and judges what it reads: the whole of the codec and the rules in one `push`. */
export class Inspector extends PushReading {
  constructor(options: TranscriptOptions & Numbered = {}) {
    super(new Transcript(options), options.connection);
  }

  /** `time` in seconds since the epoch, if known. */
  push(chunk: Uint8Array, time = NaN): Judged[] {
    return this.read(0, chunk, time);
  }
}

/** The same for a connection of which both directions are known, each in its order. */
export class ConnectionInspector extends PushReading {
  constructor(options: ReadingOptions & Numbered = {}) {
    super(new Connection(options), options.connection);
  }

  /** Bytes that `side` sent; `time` in seconds since the epoch, if known. */
  push(side: Side, chunk: Uint8Array, time = NaN): Judged[] {
    return this.read(side, chunk, time);
  }

  /** `length` bytes that `side` sent were not captured. */
  gap(side: Side, length: number, time = NaN): Judged[] {
    return this.lose(side, length, time);
  }
}
