import { describe, expect, it } from 'vitest';
import { readCbor, wholeCbor } from '../../src/apps/forms/cbor.js';
import { isFault } from '../../src/apps/forms/form.js';
import type { AppField } from '../../src/apps/packet.js';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

/** Examples of RFC 8949, appendix A. */
const VALUES: readonly (readonly [string, unknown])[] = [
  ['00', 0],
  ['17', 23],
  ['1818', 24],
  ['1903e8', 1000],
  ['1a000f4240', 1000000],
  ['1b000000e8d4a51000', 1000000000000],
  ['1bffffffffffffffff', 18446744073709551615n],
  ['c249010000000000000000', 18446744073709551616n],
  ['3bffffffffffffffff', -18446744073709551616n],
  ['20', -1],
  ['3903e7', -1000],
  ['f90000', 0],
  ['f98000', -0],
  ['f93c00', 1],
  ['fb3ff199999999999a', 1.1],
  ['f97bff', 65504],
  ['fa47c35000', 100000],
  ['f90001', 5.960464477539063e-8],
  ['f97c00', Infinity],
  ['f97e00', NaN],
  ['f4', false],
  ['f6', null],
  ['f7', undefined],
  ['f0', { simple: 16 }],
  ['f8ff', { simple: 255 }],
  ['c11a514b67b0', '2013-03-21T20:04:00.000Z'],
  ['d818456449455446', { tag: 24, tagged: bytes('6449455446') }],
  ['d9d9f701', 1],
  ['4401020304', bytes('01020304')],
  ['62c3bc', 'ü'],
  ['83010203', [1, 2, 3]],
  ['a26161016162820203', { a: 1, b: [2, 3] }],
  ['a201020304', { 1: 2, 3: 4 }],
  ['5f42010243030405ff', bytes('0102030405')],
  ['7f657374726561646d696e67ff', 'streaming'],
  ['9f018202039f0405ffff', [1, [2, 3], [4, 5]]],
  ['bf61610161629f0203ffff', { a: 1, b: [2, 3] }],
];

const FAULTS: readonly (readonly [string, string])[] = [
  ['1c', 'the length is reserved'],
  ['fc', 'the simple value is reserved'],
  ['f818', 'a simple value below 32 has two bytes'],
  ['ff', 'a break outside of an indefinite item'],
  ['5f01ff', 'a chunk is of another type'],
  ['1f', 'an item of this type has no indefinite length'],
  ['5bffffffffffffffff00', 'a length goes beyond the end'],
  ['9b00ffffffffffffff', 'a length goes beyond the end'],
  ['9f01', 'a length goes beyond the end'],
  ['62ff20', 'text is no UTF-8'],
  ['81'.repeat(200), 'items are nested too deeply'],
  ['', 'a length goes beyond the end'],
];

function tiles(field: AppField, start: number, end: number): void {
  expect(field.span.start).toBeGreaterThanOrEqual(start);
  expect(field.span.end).toBeLessThanOrEqual(end);
  for (const inner of field.fields ?? []) tiles(inner, field.span.start, field.span.end);
}

describe('CBOR', () => {
  it.each(VALUES)('%s', (hex, value) => {
    expect(wholeCbor(bytes(hex))!.value).toEqual(value);
  });

  it.each(FAULTS)('%s: %s', (hex, fault) => {
    expect(readCbor(bytes(hex))).toMatchObject({ fault });
  });

  it('takes any bytes, and its fields are inside one another', () => {
    let seed = 1;
    for (let round = 0; round < 3000; round++) {
      const some = Uint8Array.from({ length: 24 }, () => (seed = (seed * 48271) % 2147483647) & 0xff);
      const read = readCbor(some);
      if (!isFault(read)) tiles(read.field, 0, read.end);
    }
  });
});
