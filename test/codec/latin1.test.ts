import { expect, test } from 'vitest';
import { latin1 } from '../../src/codec/http1/text.js';

const codes = (text: string): number[] => Array.from(text, (char) => char.charCodeAt(0));

test.each([0, 1, 63, 64, 65, 66, 67, 8192, 8193, 20000])('%i bytes are as many characters', (length) => {
  const bytes = Uint8Array.from({ length }, (_, at) => (at * 7) % 0x80);
  expect(codes(latin1(bytes))).toEqual([...bytes]);
});

test.each([0, 1, 2, 3, 4, 64, 98, 99, 100, 101, 102])('a byte beyond ASCII at %i is one character', (at) => {
  for (const byte of [0x80, 0x92, 0xc3, 0xff]) {
    const bytes = new Uint8Array(103).fill(0x41);
    bytes[at] = byte;
    expect(codes(latin1(bytes))).toEqual([...bytes]);
  }
});

test('what UTF-8 would join stays apart, a byte order mark too', () => {
  const bytes = Uint8Array.from({ length: 90 }, (_, at) => [0xef, 0xbb, 0xbf, 0xc3, 0xa9, 0x41][at % 6]!);
  expect(codes(latin1(bytes))).toEqual([...bytes]);
});

test('only from start to end, wherever the memory begins', () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, at) => at & 0x7f).subarray(3);
  expect(codes(latin1(bytes, 5, 205))).toEqual([...bytes.subarray(5, 205)]);
  expect(latin1(bytes, 10, 10)).toBe('');
});
