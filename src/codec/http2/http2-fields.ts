import type { Field, Span } from '../bytes/span.js';
import { latin1 } from '../http1/text.js';
import { http2SettingName } from './http2-codes.js';
import {
  HTTP2_FLAG,
  HTTP2_HEADER,
  HTTP2_TYPE,
  readHttp2Header,
  uint31,
  uint32,
  type Http2Header,
} from './http2-frame.js';

/** Collects the fields of one frame, one after the other. */
class FieldWriter {
  readonly fields: Field[] = [];

  constructor(
    private readonly bytes: Uint8Array,
    private readonly offset: number,
    private at: number,
    private readonly end: number,
  ) {}

  get left(): number {
    return this.end - this.at;
  }

  /** A field of up to `length` bytes, as far as they are there: a number, or text. */
  take(name: string, length: number, form: 'number' | 'text' = 'number'): number {
    const next = Math.min(this.at + length, this.end);
    if (next === this.at) return 0;
    let number = 0;
    for (let i = this.at; i < next && form === 'number'; i++) number = number * 256 + this.bytes[i]!;
    const value = form === 'number' && length <= 6 ? number : latin1(this.bytes, this.at, next);
    this.fields.push({ name, span: this.span(this.at, next), value });
    this.at = next;
    return number;
  }

  /** The number of a stream, and the bit before it. */
  stream(name: string, bit = 'reserved'): void {
    const { bytes, at, left } = this;
    if (left < 4) return void this.take(name, left);
    const reserved = bytes[at]! >> 7;
    this.fields.push({ name: bit, span: { ...this.span(at, at + 1), mask: 0x80 }, value: reserved });
    // The rest of the four bytes.
    this.fields.push({ name, span: { ...this.span(at, at + 4), mask: 0x7fffffff }, value: uint31(bytes, at) });
    this.at += 4;
  }

  rest(name: string): void {
    this.take(name, this.left, 'text');
  }

  private span(start: number, end: number): Span {
    return { start: this.offset + start, end: this.offset + end };
  }
}

/**
 * The fields of the frame at the beginning of `bytes`, as far as it is there (RFC 9113 §4.1, §6). They tile it: every byte
 * belongs to exactly one, but for the first bit of a stream's number, which has a field of its own by `span.mask`. `offset`: of its first byte.
 */
export function http2Fields(bytes: Uint8Array, offset = 0): Field[] {
  const head = new FieldWriter(bytes, offset, 0, Math.min(HTTP2_HEADER, bytes.length));
  head.take('length', 3);
  head.take('type', 1);
  head.take('flags', 1);
  head.stream('stream');
  if (bytes.length <= HTTP2_HEADER) return head.fields;
  const header = readHttp2Header(bytes, 0);
  const end = Math.min(HTTP2_HEADER + header.length, bytes.length);
  const isPadded = (header.flags & HTTP2_FLAG.padded) !== 0 && PADDED.has(header.type);
  const padding = isPadded ? Math.min(bytes[HTTP2_HEADER]!, header.length - 1) : 0;
  const contentEnd = Math.min(end, HTTP2_HEADER + header.length - padding);
  const content = new FieldWriter(bytes, offset, HTTP2_HEADER, contentEnd);
  if (isPadded) content.take('pad length', 1);
  (PAYLOADS[header.type] ?? ((writer) => writer.rest('payload')))(content, header, bytes);
  const pad = new FieldWriter(bytes, offset, contentEnd, end);
  pad.rest('padding');
  return [...head.fields, ...content.fields, ...pad.fields];
}

const PADDED: ReadonlySet<number> = new Set([HTTP2_TYPE.data, HTTP2_TYPE.headers, HTTP2_TYPE.pushPromise]);

type PayloadFields = (writer: FieldWriter, header: Http2Header, bytes: Uint8Array) => void;

const PAYLOADS: Readonly<Record<number, PayloadFields>> = {
  [HTTP2_TYPE.data]: (writer) => writer.rest('data'),
  [HTTP2_TYPE.headers]: (writer, { flags }) => {
    if ((flags & HTTP2_FLAG.priority) !== 0) priorityFields(writer);
    writer.rest('field block');
  },
  [HTTP2_TYPE.priority]: priorityFields,
  [HTTP2_TYPE.rstStream]: (writer) => oneNumber(writer, 'error code'),
  [HTTP2_TYPE.settings]: (writer, _header, bytes) => {
    for (let at = HTTP2_HEADER; writer.left >= 6; at += 6) {
      writer.take('setting', 2);
      writer.take(http2SettingName(uint32(bytes, at) >>> 16), 4);
    }
    writer.rest('rest');
  },
  [HTTP2_TYPE.pushPromise]: (writer) => {
    writer.stream('promised stream');
    writer.rest('field block');
  },
  [HTTP2_TYPE.ping]: (writer) => writer.rest('opaque data'),
  [HTTP2_TYPE.goaway]: (writer) => {
    writer.stream('last stream');
    writer.take('error code', 4);
    writer.rest('debug data');
  },
  [HTTP2_TYPE.windowUpdate]: (writer) => {
    writer.stream('increment');
    writer.rest('rest');
  },
  [HTTP2_TYPE.continuation]: (writer) => writer.rest('field block'),
};

function priorityFields(writer: FieldWriter): void {
  writer.stream('depends on', 'exclusive');
  writer.take('weight', 1);
  writer.rest('rest');
}

function oneNumber(writer: FieldWriter, name: string): void {
  writer.take(name, 4);
  writer.rest('rest');
}
