/** The adapter around node:crypto. */
import * as crypto from 'node:crypto';
import type { CipherSuite } from './cipher-suites.js';
import type { TlsCrypto } from './tls-crypto.js';

export type NodeTlsCrypto = Pick<typeof crypto, 'createHmac' | 'createDecipheriv' | 'createCipheriv' | 'getCiphers'>;

/** TLS's cryptography by a node:crypto that is handed in, so that a program may load it when it needs it. */
export const tlsCryptoWith = (node: NodeTlsCrypto): TlsCrypto => {
  let known: Set<string> | undefined;
  return {
    supports: ({ algorithm }) => (known ??= new Set(node.getCiphers())).has(algorithm),
    hmac: (hash, key, data) => node.createHmac(hash, key).update(data).digest(),
    open({ algorithm, tagBytes, protection }, key, nonce, aad, bytes, start, end) {
      const stop = end - tagBytes;
      if (stop < start) return undefined;
      try {
        const decipher = node.createDecipheriv(algorithm as 'aes-128-gcm', key, nonce, { authTagLength: tagBytes });
        decipher.setAuthTag(bytes.subarray(stop, end));
        if (protection === 'ccm') decipher.setAAD(aad, { plaintextLength: stop - start });
        else decipher.setAAD(aad);
        const plain = decipher.update(bytes.subarray(start, stop));
        decipher.final();
        return plain;
      } catch {
        return undefined;
      }
    },
    decryptCbc({ algorithm }, key, iv, blocks) {
      const decipher = node.createDecipheriv(algorithm, key, iv).setAutoPadding(false);
      const plain = decipher.update(blocks);
      decipher.final();
      return plain;
    },
    encryptBlocks(suite, key, blocks) {
      const algorithm = blockCipher(suite);
      if (algorithm === undefined) return undefined;
      return node.createCipheriv(algorithm, key, null).setAutoPadding(false).update(blocks);
    },
  };
};

function blockCipher({ algorithm, keyBytes }: CipherSuite): string | undefined {
  return algorithm.startsWith('aes-') ? `aes-${keyBytes * 8}-ecb` : undefined;
}

export const nodeTlsCrypto: TlsCrypto = /* @__PURE__ */ tlsCryptoWith(crypto);
