import { acceptKey as acceptOf } from '../../codec/handshake/accept-value.js';
import { inflateRaw } from '../../codec/deflate/inflate-raw.js';
import type { RawDeflate } from '../../codec/deflate/message-deflate.js';
import { PAGE_PREVIEW } from '../../describe/timeline/page-preview.js';
import { RecordStore, type StoreBounds } from '../../describe/timeline/record-store.js';
import { StoredReading } from '../../describe/timeline/stored-reading.js';
import { InputReader } from '../../traffic/inputs/input-reader.js';
import type { TlsOpening } from '../../traffic/layers/layers.js';
import { droppedApps } from './dropped-apps.js';
import { OPTIONAL_PARTS, type DroppedParts } from './dropped-parts.js';

/** Of a file in the page: half of what `view` keeps in a process of its own. */
export const DROPPED_BOUNDS: StoreBounds = { rows: 1_000_000, ends: 50_000, bytes: 128 * 1024 * 1024, room: 1024 };
/** Bytes that wait for lost segments, and those of compression windows. */
const MOST_HELD = 32 * 1024 * 1024;
/** Bytes that a message may inflate to. */
const MOST_MESSAGE = 1024 * 1024;
/** Nothing is written. */
const RAW: RawDeflate = { inflate: inflateRaw, deflate: (input) => input };

/** A report does not have what opens TLS and reads application protocols; of what a page does not have, its server has ended. */
const LACKING = {
  tls: 'TLS is not read: this page does not have what opens it, which wsinspect view has',
  apps: 'application protocols are not read: this page does not have what reads them, which wsinspect view has',
  causes: 'why connections failed is not explained: this page does not have what finds it, which wsinspect view has',
};

/** Files of which this page reads the bytes: the records of `view`, by the same pipeline. */
export class DroppedReading extends StoredReading {
  private reader: InputReader | undefined;
  /** Key logs, by the names of their files. */
  private readonly keyLogs: (readonly [name: string, bytes: Uint8Array])[] = [];
  private readonly ofReading: string[] = [];

  constructor(
    private readonly files: readonly string[],
    total: number,
    private readonly parts: DroppedParts,
    private readonly bounds: StoreBounds = DROPPED_BOUNDS,
  ) {
    super(new RecordStore(bounds), total);
  }

  /** Before the first byte, and once more with each part that turned out to be needed. */
  begin(): void {
    const store = new RecordStore(this.bounds);
    this.renew(store);
    const report = (message: string): void => this.report(message, NaN);
    for (const message of this.ofReading) report(message);
    const tls = this.tls();
    const bytes = { previewBytes: PAGE_PREVIEW, messageBytes: PAGE_PREVIEW, maxMessageBytes: MOST_MESSAGE };
    const options = {
      first: 0,
      apps: this.parts.lacks('apps') ? undefined : droppedApps(this.parts, RAW),
      reading: { acceptOf, raw: RAW, direction: 'unknown' as const, ...bytes },
    };
    this.reader = new InputReader(
      { options, maxHeld: MOST_HELD, maxWindows: MOST_HELD, tls: () => tls, parts: this.parts },
      {
        record: (record) => store.record(record),
        closed: (summary) => store.closed(summary),
        passedOver: () => undefined,
        notice: report,
        wrong: (type, message) => {
          if (type !== 'problem') return this.report(message, NaN, true);
          store.notice(message, NaN);
          this.problem = message;
        },
      },
    );
  }

  /** What is reported when the reading begins. */
  notice(message: string): void {
    this.ofReading.push(message);
  }

  /** A key log, all of it. Before `begin`. */
  keyLog(name: string, bytes: Uint8Array): void {
    this.keyLogs.push([name, bytes]);
  }

  protected override get missing(): string | undefined {
    const lacking = OPTIONAL_PARTS.filter((name) => this.parts.lacks(name));
    return lacking.length === 0 ? undefined : lacking.map((name) => LACKING[name]).join('; ');
  }

  /** What opens TLS, with the key logs. */
  private tls(): TlsOpening {
    if (!this.parts.has('tls')) return this.needingTls();
    const { TlsTraffic, browserTlsCrypto } = this.parts.tls();
    const tls = new TlsTraffic(browserTlsCrypto);
    for (const [name, bytes] of this.keyLogs) {
      this.read += bytes.length;
      const log = tls.log((message) => this.report(`${name}: ${message}`, NaN));
      log.push(bytes);
      log.end();
      if (log.secrets === 0) this.report(`${name}: no TLS secret in it`, NaN);
    }
    return tls;
  }

  /** Opens no session: it is needed for the first that the capture itself may have secrets of. */
  private needingTls(): TlsOpening {
    let mayHoldSecrets = false;
    return {
      open: () => {
        if (mayHoldSecrets && !this.parts.lacks('tls')) this.parts.tls();
        return undefined;
      },
      lookAheadBy: () => (mayHoldSecrets = true),
    };
  }

  /** `size`: bytes of the file, where those that are read are unpacked. Throws a PartNeeded, after which the reading begins once more. */
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
