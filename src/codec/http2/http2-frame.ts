/** RFC 9113 §4.1. */
export const HTTP2_HEADER = 9;
/** RFC 9113 §3.4: what a client begins with. */
export const HTTP2_PREFACE: readonly number[] = Array.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', (char) =>
  char.charCodeAt(0),
);
/** RFC 9113 §4.2: the largest payload, as long as nothing else was agreed on. */
export const DEFAULT_FRAME_SIZE = 16_384;

/** RFC 9113 §6, and those of RFC 7838, 8336 and 9218. */
export const HTTP2_TYPE = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
  altsvc: 10,
  origin: 12,
  priorityUpdate: 16,
} as const;

export const HTTP2_FLAG = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

interface Http2TypeRow {
  readonly name: string;
  /** The flags that it may have. */
  readonly flags: number;
  /** Where it may be: on a stream, on the connection as a whole (stream 0), or on both. */
  readonly on: 'stream' | 'connection' | 'both';
  /** Whether a payload may have this length; undefined: it may have any. */
  readonly fits?: (length: number, flags: number) => boolean;
}

const { endStream, ack, endHeaders, padded, priority } = HTTP2_FLAG;

/** By type. */
export const HTTP2_TYPES: Readonly<Record<number, Http2TypeRow>> = {
  0: { name: 'DATA', flags: endStream | padded, on: 'stream' },
  1: { name: 'HEADERS', flags: endStream | endHeaders | padded | priority, on: 'stream' },
  2: { name: 'PRIORITY', flags: 0, on: 'stream', fits: (length) => length === 5 },
  3: { name: 'RST_STREAM', flags: 0, on: 'stream', fits: (length) => length === 4 },
  4: {
    name: 'SETTINGS',
    flags: ack,
    on: 'connection',
    fits: (length, flags) => (flags === 0 ? length % 6 === 0 && length <= 600 : length === 0),
  },
  5: { name: 'PUSH_PROMISE', flags: endHeaders | padded, on: 'stream' },
  6: { name: 'PING', flags: ack, on: 'connection', fits: (length) => length === 8 },
  7: { name: 'GOAWAY', flags: 0, on: 'connection', fits: (length) => length >= 8 },
  8: { name: 'WINDOW_UPDATE', flags: 0, on: 'both', fits: (length) => length === 4 },
  9: { name: 'CONTINUATION', flags: endHeaders, on: 'stream' },
  10: { name: 'ALTSVC', flags: 0, on: 'both' },
  12: { name: 'ORIGIN', flags: 0, on: 'connection' },
  16: { name: 'PRIORITY_UPDATE', flags: 0, on: 'connection', fits: (length) => length >= 4 },
};

/** The header of a frame. */
export interface Http2Header {
  /** Bytes of the payload. */
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  /** The bit before the stream's number. */
  readonly reserved: 0 | 1;
  /** 0: the connection as a whole. */
  readonly stream: number;
}

export function readHttp2Header(bytes: Uint8Array, at: number): Http2Header {
  return {
    length: (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!,
    type: bytes[at + 3]!,
    flags: bytes[at + 4]!,
    reserved: bytes[at + 5]! >= 0x80 ? 1 : 0,
    stream: uint31(bytes, at + 5),
  };
}

/** The frame of that header and payload. */
export function http2Frame(
  { type, flags = 0, stream = 0 }: { readonly type: number; readonly flags?: number; readonly stream?: number },
  payload: Uint8Array | readonly number[] = [],
): Uint8Array {
  const frame = new Uint8Array(HTTP2_HEADER + payload.length);
  new DataView(frame.buffer).setUint32(5, stream);
  frame[0] = payload.length >>> 16;
  frame[1] = payload.length >>> 8;
  frame[2] = payload.length;
  frame[3] = type;
  frame[4] = flags;
  frame.set(payload, HTTP2_HEADER);
  return frame;
}

export function uint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

export function uint31(bytes: Uint8Array, at: number): number {
  return uint32(bytes, at) & 0x7fffffff;
}

/** Whether these bytes are frames from their beginning on, as far as they go: each as its type has it, the last one whole, or followed by a header. */
export function areHttp2Frames(bytes: Uint8Array): boolean {
  let at = 0;
  for (let count = 0; at + HTTP2_HEADER <= bytes.length; count++) {
    const header = readHttp2Header(bytes, at);
    if (!isLikelyHttp2(header, DEFAULT_FRAME_SIZE)) return false;
    if (count > 0) return true;
    at += HTTP2_HEADER + header.length;
  }
  return at === bytes.length && at > 0;
}

/** Whether a header is as RFC 9113 §6 has those of its type: for looking for frames, where one of an unknown type proves nothing. */
export function isLikelyHttp2({ length, type, flags, reserved, stream }: Http2Header, mostLength: number): boolean {
  const row = HTTP2_TYPES[type];
  if (row === undefined || reserved === 1 || length > mostLength || (flags & ~row.flags) !== 0) return false;
  if (row.on === 'stream' && stream === 0) return false;
  if (row.on === 'connection' && stream !== 0) return false;
  return row.fits?.(length, flags) ?? true;
}
