import { concat } from '../bytes/byte-collector.js';
import { encodeUtf8 } from '../bytes/utf8.js';
import type { CipherSuite, TlsHash } from './cipher-suites.js';
import type { TlsCrypto } from './tls-crypto.js';

/** What opens the records of one direction: a key, and the part of the nonce that stays. */
export interface RecordKeys {
  readonly key: Uint8Array;
  /** 12 bytes (TLS 1.3, ChaCha20), the 4 bytes of salt (GCM and CCM of TLS 1.2), or the first IV of CBC (TLS 1.0). */
  readonly iv: Uint8Array;
  /** Of the HMAC of CBC suites. */
  readonly macKey: Uint8Array;
}

const EMPTY = new Uint8Array(0);
const HASH_BYTES: Readonly<Record<TlsHash, number>> = { md5: 16, sha1: 20, sha256: 32, sha384: 48 };

export function hashBytes(hash: TlsHash): number {
  return HASH_BYTES[hash];
}

/** HKDF-Expand-Label with an empty context (RFC 8446 §7.1). */
export function expandLabel(
  crypto: TlsCrypto,
  hash: TlsHash,
  secret: Uint8Array,
  label: string,
  length: number,
): Uint8Array {
  const name = encodeUtf8(`tls13 ${label}`);
  const info = concat([Uint8Array.of(length >> 8, length & 255, name.length), name, Uint8Array.of(0)]);
  let block: Uint8Array = EMPTY;
  const blocks: Uint8Array[] = [];
  for (let i = 1; blocks.length * HASH_BYTES[hash] < length; i++) {
    block = crypto.hmac(hash, secret, concat([block, info, Uint8Array.of(i)]));
    blocks.push(block);
  }
  return concat(blocks).slice(0, length);
}

/** The keys of a traffic secret (RFC 8446 §7.3). */
export function trafficKeys(crypto: TlsCrypto, suite: CipherSuite, secret: Uint8Array): RecordKeys {
  return {
    key: expandLabel(crypto, suite.hash, secret, 'key', suite.keyBytes),
    iv: expandLabel(crypto, suite.hash, secret, 'iv', 12),
    macKey: EMPTY,
  };
}

/** The secret after a KeyUpdate (RFC 8446 §7.2). */
export function nextSecret(crypto: TlsCrypto, suite: CipherSuite, secret: Uint8Array): Uint8Array {
  return expandLabel(crypto, suite.hash, secret, 'traffic upd', secret.length);
}

/** P_hash (RFC 5246 §5). */
function expand(crypto: TlsCrypto, hash: TlsHash, secret: Uint8Array, seed: Uint8Array, length: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  let a = seed;
  for (let made = 0; made < length; made += HASH_BYTES[hash]) {
    a = crypto.hmac(hash, secret, a);
    blocks.push(crypto.hmac(hash, secret, concat([a, seed])));
  }
  return concat(blocks).slice(0, length);
}

/** The PRF of TLS 1.2 (RFC 5246 §5), and of TLS 1.0 and 1.1: MD5 of one half, SHA-1 of the other (RFC 2246 §5). */
export function prf(
  crypto: TlsCrypto,
  hash: TlsHash | 'md5-sha1',
  secret: Uint8Array,
  label: string,
  seed: Uint8Array,
  length: number,
): Uint8Array {
  const whole = concat([encodeUtf8(label), seed]);
  if (hash !== 'md5-sha1') return expand(crypto, hash, secret, whole, length);
  const half = Math.ceil(secret.length / 2);
  const md5 = expand(crypto, 'md5', secret.subarray(0, half), whole, length);
  const sha1 = expand(crypto, 'sha1', secret.subarray(secret.length - half), whole, length);
  return md5.map((byte, i) => byte ^ sha1[i]!);
}

export interface KeyBlockInput {
  readonly suite: CipherSuite;
  /** 0x0301 to 0x0303. */
  readonly version: number;
  readonly master: Uint8Array;
  readonly clientRandom: Uint8Array;
  readonly serverRandom: Uint8Array;
}

/** The keys of both directions of TLS 1.0 to 1.2 (RFC 5246 §6.3). */
export function keyBlock(
  crypto: TlsCrypto,
  { suite, version, master, clientRandom, serverRandom }: KeyBlockInput,
): { readonly client: RecordKeys; readonly server: RecordKeys } {
  const isCbc = suite.protection === 'cbc';
  const macBytes = isCbc ? HASH_BYTES[suite.mac] : 0;
  const ivBytes = isCbc ? (version > 0x0301 ? 0 : suite.blockBytes) : suite.protection === 'chacha20' ? 12 : 4;
  const hash = version < 0x0303 ? 'md5-sha1' : suite.hash;
  const length = 2 * (macBytes + suite.keyBytes + ivBytes);
  const block = prf(crypto, hash, master, 'key expansion', concat([serverRandom, clientRandom]), length);
  let at = 0;
  const take = (count: number): Uint8Array => block.subarray(at, (at += count));
  const [clientMac, serverMac] = [take(macBytes), take(macBytes)];
  const [clientKey, serverKey] = [take(suite.keyBytes), take(suite.keyBytes)];
  return {
    client: { key: clientKey, macKey: clientMac, iv: take(ivBytes) },
    server: { key: serverKey, macKey: serverMac, iv: take(ivBytes) },
  };
}
