import { acceptKey as acceptOf } from '../../codec/handshake/accept-value.js';
import { inflateRaw } from '../../codec/deflate/inflate-raw.js';
import type { RawDeflate } from '../../codec/deflate/message-deflate.js';
import { PAGE_PREVIEW } from '../../describe/timeline/page-records.js';
import { RecordStore, type StoreBounds } from '../../describe/timeline/record-store.js';
import { StoredReading } from '../../describe/timeline/stored-reading.js';
import { InputReader } from '../../traffic/inputs/input-reader.js';
import type * as readers from '../../apps/readers.js';
import type { TlsTraffic } from '../../traffic/layers/tls-traffic.js';
import { droppedApps } from './dropped-apps.js';

/** Of a file in the page: half of what `view` keeps in a process of its own. */
export const DROPPED_BOUNDS: StoreBounds = { rows: 1_000_000, bytes: 128 * 1024 * 1024, room: 1024 };
/** Bytes that wait for lost segments, and those of compression windows. */
const MOST_HELD = 32 * 1024 * 1024;
/** Bytes that a message may inflate to. */
const MOST_MESSAGE = 1024 * 1024;
/** Nothing is written. */
const RAW: RawDeflate = { inflate: inflateRaw, deflate: (input) => input };

/** Files of which this page reads the bytes: the records of `view`, by the same pipeline. */
export class DroppedReading extends StoredReading {
  private reader: InputReader | undefined;
  private tls: TlsTraffic | undefined;

  constructor(
    private readonly files: readonly string[],
    total: number,
    bounds: StoreBounds = DROPPED_BOUNDS,
  ) {
    super(new RecordStore(bounds), total);
  }

  /** Before the first byte: what opens TLS, and the readers of application protocols. */
  begin(tls: TlsTraffic, apps: typeof readers): void {
    const { store } = this;
    this.tls = tls;
    const bytes = { previewBytes: PAGE_PREVIEW, messageBytes: PAGE_PREVIEW, maxMessageBytes: MOST_MESSAGE };
    const options = {
      first: 0,
      apps: droppedApps(apps, RAW),
      reading: { acceptOf, raw: RAW, direction: 'unknown' as const, ...bytes },
    };
    this.reader = new InputReader(
      { options, maxHeld: MOST_HELD, maxWindows: MOST_HELD, tls: () => tls },
      {
        record: (record) => store.record(record),
        closed: (summary) => store.closed(summary),
        passedOver: () => undefined,
        notice: (message) => this.notice(message),
        wrong: (type, message) => {
          if (type !== 'problem') return this.notice(message);
          store.notice(message, NaN);
          this.problem = message;
        },
      },
    );
  }

  notice(message: string): void {
    this.report(message, NaN);
  }

  /** A key log, all of it. */
  keyLog(name: string, bytes: Uint8Array): void {
    this.read += bytes.length;
    const log = this.tls?.log((message) => this.notice(`${name}: ${message}`));
    log?.push(bytes);
    log?.end();
    if (log?.secrets === 0) this.notice(`${name}: no TLS secret in it`);
  }

  /** `size`: bytes of the file, where those that are read are unpacked. */
  push(bytes: Uint8Array, size = bytes.length): void {
    this.read += size;
    this.reader?.push(bytes);
  }

  end(): void {
    this.reader?.end();
    if (this.columns.length === 0) this.problem ??= 'no WebSocket traffic in it';
    this.isDone = true;
  }

  /** It can't be read further. */
  fail(why: string): void {
    this.problem ??= why;
    this.isDone = true;
  }

  hello(): object {
    return { feed: 'file', files: this.files };
  }
}
