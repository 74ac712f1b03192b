import type { ReadingOptions } from '../codec/assembling.js';
import type { Side } from '../codec/connection.js';
import type { UnfinishedMessage } from '../codec/records.js';
import { Transcript, type TranscriptEvent, type TranscriptOptions } from '../codec/transcript.js';
import { ConnectionJudge } from './connection-judge.js';
import { judgeEvent } from './event-rules.js';
import { judgeFrame } from './frame-rules.js';
import type { Judged } from './judged.js';

interface Numbered {
  /** The number that the records carry; 0 by default. */
  readonly connection?: number;
}

/** Reads one sequence of bytes and judges what it reads: the whole of the codec and the rules behind one `push`. */
export class Inspector {
  private readonly transcript: Transcript;

  constructor(private readonly options: TranscriptOptions & Numbered = {}) {
    this.transcript = new Transcript(options);
  }

  /** Messages whose last fragment has not come. */
  get unfinished(): UnfinishedMessage[] {
    return this.transcript.unfinished;
  }

  /** `time` in seconds since the epoch, if known. */
  push(chunk: Uint8Array, time?: number): Judged[] {
    return judgeAll(this.transcript.push(chunk), this.transcript, this.options, time);
  }

  end(time?: number): Judged[] {
    return judgeAll(this.transcript.end(), this.transcript, this.options, time);
  }
}

/** The same for a connection of which both directions are known, each in its order. */
export class ConnectionInspector {
  private readonly judge: ConnectionJudge;
  private records: Judged[] = [];

  constructor(options: ReadingOptions & Numbered = {}) {
    this.judge = new ConnectionJudge(options, options.connection ?? 0, (record) => this.records.push(record));
  }

  /** Messages whose last fragment has not come. */
  get unfinished(): UnfinishedMessage[] {
    return this.judge.unfinished;
  }

  /** Bytes that `side` sent; `time` in seconds since the epoch, if known. */
  push(side: Side, chunk: Uint8Array, time = NaN): Judged[] {
    this.judge.read(side, chunk, 0, chunk.length, time);
    return this.taken();
  }

  /** `length` bytes that `side` sent were not captured. */
  gap(side: Side, length: number, time = NaN): Judged[] {
    this.judge.gap(side, length, time);
    return this.taken();
  }

  end(time = NaN): Judged[] {
    this.judge.end(time);
    return this.taken();
  }

  private taken(): Judged[] {
    const { records } = this;
    this.records = [];
    return records;
  }
}

function judgeAll(
  events: readonly TranscriptEvent[],
  { deflate }: { readonly deflate: boolean },
  { connection = 0 }: Numbered,
  time: number | undefined,
): Judged[] {
  return events.map((event) => {
    if (event.type !== 'frame') return { ...event, connection, time, diagnostics: judgeEvent(event) };
    // Written out: a chunk may hold thousands of frames, and a spread costs as much as reading one.
    const { direction, frame } = event;
    return { type: 'frame', direction, frame, connection, time, diagnostics: judgeFrame(frame, { deflate }) };
  });
}
