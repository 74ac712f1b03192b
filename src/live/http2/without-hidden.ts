import { concat } from '../../codec/bytes/byte-collector.js';
import { HTTP2_TYPE } from '../../codec/http2/http2-frame.js';
import { FrameHops } from './frame-hops.js';

/** One direction of an HTTP/2 connection without the DATA of some streams: all else stays, as the compression of heads depends on it. */
export class WithoutHidden {
  private readonly hops: FrameHops;
  private parts: Uint8Array[] = [];
  private isDropped = false;

  constructor(isClient: boolean, hidden: ReadonlySet<number>) {
    this.hops = new FrameHops(isClient, {
      header: ({ type, stream }, bytes) => {
        this.isDropped = type === HTTP2_TYPE.data && hidden.has(stream);
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
