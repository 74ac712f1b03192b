import { ByteCollector } from '../../codec/bytes/byte-collector.js';
import { debugText, MOST_DEBUG } from '../../codec/http2/http2-codes.js';
import { HTTP2_TYPE, uint32 } from '../../codec/http2/http2-frame.js';
import { FrameHops } from './frame-hops.js';

/** RFC 9113 §6.8: the last stream and the code. */
const FIXED = 8;

/**
 * Finds a GOAWAY with an error among the bytes that `node:http2` writes: for most faults of its peer nghttp2 writes one and
 * does nothing more, and Node.js neither reports that nor ends the connection.
 */
export class OwnGoaway {
  private readonly hops: FrameHops;
  /** The payload of a GOAWAY; undefined: the frame is another one. */
  private goaway: ByteCollector | undefined;

  constructor(isClient: boolean, found: (code: number, debug: string) => void) {
    this.hops = new FrameHops(isClient, {
      header: ({ type }) => {
        this.goaway = type === HTTP2_TYPE.goaway ? new ByteCollector(FIXED + MOST_DEBUG) : undefined;
      },
      payload: (bytes, left) => {
        const { goaway } = this;
        if (goaway === undefined) return;
        goaway.push(bytes.slice());
        if (left > 0 || goaway.seen < FIXED) return;
        const kept = goaway.bytes();
        const code = uint32(kept, 4);
        if (code !== 0) found(code, debugText(kept, FIXED));
      },
    });
  }

  push(bytes: Uint8Array): void {
    this.hops.push(bytes);
  }
}
