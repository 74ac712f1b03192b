import type { Side, StreamOpener, StreamOrigin, StreamTaker } from '../../codec/bytes/stream-taker.js';
import type { Http2StreamOpener, Http2StreamTaker, StreamRecorder } from '../../codec/http2/http2-taker.js';
import type { ReadingOptions } from '../../codec/connection/reading-options.js';
import { Conversation } from '../conversation.js';
import { ClientPorts } from '../rewriting/client-ports.js';
import { Rewriter, type RewrittenTaker } from '../rewriting/rewriter.js';
import { allCauses } from '../causes/causes.js';
import { Redactor, type Redaction } from './redactor.js';

/** Bytes of a message that are looked at: those that a recording keeps of a frame. A longer one is overwritten. */
const MOST_LOOKED_AT = 16 * 1024 * 1024;

/**
 * Covers secrets in live streams before `recorder` gets them: messages come when they are whole. A WebSocket over HTTP/2 that
 * the recorder has no place for becomes a connection of its own over HTTP/1.1.
 */
export class RedactedOpener implements StreamOpener, Http2StreamOpener {
  private readonly ports = new ClientPorts();

  constructor(
    private readonly recorder: StreamRecorder,
    private readonly redaction: Redaction,
    private readonly reading: Pick<ReadingOptions, 'raw' | 'acceptOf'>,
  ) {}

  opened(origin: StreamOrigin, time: number): StreamTaker | undefined {
    return this.openedAlone(origin, time);
  }

  openedStream(origin: StreamOrigin, time: number): Http2StreamTaker | undefined {
    const { recorder } = this;
    if (recorder.openedStream === undefined) return this.openedAlone(origin, time);
    const taker = recorder.openedStream(this.covered(origin), time);
    return taker && this.redacted(origin, time, taker);
  }

  /** As a TCP connection. */
  private openedAlone(origin: StreamOrigin, time: number): Http2StreamTaker | undefined {
    const { client, release } = this.ports.take(origin.a, origin.b);
    const taker = this.recorder.opened(this.covered({ ...origin, a: client, http2: undefined }), time);
    return taker && this.redacted(origin, time, taker, release);
  }

  /** What is recorded of an origin. */
  private covered(origin: StreamOrigin): StreamOrigin {
    const { addresses } = this.redaction;
    const { number, a, b, isClientFirst, isSecure = false, http2 } = origin;
    const ends = addresses === undefined ? { a, b } : { a: addresses.endpoint(a), b: addresses.endpoint(b) };
    return { number, ...ends, isClientFirst, isSecure, ...(http2 && { http2 }), ignore: () => origin.ignore() };
  }

  private redacted(origin: StreamOrigin, time: number, taker: RewrittenTaker, release?: () => void): Http2StreamTaker {
    const { raw } = this.reading;
    const rewriter = new Rewriter(taker, { raw, redactor: new Redactor(this.redaction) });
    const most = MOST_LOOKED_AT;
    const reading = { ...this.reading, previewBytes: most, messageBytes: most, maxMessageBytes: most };
    const conversation = new Conversation(
      origin,
      time,
      { reading, causes: allCauses },
      {
        record: (record) => rewriter.take(record),
        closed: () => undefined,
      },
    );
    // What waits for the end of a message is written before the end of its direction.
    const ended: (() => void)[] = [];
    return {
      data: (side, bytes, start, end, at) => conversation.data(side, bytes, start, end, at),
      gap: (side, length, at, kind) => conversation.gap(side, length, at, kind),
      head: (side, head, at) => conversation.head(side, head, at),
      http2Event: (side, event, at) => conversation.http2Event(side, event, at),
      fin: (side: Side, at) => void ended.push(() => taker.fin(side, at)),
      reset: (side: Side, at) => void ended.push(() => taker.reset(side, at)),
      close: (reason, at) => {
        conversation.close(reason, at);
        rewriter.end();
        for (const end of ended) end();
        taker.close(reason, at);
        release?.();
      },
    };
  }
}
