/** What traffic is by its first bytes, where it is plainly no WebSocket in the open. */
export type OtherProtocol = 'tls' | 'http2';

/** RFC 9113 §3.4: what every HTTP/2 client begins with. */
const HTTP2_PREFACE = Array.from('PRI * HTTP/2.0\r\n', (char) => char.charCodeAt(0));
/** RFC 8446 §5.1: content types change_cipher_spec to application_data; the longest record (with the expansion of TLS 1.2). */
const TLS_TYPES = { first: 20, last: 23 };
const TLS_LONGEST = 16_384 + 2048;
const TLS_HEADER = 5;

/** TLS is told by a record header, also in the middle of a connection: as a frame it would have RSV1 and a reserved opcode. */
export function otherProtocol(bytes: Uint8Array, start: number, end: number): OtherProtocol | undefined {
  if (isTls(bytes, start, end)) return 'tls';
  const length = HTTP2_PREFACE.length;
  if (end - start >= length && HTTP2_PREFACE.every((byte, i) => bytes[start + i] === byte)) return 'http2';
  return undefined;
}

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
