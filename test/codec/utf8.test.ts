import { describe, expect, it } from 'vitest';
import fc from '../fc.js';
import { utf8Error, Utf8Validator } from '../../src/codec/bytes/utf8.js';
import { bytesOf } from './vectors.js';

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

describe('UTF-8', () => {
  it.each([
    ['a lead byte alone at the end', '61e2', { start: 1, end: 2, incomplete: true }],
    ['two of three bytes at the end', 'e282', { start: 0, end: 2, incomplete: true }],
    ['a surrogate', '61eda080', { start: 1, end: 2, incomplete: false }],
    ['above U+10FFFF', 'f4908080', { start: 0, end: 1, incomplete: false }],
    ['two bytes for one that fits in one', 'c080', { start: 0, end: 1, incomplete: false }],
    ['a continuation byte alone', '6180', { start: 1, end: 2, incomplete: false }],
    ['a sequence broken off by ASCII', 'e28261', { start: 0, end: 2, incomplete: false }],
    ['fe', 'fe', { start: 0, end: 1, incomplete: false }],
  ])('%s', (_, hex, error) => {
    const bytes = bytesOf(hex).slice(error.start, error.end);
    expect(utf8Error(bytesOf(hex))).toEqual({ ...error, bytes });
    const validator = new Utf8Validator();
    for (const byte of bytesOf(hex)) validator.push(Uint8Array.of(byte));
    expect(validator.end()).toEqual({ ...error, bytes });
  });

  it('agrees with the platform on every sequence of one and two bytes, and every lead with three', () => {
    for (let a = 0; a < 256; a++) {
      expect(!utf8Error(Uint8Array.of(a))).toBe(isUtf8(Uint8Array.of(a)));
      for (let b = 0; b < 256; b++) {
        for (const tail of [[], [0x80], [0x80, 0xbf], [0xbf, 0xc0]]) {
          const bytes = Uint8Array.of(a, b, ...tail);
          if (!utf8Error(bytes) !== isUtf8(bytes)) expect.fail(`differs on ${Buffer.from(bytes).toString('hex')}`);
        }
      }
    }
  });

  it('agrees with the platform on texts with bytes put in, cut anywhere', () => {
    const text = fc.tuple(
      fc.string({ unit: 'binary' }),
      fc.uint8Array({ maxLength: 3 }),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, fc.nat(40), ([before, middle, after], cut) => {
        const bytes = new Uint8Array(Buffer.concat([Buffer.from(before), middle, Buffer.from(after)]));
        const validator = new Utf8Validator();
        validator.push(bytes.subarray(0, cut));
        validator.push(bytes.subarray(cut));
        const error = validator.end();
        expect(error === undefined).toBe(isUtf8(bytes));
        expect(error).toEqual(utf8Error(bytes));
        if (error) expect(isUtf8(bytes.subarray(0, error.start))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
