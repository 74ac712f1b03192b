import type { CipherSuite, TlsHash } from './cipher-suites.js';

/** The cryptography that reading TLS needs, handed in: nothing of it is made here. All of it is synchronous. */
export interface TlsCrypto {
  /** Whether records of this suite can be opened. */
  supports(suite: CipherSuite): boolean;
  hmac(hash: TlsHash, key: Uint8Array, data: Uint8Array): Uint8Array;
  /**
   * Opens what an AEAD has sealed: `bytes` from `start` to `end`, the tag at its end. Undefined: the tag is not that of
   * these bytes. The result is never written to.
   */
  open(
    suite: CipherSuite,
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): Uint8Array | undefined;
  /** Decrypts whole blocks of CBC, without taking the padding off. */
  decryptCbc(suite: CipherSuite, key: Uint8Array, iv: Uint8Array, blocks: Uint8Array): Uint8Array;
  /** Encrypts blocks of 16 bytes, each by itself: the key stream of counter modes. Undefined: not with this suite. */
  encryptBlocks(suite: CipherSuite, key: Uint8Array, blocks: Uint8Array): Uint8Array | undefined;
}
