import type { Side, StreamOpener, StreamOrigin, StreamTaker } from '../../codec/bytes/stream-taker.js';
import type { ReadingOptions } from '../../codec/connection/reading-options.js';
import { Conversation } from '../conversation.js';
import { Rewriter } from '../rewriting/rewriter.js';
import { Redactor, type Redaction } from './redactor.js';

/** Bytes of a message that are looked at: those that a recording keeps of a frame. A longer one is overwritten. */
const MOST_LOOKED_AT = 16 * 1024 * 1024;

/** Covers secrets in live streams before `opener` gets them: messages come when they are whole. */
export class RedactedOpener implements StreamOpener {
  constructor(
    private readonly opener: StreamOpener,
    private readonly redaction: Redaction,
    private readonly reading: Pick<ReadingOptions, 'raw' | 'acceptOf'>,
  ) {}

  opened(origin: StreamOrigin, time: number): StreamTaker | undefined {
    const { addresses } = this.redaction;
    const { number, a, b, isClientFirst, isSecure = false } = origin;
    const ends = addresses === undefined ? { a, b } : { a: addresses.endpoint(a), b: addresses.endpoint(b) };
    const taker = this.opener.opened({ number, ...ends, isClientFirst, isSecure, ignore: () => origin.ignore() }, time);
    if (taker === undefined) return undefined;
    const { raw } = this.reading;
    const rewriter = new Rewriter(taker, { raw, redactor: new Redactor(this.redaction) });
    const most = MOST_LOOKED_AT;
    const reading = { ...this.reading, previewBytes: most, messageBytes: most, maxMessageBytes: most };
    const conversation = new Conversation(
      number,
      origin,
      time,
      { reading },
      {
        record: (record) => rewriter.take(record),
        closed: () => undefined,
      },
    );
    // What waits for the end of a message is written before the end of its direction.
    const ended: (() => void)[] = [];
    return {
      data: (side, bytes, start, end, at) => conversation.data(side, bytes, start, end, at),
      gap: (side, length, at) => conversation.gap(side, length, at),
      fin: (side: Side, at) => void ended.push(() => taker.fin(side, at)),
      reset: (side: Side, at) => void ended.push(() => taker.reset(side, at)),
      close: (reason, at) => {
        conversation.close(reason, at);
        rewriter.end();
        for (const end of ended) end();
        taker.close(reason, at);
      },
    };
  }
}
