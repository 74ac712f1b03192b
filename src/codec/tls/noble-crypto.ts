/** The adapter around @noble/ciphers and @noble/hashes: TLS's cryptography where there is no node:crypto. */
import { cbc, ctr, ecb, gcm } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { hmac } from '@noble/hashes/hmac.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384 } from '@noble/hashes/sha2.js';
import { concat } from '../bytes/byte-collector.js';
import type { CipherSuite } from './cipher-suites.js';
import type { TlsCrypto } from './tls-crypto.js';

const HASHES = { md5, sha1, sha256, sha384 } as const;
const BLOCK = 16;
const ZEROS = new Uint8Array(BLOCK);

/**
 * TLS's cryptography in plain JavaScript, for `inspect({ tlsCrypto })` in a browser: AES with GCM, CCM and CBC, and
 * ChaCha20-Poly1305. Suites with ARIA, Camellia or 3DES are not supported.
 */
export const browserTlsCrypto: TlsCrypto = {
  supports: (suite) => suite.protection === 'chacha20' || isAes(suite),
  hmac: (hash, key, data) => hmac(HASHES[hash], key, data),
  open(suite, key, nonce, aad, bytes, start, end) {
    if (end - start < suite.tagBytes) return undefined;
    const sealed = bytes.subarray(start, end);
    if (suite.protection === 'ccm') return openCcm(key, nonce, aad, sealed, suite.tagBytes);
    try {
      return (suite.protection === 'gcm' ? gcm : chacha20poly1305)(key, nonce, aad).decrypt(sealed);
    } catch {
      return undefined;
    }
  },
  decryptCbc: (_, key, iv, blocks) => cbc(key, iv, { disablePadding: true }).decrypt(blocks),
  encryptBlocks: (suite, key, blocks) =>
    isAes(suite) ? ecb(key, { disablePadding: true }).encrypt(blocks) : undefined,
};

function isAes({ algorithm }: CipherSuite): boolean {
  return algorithm.startsWith('aes-');
}

/** CCM (RFC 3610) with a nonce of 12 bytes, as AEAD_AES_128_CCM of RFC 5116 has it. */
function openCcm(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
  tagBytes: number,
): Uint8Array | undefined {
  const length = sealed.length - tagBytes;
  // Counter block 0 hides the tag, those from 1 on the text (§2.3).
  const counted = ctr(key, block(2, nonce, 0)).decrypt(concat([ZEROS, sealed.subarray(0, length)]));
  const plain = counted.subarray(BLOCK);
  const flags = 64 + 8 * ((tagBytes - 2) / 2) + 2;
  const aadLength = Uint8Array.of(aad.length >> 8, aad.length & 255);
  const authenticated = concat([block(flags, nonce, length), ...padded(aadLength, aad), ...padded(plain)]);
  const mac = cbc(key, ZEROS, { disablePadding: true }).encrypt(authenticated).subarray(-BLOCK);
  let difference = 0;
  for (let i = 0; i < tagBytes; i++) difference |= mac[i]! ^ counted[i]! ^ sealed[length + i]!;
  return difference === 0 ? plain : undefined;
}

/** The first block of the MAC, or a counter block: flags, nonce, and a number of three bytes. */
function block(flags: number, nonce: Uint8Array, number: number): Uint8Array {
  return concat([Uint8Array.of(flags), nonce, Uint8Array.of(number >> 16, (number >> 8) & 255, number & 255)]);
}

/** Filled up with zeros to whole blocks. */
function padded(...parts: readonly Uint8Array[]): Uint8Array[] {
  const over = parts.reduce((sum, part) => sum + part.length, 0) % BLOCK;
  return over === 0 ? [...parts] : [...parts, ZEROS.subarray(over)];
}
