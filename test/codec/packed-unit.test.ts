import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inflateRaw } from '../../src/codec/deflate/inflate-raw.js';
import { unpackedUnit } from '../../src/codec/deflate/packed-unit.js';
import fc from '../fc.js';

const raw = { inflate: inflateRaw };
const PACK = { 'deflate-raw': deflateRawSync, zlib: deflateSync, gzip: gzipSync } as const;
const FORMS = ['deflate-raw', 'zlib', 'gzip'] as const;
const LIMIT = 10_000;

describe.each(FORMS)('a unit of %s', (form) => {
  it('is unpacked whole, and nothing that is longer, shorter or changed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), (plain, at) => {
        const bytes = new Uint8Array(PACK[form](plain));
        expect(unpackedUnit(raw, form, bytes, LIMIT)).toEqual(plain);
        expect(unpackedUnit(raw, form, bytes.subarray(0, at % bytes.length), LIMIT)).toBeUndefined();
        expect(unpackedUnit(raw, form, Uint8Array.of(...bytes, 0), LIMIT)).toBeUndefined();
        if (form === 'deflate-raw') return;
        const last = bytes.length - 1 - (at % 4);
        expect(unpackedUnit(raw, form, bytes.with(last, bytes[last]! ^ 1), LIMIT)).toBeUndefined();
      }),
    );
  });

  it('is not unpacked beyond the limit', () => {
    const bytes = new Uint8Array(PACK[form](Buffer.alloc(LIMIT + 1)));
    expect(unpackedUnit(raw, form, bytes, LIMIT)).toBeUndefined();
    expect(unpackedUnit(raw, form, bytes, LIMIT + 1)).toHaveLength(LIMIT + 1);
  });
});

it('a header of gzip may have a name, a comment, extra bytes and a checksum of itself', () => {
  const plain = gzipSync('hello hello hello');
  const [flags, ...fields] = [0x1e, 3, 0, 1, 2, 3, 0x61, 0, 0x62, 0x63, 0, 9, 9];
  const bytes = new Uint8Array([
    ...plain.subarray(0, 3),
    flags,
    ...plain.subarray(4, 10),
    ...fields,
    ...plain.subarray(10),
  ]);
  expect(Buffer.from(unpackedUnit(raw, 'gzip', bytes, 100)!).toString()).toBe('hello hello hello');
  const [reserved, dictionary] = [
    bytes.with(3, 0x20),
    new Uint8Array(deflateSync('hello', { dictionary: Buffer.from('hello') })),
  ];
  expect(unpackedUnit(raw, 'gzip', reserved, 100)).toBeUndefined();
  expect(unpackedUnit(raw, 'gzip', bytes.subarray(0, 15), 100)).toBeUndefined();
  expect(unpackedUnit(raw, 'zlib', dictionary, 100)).toBeUndefined();
});
