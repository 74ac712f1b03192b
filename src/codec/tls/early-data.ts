import type { Side } from '../bytes/stream-taker.js';
import type { OpenedRecord } from './record-opener.js';

/** Bytes that are kept: servers accept some 16 KiB. */
const MOST_KEPT = 1024 * 1024;

/** What a client sent before the server said whether it accepts it (RFC 8446 §4.2.10). */
export interface EarlyContent {
  readonly side: Side;
  readonly bytes: Uint8Array;
  readonly time: number;
}

/** Early data that the server may still refuse. */
export class EarlyData {
  private kept: EarlyContent[] = [];
  private length = 0;

  /** Copies it. Nothing more is kept after 1 MiB. */
  keep(side: Side, { bytes, start, end }: OpenedRecord, time: number): void {
    this.length += end - start;
    if (this.length <= MOST_KEPT) this.kept.push({ side, bytes: bytes.slice(start, end), time });
  }

  /** The server has decided: what it accepts, and the bytes that were not kept. */
  take(): { readonly contents: readonly EarlyContent[]; readonly left: number } {
    const { kept: contents, length } = this;
    this.kept = [];
    this.length = 0;
    return { contents, left: contents.reduce((left, { bytes }) => left - bytes.length, length) };
  }
}
