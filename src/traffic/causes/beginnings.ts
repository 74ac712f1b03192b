import { ByteCollector } from '../../codec/bytes/byte-collector.js';
import type { Side } from '../../codec/bytes/stream-taker.js';

/** Bytes of each side that are kept. */
const MOST_KEPT = 256;

/** What each side of a stream sent first. Where it turns out to be no head of HTTP, it shows which other protocol it is. */
export class Beginnings {
  /** Undefined: they show nothing any more. */
  private kept: readonly [ByteCollector, ByteCollector] | undefined = [
    new ByteCollector(MOST_KEPT),
    new ByteCollector(MOST_KEPT),
  ];

  take(side: Side, bytes: Uint8Array, start: number, end: number): void {
    const kept = this.kept?.[side];
    if (kept === undefined || kept.room === 0) return;
    // A copy: what is kept holds no buffer of the input.
    kept.push(bytes.slice(start, Math.min(end, start + kept.room)));
  }

  of(side: Side): Uint8Array | undefined {
    const kept = this.kept?.[side];
    return kept === undefined || kept.seen === 0 ? undefined : kept.bytes();
  }

  /** The server answered in HTTP. */
  drop(): void {
    this.kept = undefined;
  }
}
