import { concat } from '../../codec/bytes/byte-collector.js';
import { HTTP2_HEADER, HTTP2_PREFACE, readHttp2Header, type Http2Header } from '../../codec/http2/http2-frame.js';

export interface FrameHopsTaker {
  /** A frame begins; `bytes`: its header. */
  header(header: Http2Header, bytes: Uint8Array): void;
  /** Bytes of its payload, or of the preface; `left` bytes of it follow. */
  payload(bytes: Uint8Array, left: number): void;
}

/** Goes from header to header of one direction of an HTTP/2 connection; payloads are not collected. */
export class FrameHops {
  /** Of a header that is not whole. */
  private header: Uint8Array = new Uint8Array(0);
  /** Bytes that are still to come of the payload, or of the preface. */
  private left: number;

  constructor(
    isClient: boolean,
    private readonly taker: FrameHopsTaker,
  ) {
    this.left = isClient ? HTTP2_PREFACE.length : 0;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      if (this.left > 0) {
        const end = Math.min(bytes.length, at + this.left);
        this.left -= end - at;
        this.taker.payload(bytes.subarray(at, end), this.left);
        at = end;
        continue;
      }
      const end = Math.min(bytes.length, at + HTTP2_HEADER - this.header.length);
      const part = bytes.subarray(at, end);
      this.header = this.header.length === 0 ? part : concat([this.header, part]);
      at = end;
      if (this.header.length < HTTP2_HEADER) {
        this.header = this.header.slice();
        return;
      }
      const header = readHttp2Header(this.header, 0);
      this.left = header.length;
      this.taker.header(header, this.header);
      this.header = NOTHING;
    }
  }
}

const NOTHING = new Uint8Array(0);
