import { KEY_BYTES } from '../../codec/handshake/key.js';

/** Different bytes that 16 random ones have at least, but for one key in 10^12. */
const LEAST_DIFFERENT = 9;

/**
 * Was this Sec-WebSocket-Key made for one handshake? Programs that copy a key from a text share it with others. Such
 * keys repeat bytes, or were typed: 16 random bytes are all printable ASCII once in ten million times.
 */
export function isOwnKey(key: string, bytes: Uint8Array | undefined): boolean {
  if (bytes?.length !== KEY_BYTES || EXAMPLES.has(key)) return false;
  return new Set(bytes).size >= LEAST_DIFFERENT && !bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
}

/** An encyclopedia's example; that of RFC 6455 §1.2 is printable. */
const EXAMPLES: ReadonlySet<string> = new Set(['x3JJHMbDL1EzLkh9GBhXDw==']);
