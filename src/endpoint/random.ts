import { encodeBase64 } from '../codec/bytes/base64.js';
import { KEY_BYTES } from '../codec/handshake/key.js';

/** Fills the bytes with random ones, as `crypto.getRandomValues` does. Masking keys have to be unpredictable (RFC 6455 §10.3). */
export type RandomSource = (bytes: Uint8Array<ArrayBuffer>) => unknown;

/** The platform's own: Node.js, browsers and the others have it. */
export const systemRandom: RandomSource = (bytes) => globalThis.crypto.getRandomValues(bytes);

/** A fresh `Sec-WebSocket-Key`: 16 random bytes in Base64 (RFC 6455 §4.1). */
export function createKey(random: RandomSource = systemRandom): string {
  const bytes = new Uint8Array(KEY_BYTES);
  random(bytes);
  return encodeBase64(bytes);
}

/** Masking keys from a random source, from which some hundred are taken at once. */
export class MaskingKeys {
  private readonly pool = new Uint8Array(1024);
  private at = this.pool.length;

  constructor(private readonly random: RandomSource) {}

  /** The next key, in network order. */
  next(): number {
    if (this.at === this.pool.length) {
      this.random(this.pool);
      this.at = 0;
    }
    const { pool, at } = this;
    this.at += 4;
    return ((pool[at]! << 24) | (pool[at + 1]! << 16) | (pool[at + 2]! << 8) | pool[at + 3]!) >>> 0;
  }
}
