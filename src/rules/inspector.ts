import { Transcript, type TranscriptEvent, type TranscriptOptions } from '../codec/transcript.js';
import { judgeFrame, judgeUnfinishedHeader } from './frame-rules.js';
import { judgeHandshake } from './handshake-rules.js';
import type { Diagnostic } from './catalogue.js';
import type { Judged } from './judged.js';

export interface InspectorOptions extends TranscriptOptions {
  /** The number that its records carry; 0 by default. */
  readonly connection?: number;
}

/** Reads one sequence of bytes and judges what it reads: the whole of the codec and the rules behind one `push`. */
export class Inspector {
  private readonly transcript: Transcript;

  constructor(private readonly options: InspectorOptions) {
    this.transcript = new Transcript(options);
  }

  /** `time` in seconds since the epoch, if known. */
  push(chunk: Uint8Array, time?: number): Judged[] {
    return this.transcript.push(chunk).map((event) => this.judge(event, time));
  }

  end(time?: number): Judged[] {
    return this.transcript.end().map((event) => this.judge(event, time));
  }

  private judge(event: TranscriptEvent, time: number | undefined): Judged {
    const { connection = 0 } = this.options;
    return { ...event, connection, ...(time !== undefined && { time }), diagnostics: this.diagnose(event) };
  }

  private diagnose(event: TranscriptEvent): Diagnostic[] {
    switch (event.type) {
      case 'handshake':
        return judgeHandshake(event.handshake);
      case 'frame':
        return judgeFrame(event.frame, { deflate: this.transcript.deflate });
      case 'tail':
        return [judgeUnfinishedHeader(event.truncated)];
      case 'body':
        return [];
    }
  }
}
