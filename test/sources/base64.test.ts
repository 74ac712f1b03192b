import { describe, expect, test } from 'vitest';
import { Base64Source } from '../../src/sources/hex/base64.js';
import { fromText, random, readAllWays, toHex } from './read-source.js';

const read = (text: string) => readAllWays(() => new Base64Source(), fromText(text));

describe('Base64', () => {
  test.each([
    ['gQc1NTU1NTU1', '810735353535353535'],
    ['gQc1NTU1NTU1NQ==', '81073535353535353535'],
    ['gQc1NTU1NTU1NQ', '81073535353535353535'],
    ['gQc1NTU1NTU1NTU=\r\n', '8107353535353535353535'],
    ['_-8=', 'ffef'],
    ['/+8', 'ffef'],
    [' g Q\nc\t1 ', '810735'],
    ['gQ==\ngQc1', '81810735'],
    ['"gQ=\n="', '81'],
    ['\u00a0gQ==', '81'],
    ['', ''],
  ])('%j', (text, hex) => {
    expect(read(text)).toMatchObject({ bytes: hex, problem: undefined });
  });

  test.each([
    ['gQ!', 1, 3, 2, /^'!' is not a Base64 character$/],
    ['gQc1\n\u00a0é', 2, 2, 7, /^'é' is not a Base64 character$/],
    ['gQc1N', 1, 6, 5, /single character is left over/],
    ['gQ=', 1, 4, 3, /a = is missing/],
    ['gQ=a', 1, 4, 3, /follows the padding/],
    ['g===', 1, 2, 1, /'=' is in the place of/],
    ['gQc1====', 1, 5, 4, /'=' is in the place of/],
  ])('%j is a problem with a place', (text, line, column, offset, message) => {
    const { problem } = read(text);
    expect(problem).toMatchObject({ line, column, offset });
    expect(problem?.message).toMatch(message);
  });

  test.each([1, 2, 3, 64, 1000])('%i random bytes as Node.js writes them', (length) => {
    const draw = random(length);
    const bytes = Uint8Array.from({ length }, () => draw(256));
    for (const form of ['base64', 'base64url'] as const) {
      expect(read(Buffer.from(bytes).toString(form)).bytes).toBe(toHex(bytes));
    }
  });
});
