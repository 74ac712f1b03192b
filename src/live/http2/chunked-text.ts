import type { IncomingHttpHeaders } from 'node:http2';

/** Content in the chunked coding (RFC 9112 §7.1): one chunk. An empty one would end the body. */
export function chunkOf(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return bytes;
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

/** The end of the body, with its trailer fields. */
export function lastChunk(trailers: IncomingHttpHeaders): Uint8Array {
  const lines = Object.entries(trailers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? '']).flatMap((one) => (name.startsWith(':') ? [] : [`${name}: ${one}`])),
  );
  return Buffer.from(['0', ...lines, '\r\n'].join('\r\n'), 'latin1');
}
