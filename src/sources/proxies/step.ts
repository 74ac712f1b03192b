import type { Passage } from '../../codec/bytes/stream-taker.js';
import { formatAddress } from '../packets/address.js';
import { i32 } from '../bytes/bytes.js';

/** What the first bytes of both sides are. */
export type ProxyStep =
  /** More of them has to come. */
  | 'more'
  /** Nothing that is known here. */
  | 'no'
  /** The proxy refused: nothing follows. */
  | 'refused'
  /** How many bytes of each side are the proxy's, and its target. */
  | { readonly client: number; readonly server: number; readonly passage: Passage };

/** Looks at all that both sides have sent so far. */
export type ReadStep = (client: Uint8Array, server: Uint8Array) => ProxyStep;

/** `192.0.2.1:80`, `[2001:db8::1]:80`: an address of `length` bytes (4 or 16) at `at`. */
export function endpointAt(bytes: Uint8Array, at: number, length: number, port: number): string {
  const words = Array.from({ length: length / 4 }, (_, i) => i32(bytes, at + 4 * i));
  const address = formatAddress(words);
  return length === 4 ? `${address}:${port}` : `[${address}]:${port}`;
}
