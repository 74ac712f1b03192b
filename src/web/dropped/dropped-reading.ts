import { acceptKey as acceptOf } from '../../codec/handshake/accept-value.js';
import { inflateRaw } from '../../codec/deflate/inflate-raw.js';
import type { RawDeflate } from '../../codec/deflate/message-deflate.js';
import { PAGE_PREVIEW } from '../../describe/timeline/page-records.js';
import { RecordStore, type StoreBounds } from '../../describe/timeline/record-store.js';
import type { ViewSource } from '../../describe/timeline/viewer-end.js';
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
export class DroppedReading implements ViewSource {
  private readonly store: RecordStore;
  private readonly reader: InputReader;
  private read = 0;
  private isDone = false;
  private problem: string | undefined;

  constructor(
    private readonly name: string,
    private readonly total: number,
    bounds: StoreBounds = DROPPED_BOUNDS,
  ) {
    const store = new RecordStore(bounds);
    this.store = store;
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

  get columns(): RecordStore['columns'] {
    return this.store.columns;
  }

  get names(): RecordStore['names'] {
    return this.store.names;
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

  progress(): object {
    const { read, total, isDone, problem, store } = this;
    const { left, bare } = store;
    return { rows: store.columns.length, read, total, isDone, problem, left, bare };
  }

  record(row: number): string | undefined {
    return this.store.text(row);
  }

  search(...args: Parameters<RecordStore['search']>): number[] {
    return this.store.search(...args);
  }
}
