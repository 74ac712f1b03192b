import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { ByteCollector } from '../../src/codec/bytes/byte-collector.js';
import { hexOf } from '../../src/codec/bytes/hex.js';

describe('ByteCollector', () => {
  /** Pieces of one byte and of many, on both sides of what is copied and of what is gathered. */
  const sizes = fc.array(fc.oneof(fc.nat(3), fc.constantFrom(1023, 1024, 1025, 8191, 8192, 8193), fc.nat(3000)), {
    maxLength: 30,
  });

  it('keeps the first bytes in their order, and counts all', () => {
    fc.assert(
      fc.property(sizes, fc.oneof(fc.nat(20_000), fc.constant(Infinity)), fc.nat(30), (lengths, limit, look) => {
        const collector = new ByteCollector(limit);
        const all: number[] = [];
        lengths.forEach((length, i) => {
          const piece = Uint8Array.from({ length }, (_, at) => (all.length + at) * 7);
          all.push(...piece);
          collector.push(piece);
          // A look in between changes nothing.
          if (i === look) expect(collector.bytes().length).toBe(Math.min(limit, all.length));
        });
        const kept = all.slice(0, limit);
        expect(Buffer.compare(collector.bytes(), Uint8Array.from(kept))).toBe(0);
        expect([collector.seen, collector.room, collector.complete]).toEqual([
          all.length,
          limit - kept.length,
          kept.length === all.length,
        ]);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('gives a single piece back as it came, without a copy', () => {
    const piece = Uint8Array.of(1, 2, 3);
    const collector = new ByteCollector(100);
    collector.push(piece);
    expect(collector.bytes()).toBe(piece);
  });

  it('never writes into what it was handed', () => {
    const collector = new ByteCollector(100);
    const first = Uint8Array.of(1, 2);
    collector.push(first.subarray(0, 1));
    collector.push(Uint8Array.of(9));
    const before = collector.bytes();
    collector.push(Uint8Array.of(8));
    expect([...first, ...before, ...collector.bytes()]).toEqual([1, 2, 1, 9, 1, 9, 8]);
  });
});

describe('hexOf', () => {
  it.each([0, 1, 4095, 4096, 4097, 10_000])('%i bytes', (length) => {
    const bytes = Uint8Array.from({ length }, (_, at) => at * 7);
    expect(hexOf(bytes)).toBe(Buffer.from(bytes).toString('hex'));
    expect(hexOf(bytes, ' ')).toBe((Buffer.from(bytes).toString('hex').match(/../g) ?? []).join(' '));
  });
});
