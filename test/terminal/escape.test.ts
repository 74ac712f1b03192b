/* eslint-disable no-control-regex -- control characters are the subject */
import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { escapeUnseen } from '../../src/codec/bytes/escaping.js';
import { escapeBytes, escapeText, safeJson } from '../../src/describe/escape.js';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const cp = (...codes: number[]): string => String.fromCodePoint(...codes);
const DANGEROUS = new RegExp(
  '[\\x00-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff\\ud800-\\udfff]',
  'u',
);

describe('escapeText', () => {
  it.each([
    ['ordinary text, 中文, emoji 🎉, é', 'ordinary text, 中文, emoji 🎉, é'],
    [cp(0x1b) + '[31mred', '\\x1b[31mred'],
    [cp(0x1b) + ']0;title' + cp(7), '\\x1b]0;title\\x07'],
    [cp(0x9b) + '31m', '\\u009b31m'],
    ['a\tb\r\nc' + cp(0), 'a\\tb\\r\\nc\\x00'],
    [cp(0x7f), '\\x7f'],
    [cp(0x202e) + 'gpj.exe', '\\u202egpj.exe'],
    [cp(0x2066, 0x2069, 0x200e, 0x200f, 0x61c), '\\u2066\\u2069\\u200e\\u200f\\u061c'],
    [cp(0x200b, 0x200c, 0x200d, 0xfeff), '\\u200b\\u200c\\u200d\\ufeff'],
    [cp(0x2028, 0x2029), '\\u2028\\u2029'],
    ['\ud83d', '\\ud83d'],
    ['\udc00x', '\\udc00x'],
    [cp(0xe0041), '\\u{e0041}'],
    ['C:\\dir', 'C:\\dir'],
  ])('%j -> %s', (input, output) => {
    expect(escapeText(input)).toBe(output);
  });

  it('keeps line feeds where lines are shown, and doubles backslashes where the text is read back', () => {
    expect(escapeUnseen('a\r\nb\nc\rd', { newline: 'keep' })).toBe('a\nb\nc\\rd');
    expect(escapeText('a\\n\n', { backslash: true })).toBe('a\\\\n\\n');
  });

  it('leaves nothing dangerous in any string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (s) => !DANGEROUS.test(escapeText(s))),
      { numRuns: 500 },
    );
  });
});

describe('escapeBytes', () => {
  it.each([
    ['48 65 6c 6c 6f', 'Hello'],
    ['e4 b8 ad', '中'],
    ['ff 41 80', '\\xffA\\x80'],
    ['c0 af', '\\xc0\\xaf'], // overlong
    ['ed a0 80', '\\xed\\xa0\\x80'], // surrogate
    ['f4 90 80 80', '\\xf4\\x90\\x80\\x80'], // above U+10FFFF
    ['e4 b8', '\\xe4\\xb8'], // cut short
    ['c2 85 85', '\\u0085\\x85'], // a C1 control is not an invalid byte
    ['ef bb bf 41', '\\ufeffA'],
    ['5c 6e', '\\\\n'],
    ['1b 5b 33 31 6d ff', '\\x1b[31m\\xff'],
  ])('%s -> %s', (hex, output) => {
    expect(escapeBytes(bytes(hex))).toBe(output);
  });

  it('is lossless: the bytes can be read back', () => {
    const readBack = (s: string): Uint8Array => {
      const out: number[] = [];
      const pattern = /\\x([0-9a-f]{2})|\\u\{([0-9a-f]+)\}|\\u([0-9a-f]{4})|\\([nrt\\])|([^\\])/gu;
      for (const [, byte, long, short, control, plain] of s.matchAll(pattern)) {
        if (byte !== undefined) out.push(parseInt(byte, 16));
        else if (long ?? short) out.push(...Buffer.from(cp(parseInt((long ?? short) as string, 16))));
        else if (control !== undefined) out.push({ n: 10, r: 13, t: 9, '\\': 92 }[control] as number);
        else out.push(...Buffer.from(plain as string));
      }
      return Uint8Array.from(out);
    };
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.string({ unit: 'binary' }).map((s) => Uint8Array.from(Buffer.from(s))),
        ),
        (b) => {
          expect(readBack(escapeBytes(b))).toEqual(b);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('safeJson', () => {
  it('gives what any reader of JSON takes for the same, without a dangerous character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const value = { [text]: [text, 1, null] };
        const json = safeJson(value);
        expect(json).not.toMatch(DANGEROUS);
        expect(JSON.parse(json)).toEqual(value);
      }),
      { numRuns: 2000, seed: 1 },
    );
    expect(safeJson(cp(0x1b, 0x7f, 0x9b, 0x202e, 0xe0041))).toBe('"\\u001b\\u007f\\u009b\\u202e\\udb40\\udc41"');
  });

  it('leaves ordinary text as JSON.stringify has it', () => {
    const value = { text: 'Grüße, 世界 🎉 "quoted" \\ \n' };
    expect(safeJson(value)).toBe(JSON.stringify(value));
  });
});
