import { concat } from '../../codec/bytes/byte-collector.js';
import { HTTP2_TYPE, uint32 } from '../../codec/http2/http2-frame.js';
import { latin1 } from '../../codec/http1/text.js';
import { FrameHops } from './frame-hops.js';

/** RFC 9113 §6.8: the last stream and the code. */
const FIXED = 8;
/** Bytes of its debug data that are kept. */
const MOST_DEBUG = 200;

/**
 * Finds a GOAWAY with an error among the bytes that `node:http2` writes: for most faults of its peer nghttp2 writes one and
 * does nothing more, and Node.js neither reports that nor ends the connection.
 */
export class OwnGoaway {
  private readonly hops: FrameHops;
  private isGoaway = false;
  private kept: Uint8Array = new Uint8Array(0);

  constructor(isClient: boolean, found: (code: number, debug: string) => void) {
    this.hops = new FrameHops(isClient, {
      header: ({ type }) => {
        this.isGoaway = type === HTTP2_TYPE.goaway;
        this.kept = new Uint8Array(0);
      },
      payload: (bytes, left) => {
        if (!this.isGoaway) return;
        this.kept = concat([this.kept, bytes]).subarray(0, FIXED + MOST_DEBUG);
        if (left > 0 || this.kept.length < FIXED) return;
        const code = uint32(this.kept, 4);
        if (code !== 0) found(code, latin1(this.kept, FIXED, this.kept.length));
      },
    });
  }

  push(bytes: Uint8Array): void {
    this.hops.push(bytes);
  }
}
