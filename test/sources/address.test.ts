import { describe, expect, it } from 'vitest';
import { formatAddress, shardOf } from '../../src/sources/packets/address.js';

const v4 = (...octets: number[]): number[] => [octets.reduce((word, octet) => (word << 8) | octet, 0)];
const v6 = (...groups: number[]): number[] => [0, 2, 4, 6].map((i) => (groups[i]! << 16) | groups[i + 1]! | 0);

describe('formatAddress', () => {
  it.each([
    [v4(0, 0, 0, 0), '0.0.0.0'],
    [v4(255, 254, 128, 1), '255.254.128.1'],
    [v6(0, 0, 0, 0, 0, 0, 0, 0), '::'],
    [v6(0, 0, 0, 0, 0, 0, 0, 1), '::1'],
    [v6(0xfe80, 0, 0, 0, 0, 0, 0, 0), 'fe80::'],
    [v6(0x2001, 0xdb8, 0, 0, 1, 0, 0, 1), '2001:db8::1:0:0:1'],
    [v6(0x2001, 0xdb8, 0, 1, 1, 1, 1, 1), '2001:db8:0:1:1:1:1:1'],
    [v6(0, 0, 0, 0, 0, 0xffff, 0xc000, 0x201), '::ffff:192.0.2.1'],
    [v6(1, 2, 3, 4, 5, 6, 7, 8), '1:2:3:4:5:6:7:8'],
  ])('%j is %s', (address, text) => {
    expect(formatAddress(address)).toBe(text);
  });
});

describe('shardOf', () => {
  // FNV-1a and MurmurHash3's finalizer, computed apart from this code (Python). These numbers are a promise: machines share work by them.
  it.each([
    [v4(10, 0, 0, 1), v4(10, 1, 0, 1), [0, 0, 5, 6]],
    [v4(127, 0, 0, 1), v4(127, 0, 0, 1), [0, 1, 1, 117]],
    [v4(192, 168, 1, 200), v4(9, 9, 9, 9), [0, 0, 5, 860]],
    [v6(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), v6(0xfe80, 0, 0, 0, 0, 0, 0, 2), [0, 0, 5, 394]],
  ])('%j and %j', (a, b, shards) => {
    expect([1, 2, 7, 1000].map((count) => shardOf(a, b, count))).toEqual(shards);
    expect([1, 2, 7, 1000].map((count) => shardOf(b, a, count))).toEqual(shards);
  });

  it('spreads neighbouring addresses evenly', () => {
    const hits = [0, 0, 0, 0];
    for (let host = 0; host < 4000; host++) hits[shardOf(v4(10, 0, host >> 8, host & 255), v4(10, 1, 0, 1), 4)]!++;
    for (const hit of hits) expect(Math.abs(hit - 1000)).toBeLessThan(150);
  });
});
