import * as crypto from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ChaCha20Blocks } from '../../../src/codec/tls/chacha20-block.js';
import { cipherSuite } from '../../../src/codec/tls/cipher-suites.js';
import { trafficKeys } from '../../../src/codec/tls/key-schedule.js';
import { tlsCryptoWith } from '../../../src/codec/tls/node-crypto.js';
import { Tls13Opener } from '../../../src/codec/tls/record-opener.js';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));

describe('the key stream of ChaCha20', () => {
  it('hides the text of RFC 8439 §2.4.2', () => {
    const text = new TextEncoder().encode(
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
    );
    const sealed = hex(
      '6e 2e 35 9a 25 68 f9 80 41 ba 07 28 dd 0d 69 81 e9 7e 7a ec 1d 43 60 c2 0a 27 af cc fd 9f ae 0b f9 1b 65 c5 52 47 33 ab' +
        '8f 59 3d ab cd 62 b3 57 16 39 d6 24 e6 51 52 ab 8f 53 0c 35 9f 08 61 d8 07 ca 0d bf 50 0d 6a 61 56 a3 8e 08 8a 22 b6' +
        '5e 52 bc 51 4d 16 cc f8 06 81 8c e9 1a b7 79 37 36 5a f9 0b bf 74 a3 5b e6 b4 0b 8e ed f2 78 5e 42 87 4d',
    );
    const blocks = new ChaCha20Blocks(Uint8Array.from({ length: 32 }, (_, i) => i));
    const nonce = hex('00 00 00 00 00 00 00 4a 00 00 00 00');
    expect(sealed.map((byte, i) => byte ^ blocks.byteAt(nonce, i))).toEqual(text);
  });

  it('is that of OpenSSL, for any key, nonce and place', () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = crypto.createHash('sha512').update(String(seed)).digest();
      const [key, nonce] = [random.subarray(0, 32), random.subarray(32, 44)];
      const cipher = crypto.createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
      const stream = new Uint8Array(cipher.update(new Uint8Array(300)));
      const blocks = new ChaCha20Blocks(key);
      expect(stream.map((_, i) => blocks.byteAt(nonce, i))).toEqual(stream);
    }
  });
});

describe('a record of TLS 1.3 with ChaCha20', () => {
  const node = tlsCryptoWith(crypto);
  const suite = cipherSuite(0x1303)!;
  const secret = new Uint8Array(32).fill(7);

  /** Record number `sequence` (RFC 8446 §5.2). */
  function sealed(text: string, sequence: number): Uint8Array {
    const { key, iv } = trafficKeys(node, suite, secret);
    const nonce = iv.slice();
    const view = new DataView(nonce.buffer, nonce.byteOffset + 4);
    view.setBigUint64(0, view.getBigUint64(0) ^ BigInt(sequence));
    const plain = Buffer.from(`${text}\x17`);
    const head = Uint8Array.of(0x17, 3, 3, 0, plain.length + 16);
    const cipher = crypto.createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
    cipher.setAAD(head, { plaintextLength: plain.length });
    return new Uint8Array(Buffer.concat([head, cipher.update(plain), cipher.final(), cipher.getAuthTag()]));
  }

  it.each([0, 5, 4095, 2 ** 32 + 7])('number %i is found among many', (sequence) => {
    const opener = new Tls13Opener(node, suite, secret);
    const from = Math.max(0, sequence - 2000);
    const record = sealed('as long as more than one block of sixty-four bytes, and then a few more', sequence);
    const likely = opener.likely(record, 0, record.length, from, 4096)!;
    expect(likely).toContain(sequence);
    expect(likely.length).toBeLessThan(200);
    expect(likely.filter((number) => opener.open(record, 0, record.length, number) !== undefined)).toEqual([sequence]);
  });
});
