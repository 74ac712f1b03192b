import { createHash } from 'node:crypto';
import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { acceptKey, acceptSteps } from '../../src/codec/handshake/accept-key.js';
import { findAcceptMistake } from '../../src/codec/handshake/accept-mistakes.js';
import { encodeBase64 } from '../../src/codec/bytes/base64.js';
import { decodeBase64, decodeKey, WEBSOCKET_GUID, wireBytes } from '../../src/codec/handshake/key.js';

const RFC_KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

describe('acceptKey', () => {
  it.each([
    [RFC_KEY, 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='], // RFC 6455 §1.3
    ['kJXuOKsrl3AR1KeFngRElQ==', 'lCaWI6ZCGd5I25+0bJrVqBOcDYc='], // shared/reference/seed.md
  ])('%s -> %s', (key, accept) => {
    expect(acceptKey(key)).toBe(accept);
  });

  it('shows every step (RFC 6455 §1.3)', () => {
    const steps = acceptSteps(RFC_KEY);
    expect(Buffer.from(steps.keyBytes).toString()).toBe('the sample nonce');
    expect(steps.concatenated).toBe('dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11');
    expect(Buffer.from(steps.sha1).toString('hex')).toBe('b37a4f2cc0624f1690f64606cf385945b2bec4ea');
  });

  it('takes any text', () => {
    expect(acceptKey('')).toHaveLength(28);
    expect(acceptKey('ключ')).toBe(
      createHash('sha1')
        .update('ключ' + WEBSOCKET_GUID)
        .digest('base64'),
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (key) => acceptKey(key).length === 28));
  });
});

describe('decodeKey', () => {
  it('agrees with Buffer on the Base64 of 16 bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        expect(encodeBase64(bytes)).toBe(text);
        expect(decodeKey(text)).toEqual({ bytes, faults: [] });
      }),
    );
  });

  it.each<[string, object[]]>([
    [RFC_KEY, []],
    ['', [{ kind: 'length', at: 0 }]],
    ['dGhlIHNhbXBsZSBub25jZQ', [{ kind: 'padding', at: 22 }]],
    ['dGhlIHNhbXBsZSBub25jZQ=', [{ kind: 'padding', at: 22 }]],
    ['dGhlIHNhbXBsZSBub25jZQ===', [{ kind: 'padding', at: 22, char: '=' }]],
    [
      'dGhl=HNhbXBsZSBub25jZQ==',
      [
        { kind: 'padding', at: 4, char: '=' },
        { kind: 'length', at: 24 },
      ],
    ],
    ['dGhlIHNhbXBsZSBub25jZR==', [{ kind: 'trailing-bits', at: 21, char: 'R' }]],
    [
      'dGhlIHNhbXBsZSBub25jZ_==',
      [
        { kind: 'alphabet', at: 21, char: '_' },
        { kind: 'length', at: 24 },
      ],
    ],
    ['dGhl IHNhbXBsZSBub25jZQ==', [{ kind: 'alphabet', at: 4, char: ' ' }]],
    ['AAAA', [{ kind: 'length', at: 4 }]],
    [
      'A',
      [
        { kind: 'padding', at: 1 },
        { kind: 'length', at: 1 },
      ],
    ],
    [
      '=',
      [
        { kind: 'padding', at: 0 },
        { kind: 'length', at: 1 },
      ],
    ],
  ])('%j: %j', (key, faults) => {
    expect(decodeKey(key).faults).toEqual(faults);
  });

  it('never throws, and says yes only to what an encoder writes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('A', 'b', '=', '+', '9', '-') })), (text) => {
        const expected = Buffer.from(text, 'base64');
        const legal = expected.length === 16 && expected.toString('base64') === text;
        expect(decodeKey(text).faults.length === 0).toBe(legal);
        const short = decodeBase64(text, expected.length);
        expect(short.faults.length === 0).toBe(expected.toString('base64') === text);
      }),
      { numRuns: 2000 },
    );
  });

  it('has the bytes of header text', () => {
    expect([...wireBytes('a\xff')]).toEqual([0x61, 0xff]);
    expect([...wireBytes('中')]).toEqual([0xe4, 0xb8, 0xad]);
  });
});

