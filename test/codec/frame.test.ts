import { describe, expect, it } from 'vitest';
import { createHeader, headerFields, headerFieldSpan, readHeader } from '../../src/codec/frames/frame.js';
import { bytesOf, hexOf, VECTORS } from './vectors.js';

describe('headers', () => {
  it.each(VECTORS.map((vector) => [vector.name, vector.hex] as const))('%s: bytes come back as they were', (_, hex) => {
    const bytes = bytesOf(hex);
    const header = readHeader(bytes, 0, 0, 0);
    expect(hexOf(header.bytes)).toBe(hex.slice(0, header.length * 2));
  });

  it.each([
    [{ fin: true, rsv: 0, opcode: 1, payloadLength: 5 }, '8105'],
    [{ fin: false, rsv: 5, opcode: 2, payloadLength: 125 }, '527d'],
    [{ fin: true, rsv: 0, opcode: 2, payloadLength: 126 }, '827e007e'],
    [{ fin: true, rsv: 0, opcode: 2, payloadLength: 65536 }, '827f0000000000010000'],
    [{ fin: true, rsv: 0, opcode: 2, payloadLength: 5, lengthForm: 64 as const }, '827f0000000000000005'],
    [{ fin: true, rsv: 0, opcode: 1, payloadLength: 7, key: 0x0ec3f3cd }, '81870ec3f3cd'],
    [{ fin: true, rsv: 0, opcode: 1, payloadLength: 1n << 63n }, '817f8000000000000000'],
  ])('writes %o', (init, hex) => {
    expect(hexOf(createHeader(init).bytes)).toBe(hex);
  });

  it('keeps lengths above 2^53 exactly', () => {
    expect(readHeader(bytesOf('827f0020000000000001'), 0, 0, 0).exactLength).toBe(2n ** 53n + 1n);
    expect(readHeader(bytesOf('827f001fffffffffffff'), 0, 0, 0).exactLength).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('refuses 126 in a 7-bit length, which means something else', () => {
    expect(() => createHeader({ fin: true, rsv: 0, opcode: 1, payloadLength: 126, lengthForm: 7 })).toThrow(RangeError);
  });

  it('names its fields and their places', () => {
    const header = readHeader(bytesOf('81fe00050ec3f3cd'), 0, 0, 10);
    expect(headerFields(header, 5)).toEqual([
      { name: 'FIN', span: { start: 10, end: 11, mask: 0x80 }, value: 1 },
      { name: 'RSV1', span: { start: 10, end: 11, mask: 0x40 }, value: 0 },
      { name: 'RSV2', span: { start: 10, end: 11, mask: 0x20 }, value: 0 },
      { name: 'RSV3', span: { start: 10, end: 11, mask: 0x10 }, value: 0 },
      { name: 'opcode', span: { start: 10, end: 11, mask: 0x0f }, value: 1 },
      { name: 'MASK', span: { start: 11, end: 12, mask: 0x80 }, value: 1 },
      { name: 'length', span: { start: 11, end: 12, mask: 0x7f }, value: 126 },
      { name: 'extended length', span: { start: 12, end: 14 }, value: 5 },
      { name: 'masking key', span: { start: 14, end: 18 }, value: '0ec3f3cd' },
      { name: 'payload', span: { start: 18, end: 23 }, value: 5 },
    ]);
    expect(headerFieldSpan(header, 'masking key')).toEqual({ start: 14, end: 18 });
  });
});
