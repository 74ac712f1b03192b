import { concat } from '../../codec/bytes/byte-collector.js';
import { HTTP2_HEADER, HTTP2_PREFACE, HTTP2_TYPE, readHttp2Header } from '../../codec/http2/http2-frame.js';

/** One direction of an HTTP/2 connection without the DATA of some streams: all else stays, as the compression of heads depends on it. */
export class WithoutHidden {
  /** Of a header that is not whole. */
  private header: Uint8Array = new Uint8Array(0);
  /** Bytes that are still to come of the payload, or of the preface. */
  private left: number;
  private isDropped = false;

  constructor(
    isClient: boolean,
    private readonly hidden: ReadonlySet<number>,
  ) {
    this.left = isClient ? HTTP2_PREFACE.length : 0;
  }

  /** What is left of these bytes. The header of a frame comes when it is whole. */
  take(bytes: Uint8Array): Uint8Array {
    const parts: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      if (this.left > 0) {
        const end = Math.min(bytes.length, at + this.left);
        if (!this.isDropped) parts.push(bytes.subarray(at, end));
        this.left -= end - at;
        at = end;
        continue;
      }
      const end = Math.min(bytes.length, at + HTTP2_HEADER - this.header.length);
      const header = concat([this.header, bytes.subarray(at, end)]);
      at = end;
      this.header = header;
      if (header.length < HTTP2_HEADER) continue;
      const { type, stream, length } = readHttp2Header(header, 0);
      this.isDropped = type === HTTP2_TYPE.data && this.hidden.has(stream);
      if (!this.isDropped) parts.push(header);
      this.left = length;
      this.header = new Uint8Array(0);
    }
    return concat(parts);
  }
}
