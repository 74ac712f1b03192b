import { concat } from '../../codec/bytes/byte-collector.js';
import { HTTP2_HEADER, readHttp2Header, type Http2Header } from '../../codec/http2/http2-frame.js';

export interface LinkFrame {
  readonly header: Http2Header;
  readonly payload: Uint8Array;
}

/** Cuts one direction's bytes into frames of HTTP/2 (RFC 9113 §4.1), up to one that is longer than `most` bytes. */
export class WholeFrames {
  /** The header of a frame that is too long: nothing after it is read. */
  tooLong: Http2Header | undefined;
  private pieces: Uint8Array[] = [];
  private size = 0;
  /** Bytes without which there is no further frame. */
  private needed = HTTP2_HEADER;

  constructor(private readonly most: number) {}

  push(chunk: Uint8Array): LinkFrame[] {
    this.pieces.push(chunk);
    this.size += chunk.length;
    if (this.size < this.needed || this.tooLong) return [];
    const bytes = concat(this.pieces);
    const frames: LinkFrame[] = [];
    let at = 0;
    this.needed = HTTP2_HEADER;
    while (bytes.length - at >= HTTP2_HEADER) {
      const header = readHttp2Header(bytes, at);
      if (header.length > this.most) {
        this.tooLong = header;
        break;
      }
      const end = at + HTTP2_HEADER + header.length;
      if (end > bytes.length) {
        this.needed = end - at;
        break;
      }
      frames.push({ header, payload: bytes.subarray(at + HTTP2_HEADER, end) });
      at = end;
    }
    this.pieces = [bytes.subarray(at)];
    this.size = bytes.length - at;
    return frames;
  }
}
