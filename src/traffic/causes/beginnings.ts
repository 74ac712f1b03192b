import { concat } from '../../codec/bytes/byte-collector.js';
import type { Side } from '../../codec/bytes/stream-taker.js';

/** Bytes of each side that are kept. */
const MOST_KEPT = 256;

/** What each side of a stream sent first. Where it turns out to be no head of HTTP, it shows which other protocol it is. */
export class Beginnings {
  private kept: [Uint8Array | undefined, Uint8Array | undefined] = [undefined, undefined];
  private isOver = false;

  take(side: Side, bytes: Uint8Array, start: number, end: number): void {
    if (this.isOver) return;
    const before = this.kept[side];
    const wanted = MOST_KEPT - (before?.length ?? 0);
    if (wanted <= 0) return;
    const added = bytes.slice(start, Math.min(end, start + wanted));
    this.kept[side] = before ? concat([before, added]) : added;
  }

  of(side: Side): Uint8Array | undefined {
    return this.kept[side];
  }

  /** They show nothing any more: the server answered in HTTP. */
  drop(): void {
    this.isOver = true;
    this.kept = [undefined, undefined];
  }
}
