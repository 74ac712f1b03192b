import { describe, expect, it } from 'vitest';
import { xorBySimd } from '../../src/codec/frames/mask-simd.js';
import { isAsciiView, keyFromBytes, keyToBytes, unmask, unmaskView, WordView } from '../../src/codec/frames/mask.js';

/** RFC 6455 §5.3, as the standard writes it. */
function reference(bytes: Uint8Array, key: Uint8Array, phase: number): Uint8Array {
  return bytes.map((byte, i) => byte ^ key[(i + phase) % 4]!);
}

const KEY = Uint8Array.of(0x37, 0xfa, 0x21, 0xbd);

describe('unmask', () => {
  const memory = Uint8Array.from({ length: 80_003 }, (_, i) => (i * 7 + (i >> 8)) & 255);
  const lengths = [
    ...Array.from({ length: 40 }, (_, i) => i),
    125,
    126,
    1000,
    8191,
    8192,
    8193,
    10_000,
    16_383,
    16_384,
    16_385,
    70_001,
  ];

  it('agrees with the standard at every alignment, phase and length', () => {
    for (let lane = 0; lane < 8; lane++) {
      for (let phase = 0; phase < 4; phase++) {
        for (const length of lengths) {
          const view = memory.subarray(lane);
          const out = unmask(view, 0, length, keyFromBytes(KEY), phase);
          expect(Buffer.compare(out, reference(view.subarray(0, length), KEY, phase))).toBe(0);
        }
      }
    }
  });

  it('works at the end of a buffer that is no whole number of words', () => {
    for (let length = 0; length < 12; length++) {
      const view = memory.subarray(memory.length - length);
      expect(unmask(view, 0, length, keyFromBytes(KEY), 1)).toEqual(reference(view, KEY, 1));
    }
  });

  it('gives every call memory of its own', () => {
    const source = new WordView(memory);
    const first = unmaskView(source, 1, 7, keyFromBytes(KEY), 0);
    const copy = first.slice();
    for (let i = 0; i < 10_000; i++) unmaskView(source, i & 7, (i & 7) + 20, 0xffffffff, 0);
    expect(first).toEqual(copy);
  });

  it('takes long payloads by vectors where WebAssembly is there', () => {
    const target = new Uint8Array(70_001 + 3);
    expect(xorBySimd(target, 3, memory.subarray(1, 70_002), 0xbd21fa37 | 0)).toBe(true);
    expect(Buffer.compare(target.subarray(3), reference(memory.subarray(1, 70_002), KEY, 0))).toBe(0);
  });

  it('reads and writes keys in network order', () => {
    expect(keyFromBytes(Uint8Array.of(0xff, 1, 2, 3))).toBe(0xff010203);
    expect(keyToBytes(0xff010203)).toEqual(Uint8Array.of(0xff, 1, 2, 3));
  });
});

describe('isAsciiView', () => {
  /** Memory that is no whole number of words, so that the last bytes are apart. */
  const MEMORY = 51;

  it.each([0, 0x01020304, 0xff80fe7f])('looks through the key %i at any place, phase and length', (key) => {
    const bytes = keyToBytes(key);
    for (let start = 0; start < 9; start++) {
      for (let end = start; end <= MEMORY; end += 3) {
        for (let phase = 0; phase < 4; phase++) {
          const plain = Uint8Array.from({ length: MEMORY }, (_, i) => (i < start || i >= end ? 0x80 : 0x7f));
          const masked = plain.map((byte, i) => byte ^ bytes[(i - start + phase + 12) & 3]!);
          const view = new WordView(masked);
          expect(isAsciiView(view, start, end, key, phase)).toBe(true);
          if (end === start) continue;
          for (const at of [start, (start + end) >> 1, end - 1]) {
            masked[at]! ^= 0x80;
            expect(isAsciiView(view, start, end, key, phase), `${at} of ${start} to ${end}`).toBe(false);
            masked[at]! ^= 0x80;
          }
        }
      }
    }
  });
});
