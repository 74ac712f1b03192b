import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { crc32Of } from '../../src/cli/input/crc32.js';
import { crc32 } from '../../src/codec/bytes/crc32.js';

describe('CRC-32', () => {
  it.each([
    ['', 0],
    ['123456789', 0xcbf43926],
    ['The quick brown fox jumps over the lazy dog', 0x414fa339],
    ['\0\0\0\0', 0x2144df1c],
  ])('%j', (text, sum) => {
    expect(crc32(Buffer.from(text))).toBe(sum);
  });

  it('is that of gzip, and continues from part to part', () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * i) & 0xff);
    const sum = gzipSync(bytes).readUInt32LE(gzipSync(bytes).length - 8);
    expect(crc32(bytes)).toBe(sum);
    expect(crc32(bytes.subarray(300), crc32(bytes.subarray(0, 300)))).toBe(sum);
  });

  it('is taken from Node where it has one', () => {
    const own = (): number => 7;
    expect(crc32Of({ crc32: own })).toBe(own);
    expect(crc32Of({})).toBe(crc32);
  });
});
