import { concat } from '../../codec/bytes/byte-collector.js';
import type { Http2Header } from '../../codec/http2/http2-frame.js';
import { FrameHops } from './frame-hops.js';

/** One direction of an HTTP/2 connection without some of its frames; heads have to stay, as the compression of others depends on them. */
export class WithoutHidden {
  private readonly hops: FrameHops;
  private parts: Uint8Array[] = [];
  private isDropped = false;

  constructor(isClient: boolean, isHidden: (header: Http2Header) => boolean) {
    this.hops = new FrameHops(isClient, {
      header: (header, bytes) => {
        this.isDropped = isHidden(header);
        this.keep(bytes);
      },
      payload: (bytes) => this.keep(bytes),
    });
  }

  /** What is left of these bytes. The header of a frame comes when it is whole. */
  take(bytes: Uint8Array): Uint8Array {
    this.hops.push(bytes);
    const kept = concat(this.parts);
    this.parts = [];
    return kept;
  }

  private keep(bytes: Uint8Array): void {
    if (!this.isDropped) this.parts.push(bytes);
  }
}
