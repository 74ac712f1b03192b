import { ByteRoom } from '../bytes/byte-room.js';
import { HTTP2_FLAG, HTTP2_TYPE, type Http2Header } from './http2-frame.js';

/** Bytes of one block, and CONTINUATION frames of it, that are read: more is an attack (RFC 9113 §10.5.1). */
const MOST_BLOCK = 256 * 1024;
const MOST_CONTINUATIONS = 1024;
/** RFC 9113 §6.2, §6.6: what precedes a fragment. */
const PRIORITY_BYTES = 5;
const PROMISE_BYTES = 4;

/** A part of a block: where its bytes are in the block, and in those of the direction. */
interface BlockPart {
  readonly at: number;
  readonly offset: number;
}

/** A field block (RFC 9113 §4.3): what HEADERS or PUSH_PROMISE began, and CONTINUATION frames continued. */
export class FieldBlock {
  /** More of it came than is read. */
  isTooLong = false;
  private readonly room = new ByteRoom(256, MOST_BLOCK);
  private parts: BlockPart[] = [];
  private continuations = 0;

  constructor(
    readonly stream: number,
    /** Of the frame that began it. */
    readonly type: number,
    readonly isEndOfStream: boolean,
  ) {}

  get bytes(): Uint8Array {
    return this.room.bytes;
  }

  /** `offset`: of the part's first byte in the direction. */
  add(bytes: Uint8Array, offset: number, isContinuation: boolean): void {
    if (isContinuation) this.continuations++;
    this.isTooLong ||= this.room.length + bytes.length > MOST_BLOCK || this.continuations > MOST_CONTINUATIONS;
    if (this.isTooLong) {
      this.room.clear();
      this.parts = [];
      return;
    }
    this.parts.push({ at: this.room.length, offset });
    this.room.append(bytes, 0, bytes.length);
  }

  /** The offset in the direction of a byte of the block; `isEnd`: of the end of what ends before it. */
  offsetOf(at: number, isEnd = false): number {
    const part = this.parts.findLast((each) => (isEnd ? each.at < at : each.at <= at)) ?? this.parts[0];
    return part === undefined ? 0 : part.offset + at - part.at;
  }
}

/** The fragment of a block in the payload of HEADERS, PUSH_PROMISE or CONTINUATION, without padding and priority (RFC 9113 §6.2, §6.6, §6.10). */
export function blockFragment(
  { type, flags }: Http2Header,
  payload: Uint8Array,
): { readonly start: number; readonly end: number } {
  let start = 0;
  let end = payload.length;
  if (type !== HTTP2_TYPE.continuation && (flags & HTTP2_FLAG.padded) !== 0 && end > 0) {
    end -= payload[0]!;
    start = 1;
  }
  if (type === HTTP2_TYPE.headers && (flags & HTTP2_FLAG.priority) !== 0) start += PRIORITY_BYTES;
  if (type === HTTP2_TYPE.pushPromise) start += PROMISE_BYTES;
  return { start: Math.min(start, payload.length), end: Math.max(Math.min(start, payload.length), end) };
}
