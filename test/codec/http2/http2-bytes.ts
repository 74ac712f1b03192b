import { concat } from '../../../src/codec/bytes/byte-collector.js';
import { FieldBlock } from '../../../src/codec/http2/field-block.js';
import { HpackDecoder } from '../../../src/codec/http2/hpack-decoder.js';
import { HpackEncoder } from '../../../src/codec/http2/hpack-encoder.js';
import { HTTP2_FLAG, HTTP2_PREFACE, HTTP2_TYPE, http2Frame } from '../../../src/codec/http2/http2-frame.js';
import { http2Head } from '../../../src/codec/http2/http2-heads.js';
import type { Head } from '../../../src/codec/http1/head.js';

export type Fields = readonly (readonly [name: string, value: string])[];

/** A legal request for a WebSocket (RFC 8441 §5.1), and its answer. */
export const CONNECT: Fields = [
  [':method', 'CONNECT'],
  [':protocol', 'websocket'],
  [':scheme', 'https'],
  [':path', '/chat'],
  [':authority', 'server.example.com'],
  ['sec-websocket-protocol', 'chat, superchat'],
  ['sec-websocket-extensions', 'permessage-deflate'],
  ['sec-websocket-version', '13'],
  ['origin', 'http://www.example.com'],
];
export const OK: Fields = [
  [':status', '200'],
  ['sec-websocket-protocol', 'chat'],
];

const entries = (fields: Fields): { name: string; value: string }[] => fields.map(([name, value]) => ({ name, value }));

/** The fields as the head that they are. */
export function headOf(kind: Head['kind'], fields: Fields, connects?: boolean): Head {
  const block = new FieldBlock(1, HTTP2_TYPE.headers, false);
  block.add(new HpackEncoder().encode(entries(fields)), 100, false);
  return http2Head(kind, block, new HpackDecoder().decode(block.bytes), connects);
}

/** Writes what one end of an HTTP/2 connection sends. */
export class Http2End {
  private readonly encoder = new HpackEncoder();
  static readonly preface = Uint8Array.from(HTTP2_PREFACE);

  settings(...values: readonly (readonly [id: number, value: number])[]): Uint8Array {
    const payload = values.flatMap(([id, value]) => [
      id >> 8,
      id & 0xff,
      value >>> 24,
      (value >>> 16) & 0xff,
      (value >>> 8) & 0xff,
      value & 0xff,
    ]);
    return http2Frame({ type: HTTP2_TYPE.settings }, payload);
  }

  /** HEADERS, its block cut into `parts` frames. */
  headers(stream: number, fields: Fields, { flags = 0, parts = 1 } = {}): Uint8Array {
    const block = this.encoder.encode(entries(fields));
    const size = Math.ceil(block.length / parts);
    const frames = Array.from({ length: parts }, (_, i) => {
      const isLast = i === parts - 1;
      const type = i === 0 ? HTTP2_TYPE.headers : HTTP2_TYPE.continuation;
      const own = (i === 0 ? flags : 0) | (isLast ? HTTP2_FLAG.endHeaders : 0);
      return http2Frame({ type, flags: own, stream }, block.subarray(i * size, (i + 1) * size));
    });
    return concat(frames);
  }

  data(stream: number, bytes: Uint8Array, flags = 0): Uint8Array {
    return http2Frame({ type: HTTP2_TYPE.data, flags, stream }, bytes);
  }

  padded(stream: number, bytes: Uint8Array, padding: number): Uint8Array {
    const payload = concat([Uint8Array.of(padding), bytes, new Uint8Array(padding)]);
    return http2Frame({ type: HTTP2_TYPE.data, flags: HTTP2_FLAG.padded, stream }, payload);
  }

  reset(stream: number, code: number): Uint8Array {
    return http2Frame({ type: HTTP2_TYPE.rstStream, stream }, [0, 0, 0, code]);
  }

  goaway(last: number, code: number, debug = ''): Uint8Array {
    return http2Frame({ type: HTTP2_TYPE.goaway }, [0, 0, 0, last, 0, 0, 0, code, ...Buffer.from(debug, 'latin1')]);
  }
}
