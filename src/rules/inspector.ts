import type { ReadingOptions } from '../codec/assembling.js';
import { Connection, type Side } from '../codec/connection.js';
import type { UnfinishedMessage } from '../codec/records.js';
import { Transcript, type TranscriptEvent, type TranscriptOptions } from '../codec/transcript.js';
import type { Diagnostic } from './catalogue.js';
import { judgeFrame, judgeUnfinishedHeader } from './frame-rules.js';
import { judgeHandshake } from './handshake-rules.js';
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
  private readonly reading: Connection;

  constructor(private readonly options: ReadingOptions & Numbered = {}) {
    this.reading = new Connection(options);
  }

  /** Messages whose last fragment has not come. */
  get unfinished(): UnfinishedMessage[] {
    return this.reading.unfinished;
  }

  /** Bytes that `side` sent; `time` in seconds since the epoch, if known. */
  push(side: Side, chunk: Uint8Array, time?: number): Judged[] {
    return judgeAll(this.reading.push(side, chunk), this.reading, this.options, time);
  }

  end(time?: number): Judged[] {
    return judgeAll(this.reading.end(), this.reading, this.options, time);
  }
}

function judgeAll(
  events: readonly TranscriptEvent[],
  { deflate }: { readonly deflate: boolean },
  { connection = 0 }: Numbered,
  time: number | undefined,
): Judged[] {
  const place = time === undefined ? { connection } : { connection, time };
  return events.map((event) => {
    if (event.type !== 'frame' || time !== undefined)
      return { ...event, ...place, diagnostics: diagnose(event, deflate) };
    // Written out, as it is by far the most frequent: spreading it costs more than judging a short frame does.
    const { type, direction, frame } = event;
    return { type, direction, frame, connection, diagnostics: diagnose(event, deflate) };
  });
}

function diagnose(event: TranscriptEvent, deflate: boolean): Diagnostic[] {
  switch (event.type) {
    case 'handshake':
      return judgeHandshake(event.handshake);
    case 'frame':
      return judgeFrame(event.frame, { deflate });
    case 'tail':
      return [judgeUnfinishedHeader(event.truncated)];
    case 'body':
      return [];
  }
}