describe('findAcceptMistake', () => {
  const digest = (text: string | Uint8Array): Buffer => createHash('sha1').update(text).digest();
  const TEXT = RFC_KEY + WEBSOCKET_GUID;
  const of = (text: string | Uint8Array): string => digest(text).toString('base64');
  const hashOf = (name: string, bytes: Uint8Array): Uint8Array => createHash(name).update(bytes).digest();
  const right = digest(TEXT);
  it.each<[string, string | undefined]>([
    [right.toString('base64'), undefined],
    ['nonsense', undefined],
    [RFC_KEY, 'key-itself'],
    [right.toString('hex'), 'hex'],
    [Buffer.from(right.toString('hex')).toString('base64'), 'hex-in-base64'],
    [digest(RFC_KEY).toString('base64'), 'no-guid'],
    [digest(RFC_KEY + WEBSOCKET_GUID.toLowerCase()).toString('base64'), 'guid-lower-case'],
    [digest(WEBSOCKET_GUID + RFC_KEY).toString('base64'), 'guid-first'],
    [digest(`${RFC_KEY}258EAFA5-E914-47DA-95CA-5AB5DC11B735`).toString('base64'), 'guid-mistyped'],
    [digest(`the sample nonce${WEBSOCKET_GUID}`).toString('base64'), 'decoded-key'],
    [digest(`${RFC_KEY}\r\n${WEBSOCKET_GUID}`).toString('base64'), 'line-end'],
    [right.toString('base64').slice(0, -1), 'no-padding'],
    [right.toString('base64').toUpperCase(), 'letter-case'],
    [RFC_KEY + WEBSOCKET_GUID, 'no-sha1'],
    [Buffer.from(RFC_KEY + WEBSOCKET_GUID).toString('base64'), 'no-sha1'],
    [Buffer.from(right.toString('base64')).toString('base64'), 'base64-twice'],
    [right.toString('base64url'), 'base64url'],
    [`${right.toString('base64url')}=`, 'base64url'],
    [of(WEBSOCKET_GUID), 'guid-alone'],
    [of(RFC_KEY + WEBSOCKET_GUID.replaceAll('-', '')), 'guid-no-dashes'],
    [of(`${RFC_KEY}${WEBSOCKET_GUID}\0`), 'after-guid'],
    [of(`${RFC_KEY}${WEBSOCKET_GUID}\n`), 'after-guid'],
    [of(RFC_KEY.slice(0, -2) + WEBSOCKET_GUID), 'key-no-padding'],
    [of(`"${RFC_KEY}"${WEBSOCKET_GUID}`), 'key-quoted'],
    [of(RFC_KEY.toLowerCase() + WEBSOCKET_GUID), 'key-letter-case'],
    [of(` ${RFC_KEY}${WEBSOCKET_GUID}`), 'leading-blank'],
    [of(Buffer.from(RFC_KEY + WEBSOCKET_GUID, 'utf16le')), 'utf-16'],
    [of(Buffer.from(RFC_KEY + WEBSOCKET_GUID, 'utf16le').swap16()), 'utf-16'],
    [createHash('sha256').update(TEXT).digest('base64'), 'sha256'],
    [createHash('sha256').update(TEXT).digest('hex'), 'sha256'],
    [createHash('sha512').update(TEXT).digest('base64'), 'sha512'],
    [createHash('md5').update(TEXT).digest('base64'), 'md5'],
    [right.subarray(0, 19).toString('base64'), 'one-byte-short'],
    [Buffer.concat([right, Buffer.of(0)]).toString('base64'), 'extra-byte'],
    ['HSmrc0sMlYUkAGmm5OPpG2HaGWk=', 'rfc-example'],
  ])('%s: %s', (value, mistake) => {
    expect(findAcceptMistake(RFC_KEY, value, hashOf)).toBe(mistake);
  });

  it('recognises the example of the RFC with another key', () => {
    expect(findAcceptMistake('kJXuOKsrl3AR1KeFngRElQ==', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=', hashOf)).toBe('rfc-example');
  });

  it('recognises a hash that was treated as a C string', () => {
    const key = Array.from({ length: 1000 }, (_, i) => Buffer.alloc(16, `${i}`).toString('base64')).find((text) =>
      digest(text + WEBSOCKET_GUID)
        .subarray(1, 19)
        .includes(0),
    ) as string;
    const hash = digest(key + WEBSOCKET_GUID);
    const value = hash.subarray(0, hash.indexOf(0)).toString('base64');
    expect(findAcceptMistake(key, value, hashOf)).toBe('cut-at-nul');
  });
});
