/** RFC 9113 §3.4: what every HTTP/2 client begins with. */
const HTTP2_PREFACE = Array.from('PRI * HTTP/2.0\r\n', (char) => char.charCodeAt(0));
/** RFC 8446 §5.1: content types change_cipher_spec to application_data; the longest record (with the expansion of TLS 1.2). */
const TLS_TYPES = { first: 20, last: 23 };
const TLS_LONGEST = 16_384 + 2048;
const TLS_HEADER = 5;

/** A layer below WebSocket: how its first bytes look. */
interface Layer {
  readonly name: string;
  /** Whether bytes `start` to `end` of `bytes`, the first that were seen of a stream, are this layer's. */
  begins(bytes: Uint8Array, start: number, end: number): boolean;
}

/** The layers that are recognised, and not read: what carries one of them is passed over. */
const LAYERS = [
  { name: 'tls', begins: isTls },
  { name: 'http2', begins: isHttp2 },
] as const satisfies readonly Layer[];

export type LayerName = (typeof LAYERS)[number]['name'];

/** Which layer a stream carries, by its first bytes; undefined: an HTTP/1 head, frames, or anything else. */
export function layerOf(bytes: Uint8Array, start: number, end: number): LayerName | undefined {
  return LAYERS.find(({ begins }) => begins(bytes, start, end))?.name;
}

function isHttp2(bytes: Uint8Array, start: number, end: number): boolean {
  const length = HTTP2_PREFACE.length;
  return end - start >= length && HTTP2_PREFACE.every((byte, i) => bytes[start + i] === byte);
}

/** A record header, also in the middle of a connection: as a frame it would have RSV1 and a reserved opcode. */
function isTls(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < TLS_HEADER) return false;
  const type = bytes[start]!;
  const length = (bytes[start + 3]! << 8) | bytes[start + 4]!;
  return (
    type >= TLS_TYPES.first &&
    type <= TLS_TYPES.last &&
    bytes[start + 1] === 3 &&
    bytes[start + 2]! <= 4 &&
    length > 0 &&
    length <= TLS_LONGEST
  );
}
