import * as crypto from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { cipherSuite, type CipherSuite } from '../../../src/codec/tls/cipher-suites.js';
import { tlsCryptoWith } from '../../../src/codec/tls/node-crypto.js';
import { browserTlsCrypto } from '../../../src/codec/tls/noble-crypto.js';
import { decrypt, NAMES, tlsCase } from '../../traffic/tls-captures.js';

const node = tlsCryptoWith(crypto);
const SUITES = Array.from({ length: 0x10000 }, (_, id) => cipherSuite(id)).filter((suite) => suite !== undefined);
/** Suites of one algorithm and tag differ in nothing that an adapter computes. */
const KINDS = [...new Map(SUITES.map((suite) => [`${suite.algorithm} ${suite.tagBytes}`, suite]))];
const LENGTHS = [0, 1, 15, 16, 17, 255, 1000, 16_401];

const bytesOf = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 151 + seed * 7 + (i >> 3)) & 255);
const plainArray = (bytes: Uint8Array | undefined): Uint8Array | undefined => bytes && new Uint8Array(bytes);

function sealed(
  suite: CipherSuite,
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  plain: Uint8Array,
): Uint8Array {
  const cipher = crypto.createCipheriv(suite.algorithm as 'aes-128-ccm', key, nonce, { authTagLength: suite.tagBytes });
  cipher.setAAD(aad, { plaintextLength: plain.length });
  const text = cipher.update(plain);
  cipher.final();
  return Buffer.concat([text, cipher.getAuthTag()]);
}

describe('browserTlsCrypto', () => {
  it('supports all suites but those with ARIA, Camellia or 3DES', () => {
    const left = SUITES.filter((suite) => !browserTlsCrypto.supports(suite));
    expect([...new Set(left.map(({ algorithm }) => algorithm))].sort()).toEqual([
      'aria-128-gcm',
      'aria-256-gcm',
      'camellia-128-cbc',
      'camellia-256-cbc',
      'des-ede3-cbc',
    ]);
  });

  it.each(KINDS.filter(([, suite]) => suite.protection !== 'cbc' && browserTlsCrypto.supports(suite)))(
    'opens %s as node:crypto does',
    (_, suite) => {
      for (const length of LENGTHS) {
        for (const aadBytes of [5, 13]) {
          const [key, nonce] = [bytesOf(suite.keyBytes, length), bytesOf(12, length + 1)];
          const [aad, plain] = [bytesOf(aadBytes, 3), bytesOf(length, 4)];
          const text = sealed(suite, key, nonce, aad, plain);
          // At an odd place in a larger buffer, as records are.
          const held = new Uint8Array(text.length + 10);
          held.set(text, 5);
          const open = (by: typeof node): Uint8Array | undefined =>
            plainArray(by.open(suite, key, nonce, aad, held, 5, 5 + text.length));
          expect(open(browserTlsCrypto)).toEqual(plain);
          expect(open(node)).toEqual(plain);
          for (const at of [5, 5 + length, 4 + text.length]) {
            held[at]! ^= 1;
            expect(open(browserTlsCrypto)).toBeUndefined();
            expect(open(node)).toBeUndefined();
            held[at]! ^= 1;
          }
          aad[0]! ^= 1;
          expect(open(browserTlsCrypto)).toBeUndefined();
        }
      }
      expect(
        browserTlsCrypto.open(suite, bytesOf(suite.keyBytes, 1), bytesOf(12, 1), bytesOf(5, 5), bytesOf(5, 5), 0, 5),
      ).toBe(undefined);
    },
  );

  it.each(KINDS.filter(([, suite]) => suite.protection === 'cbc' && browserTlsCrypto.supports(suite)))(
    'decrypts %s as node:crypto does',
    (_, suite) => {
      const [key, iv, blocks] = [bytesOf(suite.keyBytes, 1), bytesOf(16, 2), bytesOf(16 * 65, 3)];
      const [ours, theirs] = [browserTlsCrypto, node].map((by) => plainArray(by.decryptCbc(suite, key, iv, blocks)));
      expect(ours).toEqual(theirs);
    },
  );

  it.each(KINDS.filter(([, suite]) => browserTlsCrypto.supports(suite)))('encrypts blocks for %s', (_, suite) => {
    const [key, blocks] = [bytesOf(suite.keyBytes, 1), bytesOf(16 * 65, 2)];
    const [ours, theirs] = [browserTlsCrypto, node].map((by) => plainArray(by.encryptBlocks(suite, key, blocks)));
    expect(ours).toEqual(theirs);
  });

  it.each(['md5', 'sha1', 'sha256', 'sha384'] as const)('makes an HMAC with %s', (hash) => {
    for (const length of [0, 1, 64, 200]) {
      const [key, data] = [bytesOf(length, 1), bytesOf(3 * length, 2)];
      const [ours, theirs] = [browserTlsCrypto, node].map((by) => plainArray(by.hmac(hash, key, data)));
      expect(ours).toEqual(theirs);
    }
  });

  it.each(NAMES)('reads the capture %s as node:crypto does', (name) => {
    const { packets, keys } = tlsCase(name);
    const { messages, facts, notices } = decrypt(packets, keys, { tlsCrypto: browserTlsCrypto });
    const expected = decrypt(packets, keys);
    expect({ messages, facts, notices }).toEqual({
      messages: expected.messages,
      facts: expected.facts,
      notices: expected.notices,
    });
    expect(messages.length).toBeGreaterThan(0);
  });
});
