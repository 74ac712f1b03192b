import * as crypto from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { cipherName, cipherSuite } from '../../../src/codec/tls/cipher-suites.js';
import { prf, trafficKeys } from '../../../src/codec/tls/key-schedule.js';
import { tlsCryptoWith } from '../../../src/codec/tls/node-crypto.js';
import { Tls13Opener } from '../../../src/codec/tls/record-opener.js';

const node = tlsCryptoWith(crypto);
const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const digits = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const AES_128 = cipherSuite(0x1301)!;

describe('the keys of a traffic secret (RFC 8448 §3)', () => {
  it.each([
    [
      'server handshake',
      'b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38',
      '3fce516009c21727d0f2e4e86ee403bc',
      '5d313eb2671276ee13000b30',
    ],
    [
      'client handshake',
      'b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21',
      'dbfaa693d1762c5b666af5d950258d01',
      '5bd3c71b836e0b76bb73265f',
    ],
    [
      'server application',
      'a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643',
      '9f02283b6c9c07efc26bb9f2ac92e356',
      'cf782b88dd83549aadf1e984',
    ],
    [
      'client application',
      '9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5',
      '17422dda596ed5d9acd890e3c63f5051',
      '5b78923dee08579033e523d9',
    ],
  ])('%s', (_, secret, key, iv) => {
    const keys = trafficKeys(node, AES_128, hex(secret));
    expect({ key: digits(keys.key), iv: digits(keys.iv) }).toEqual({ key, iv });
  });

  const record = hex(
    '17 03 03 00 43 a2 3f 70 54 b6 2c 94 d0 af fa fe 82 28 ba 55 cb ef ac ea 42 f9 14 aa 66 bc ab 3f 2b 98 19 a8 a5 b4 6b' +
      '39 5b d5 4a 9a 20 44 1e 2b 62 97 4e 1f 5a 62 92 a2 97 70 14 bd 1e 3d ea e6 3a ee bb 21 69 49 15 e4',
  );
  const opener = new Tls13Opener(
    node,
    AES_128,
    hex('9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5'),
  );

  it('opens the record of application data', () => {
    const { type, bytes, start, end } = opener.open(record, 0, record.length, 0)!;
    expect({ type, plain: [...bytes.subarray(start, end)] }).toEqual({
      type: 23,
      plain: Array.from({ length: 50 }, (_, i) => i),
    });
  });

  it('opens it as no other number, and with no other bit', () => {
    for (let number = 1; number < 50; number++) expect(opener.open(record, 0, record.length, number)).toBeUndefined();
    for (let at = 3; at < record.length; at++) {
      const changed = record.slice();
      changed[at]! ^= 1;
      expect(opener.open(changed, 0, changed.length, 0)).toBeUndefined();
    }
  });

  it('finds its number among many', () => {
    expect(opener.likely(record, 0, record.length, 0, 4096)).toContain(0);
    expect(opener.likely(record, 0, record.length, 0, 4096)!.length).toBeLessThan(200);
  });
});

it('the PRF of TLS 1.2 gives the vector for SHA-256', () => {
  const made = prf(
    node,
    'sha256',
    hex('9bbe436ba940f017b17652849a71db35'),
    'test label',
    hex('a0ba9f936cda311827a6f796ffd5198c'),
    100,
  );
  expect(digits(made)).toBe(
    'e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797' +
      'c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66',
  );
});

it.each([
  [0x1301, 'TLS_AES_128_GCM_SHA256'],
  [0x1303, 'TLS_CHACHA20_POLY1305_SHA256'],
  [0xc02b, 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
  [0xc028, 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384'],
  [0xccaa, 'TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256'],
  [0xc0af, 'TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8'],
  [0x002f, 'TLS_RSA_WITH_AES_128_CBC_SHA'],
  [0x0005, 'TLS_RSA_WITH_RC4_128_SHA'],
  [0xfefe, '0xfefe'],
])('suite %i is %s', (id, name) => expect(cipherName(id)).toBe(name));
