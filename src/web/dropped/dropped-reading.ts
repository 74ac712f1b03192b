import { acceptKey as acceptOf } from '../../codec/handshake/accept-value.js';
import { inflateRaw } from '../../codec/deflate/inflate-raw.js';
import type { RawDeflate } from '../../codec/deflate/message-deflate.js';
import { PAGE_PREVIEW } from '../../describe/timeline/page-records.js';
import { RecordStore, type StoreBounds } from '../../describe/timeline/record-store.js';
import { StoredReading } from '../../describe/timeline/stored-reading.js';
import { InputReader } from '../../traffic/inputs/input-reader.js';

/** Of a file in the page: half of what `view` keeps in a process of its own. */
export const DROPPED_BOUNDS: StoreBounds = { rows: 1_000_000, bytes: 128 * 1024 * 1024 };
/** Bytes that wait for lost segments, and those of compression windows. */
const MOST_HELD = 32 * 1024 * 1024;
/** Bytes that a message may inflate to. */
const MOST_MESSAGE = 1024 * 1024;
/** Nothing is written. */
const RAW: RawDeflate = { inflate: inflateRaw, deflate: (input) => input };

/** A file of which this page reads the bytes: the records of `view`, by the same pipeline. */
export class DroppedReading extends StoredReading {
  private readonly reader: InputReader;

  constructor(
    private readonly name: string,
    total: number,
    bounds: StoreBounds = DROPPED_BOUNDS,
  ) {
    const store = new RecordStore(bounds);
    super(store, total);
    const bytes = { previewBytes: PAGE_PREVIEW, messageBytes: PAGE_PREVIEW, maxMessageBytes: MOST_MESSAGE };
    const options = { first: 0, reading: { acceptOf, raw: RAW, direction: 'unknown' as const, ...bytes } };
    this.reader = new InputReader(
      { options, maxHeld: MOST_HELD, maxWindows: MOST_HELD },
      {
        record: (record) => store.record(record),
        closed: (summary) => store.closed(summary),
        passedOver: () => undefined,
        notice: (message) => store.notice(message, NaN),
        wrong: (type, message) => {
          store.notice(message, NaN);
          if (type === 'problem') this.problem = message;
        },
      },
    );
  }

  /** `size`: bytes of the file, where those that are read are unpacked. */
  push(bytes: Uint8Array, size = bytes.length): void {
    this.read += size;
    this.reader.push(bytes);
  }

  end(): void {
    this.reader.end();
    if (this.columns.length === 0) this.problem ??= 'no WebSocket traffic in it';
    this.isDone = true;
  }

  /** It can't be read further. */
  fail(why: string): void {
    this.problem ??= why;
    this.isDone = true;
  }

  hello(): object {
    return { feed: 'file', files: [this.name] };
  }
}
