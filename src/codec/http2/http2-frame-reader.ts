import { ByteRoom } from '../bytes/byte-room.js';
import { HTTP2_FLAG, HTTP2_HEADER, HTTP2_TYPE, readHttp2Header, type Http2Header } from './http2-frame.js';

/** Bytes of a payload that is read as a whole. Those of DATA are handed on as they come. */
const MOST_WHOLE = 64 * 1024;

/** Takes the frames of one direction. Offsets are those of the direction's bytes. */
export interface Http2FrameTaker {
  /** Bytes of a DATA frame, without its padding. */
  data(header: Http2Header, bytes: Uint8Array, start: number, end: number, time: number): void;
  /** A DATA frame has ended. */
  dataEnd(header: Http2Header, time: number): void;
  /** Any other frame of a type that is looked at. `payload` is used again after the call. `offset`: of the payload. */
  frame(header: Http2Header, payload: Uint8Array, offset: number, time: number): void;
  /** A frame of which a part was not captured, or that is too long to be looked at; it ends here. */
  lostFrame(header: Http2Header, why: 'gap' | 'long', time: number): void;
  /** Bytes of a DATA frame that were not captured, without its padding as far as that is known. */
  dataGap(header: Http2Header, length: number, time: number): void;
}

const HIGHEST_TYPE = HTTP2_TYPE.continuation;

/** Reads the frames of one direction (RFC 9113 §4). */
export class Http2FrameReader {
  /** Of the next byte. */
  offset: number;
  private readonly head = new ByteRoom(HTTP2_HEADER, HTTP2_HEADER);
  private header: Http2Header | undefined;
  /** What becomes of its payload. */
  private mode: 'pad-length' | 'data' | 'whole' | 'pass' | 'lost' | 'long' = 'pass';
  /** Bytes of the payload that did not come yet, padding included. */
  private left = 0;
  private padding = 0;
  private readonly payload = new ByteRoom(64, MOST_WHOLE);

  constructor(offset: number) {
    this.offset = offset;
  }

  /** It is within a frame. */
  get isInside(): boolean {
    return this.header !== undefined || this.head.length > 0;
  }

  read(bytes: Uint8Array, start: number, end: number, time: number, taker: Http2FrameTaker): void {
    let at = start;
    while (at < end) {
      const next =
        this.header === undefined
          ? this.readHead(bytes, at, end)
          : this.readPayload(this.header, bytes, at, end, time, taker);
      this.offset += next - at;
      at = next;
      if (this.header !== undefined && this.left === 0) this.finish(this.header, time, taker);
    }
  }

  /** Bytes that were not captured. False: it is not known where the next frame begins. */
  gap(length: number, time: number, taker: Http2FrameTaker): boolean {
    const { header } = this;
    this.offset += length;
    if (header === undefined || length > this.left) return false;
    if (this.mode === 'data') {
      const content = Math.min(length, Math.max(0, this.left - this.padding));
      if (content > 0) taker.dataGap(header, content, time);
    } else if (this.mode === 'pad-length') {
      // Where its padding begins was not captured: what follows may be content or padding.
      taker.dataGap(header, Math.max(0, this.left - 1), time);
      this.mode = 'lost';
    } else if (this.mode === 'whole') this.mode = 'lost';
    this.left -= length;
    if (this.left === 0) this.finish(header, time, taker);
    return true;
  }

  /** The frame that a hole which goes beyond it has cut; undefined: it was between two, or in a header. */
  cut(): Http2Header | undefined {
    const { header } = this;
    this.header = undefined;
    this.head.clear();
    this.payload.clear();
    return header;
  }

  /** How much of the content of a DATA frame did not come, at most. */
  get missing(): number {
    return this.mode === 'data' ? Math.max(0, this.left - this.padding) : this.left;
  }

  private readHead(bytes: Uint8Array, at: number, end: number): number {
    const { head } = this;
    if (head.length === 0 && end - at >= HTTP2_HEADER) {
      this.begin(readHttp2Header(bytes, at));
      return at + HTTP2_HEADER;
    }
    const next = Math.min(end, at + HTTP2_HEADER - head.length);
    head.append(bytes, at, next);
    if (head.length < HTTP2_HEADER) return next;
    this.begin(readHttp2Header(head.bytes, 0));
    head.clear();
    return next;
  }

  private begin(header: Http2Header): void {
    this.header = header;
    this.left = header.length;
    this.padding = 0;
    this.payload.clear();
    const { type, flags, length } = header;
    if (type === HTTP2_TYPE.data) this.mode = (flags & HTTP2_FLAG.padded) === 0 || length === 0 ? 'data' : 'pad-length';
    else if (type > HIGHEST_TYPE || type === HTTP2_TYPE.priority) this.mode = 'pass';
    else this.mode = length > MOST_WHOLE ? 'long' : 'whole';
  }

  private readPayload(
    header: Http2Header,
    bytes: Uint8Array,
    at: number,
    end: number,
    time: number,
    taker: Http2FrameTaker,
  ): number {
    if (this.mode === 'pad-length') {
      this.padding = bytes[at]!;
      this.mode = 'data';
      this.left--;
      return at + 1;
    }
    const next = Math.min(end, at + this.left);
    if (this.mode === 'whole') this.payload.append(bytes, at, next);
    else if (this.mode === 'data') {
      // Padding of the whole payload or more (RFC 9113 §6.1): there is no content.
      const contentEnd = Math.min(next, at + Math.max(0, this.left - this.padding));
      if (contentEnd > at) taker.data(header, bytes, at, contentEnd, time);
    }
    this.left -= next - at;
    return next;
  }

  private finish(header: Http2Header, time: number, taker: Http2FrameTaker): void {
    const { mode, payload } = this;
    this.header = undefined;
    if (header.type === HTTP2_TYPE.data) taker.dataEnd(header, time);
    else if (mode === 'whole') taker.frame(header, payload.bytes, this.offset - header.length, time);
    else if (mode === 'lost' || mode === 'long') taker.lostFrame(header, mode === 'lost' ? 'gap' : 'long', time);
  }
}
