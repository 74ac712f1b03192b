import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { startsLikeHead } from '../../src/codec/http1/head-start.js';
import { BROKEN_HEADS, latin1Bytes, RFC_REQUEST, RFC_RESPONSE, SEED_REQUEST } from './head-texts.js';

describe('startsLikeHead', () => {
  it.each([
    [SEED_REQUEST, 'request'],
    [RFC_REQUEST, 'request'],
    [RFC_RESPONSE, 'response'],
    [BROKEN_HEADS['no reason'], 'response'],
    ['GET http://a/ HTTP/1.1', 'request'],
    ['POST /', 'request'],
    ['CONNECT [::1]:80 HTTP/1.1', 'request'],
    ['', 'maybe'],
    ['G', 'maybe'],
    ['GET', 'maybe'],
    ['GET ', 'maybe'],
    ['H', 'maybe'],
    ['HEAD', 'maybe'],
    ['HEAD /', 'request'],
    ['HTTP/', 'maybe'],
    ['HTTP/x', 'no'],
    ['GETX /', 'no'],
    ['GET \x00', 'no'],
    ['\x81\x05Hello', 'no'],
    ['\x0d\x0a', 'no'],
    ['BREW /pot HTTP/1.1', 'no'],
  ])('%j: %s', (text, expected) => {
    expect(startsLikeHead(latin1Bytes(text as string))).toBe(expected);
  });

  it('takes any method where a head is expected', () => {
    expect(startsLikeHead(latin1Bytes('BREW /pot HTTP/1.1'), { anyMethod: true })).toBe('request');
    expect(startsLikeHead(latin1Bytes('BREW'), { anyMethod: true })).toBe('maybe');
    expect(startsLikeHead(latin1Bytes('x'.repeat(40)), { anyMethod: true })).toBe('no');
    expect(startsLikeHead(latin1Bytes('B(EW /'), { anyMethod: true })).toBe('no');
  });

  it('never takes a frame with a known opcode and no reserved bits for a head', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0x00, 0x01, 0x02, 0x80, 0x81, 0x82, 0x88, 0x89, 0x8a, 0xc1, 0xc2),
        fc.uint8Array({ maxLength: 20 }),
        (first, rest) => startsLikeHead(Uint8Array.from([first, ...rest])) === 'no',
      ),
    );
  });
});
