import { describe, expect, it } from 'vitest';
import { isFault } from '../../src/apps/forms/form.js';
import { protobufFields, readProtobuf, readVarint } from '../../src/apps/forms/protobuf.js';
import { bytesOf } from './reading.js';

/** Protocol Buffers without a schema. */

const valueOf = (hex: string): unknown => {
  const read = readProtobuf(bytesOf(hex));
  return isFault(read) ? `${read.fault} at ${read.at}` : read.value;
};

describe('varints', () => {
  it.each([
    ['00', 0],
    ['96 01', 150],
    ['ff ff ff ff ff ff ff 0f', Number.MAX_SAFE_INTEGER],
    ['80 80 80 80 80 80 80 10', 2n ** 53n],
    ['ff ff ff ff ff ff ff ff ff 01', 2n ** 64n - 1n],
    ['ff ff ff ff ff ff ff ff ff 02', undefined],
    ['80 80 80 80 80 80 80 80 80 80 00', undefined],
    ['80', undefined],
    ['', undefined],
  ])('%s', (hex, value) => {
    expect(readVarint(bytesOf(hex), 0)?.value).toBe(value);
  });
});

describe('messages', () => {
  it.each<[string, string, unknown]>([
    ['nothing', '', {}],
    ['a number', '08 96 01', { 1: 150 }],
    ['text', '12 02 c3 bc', { 2: 'ü' }],
    ['a message', '1a 03 08 96 01', { 3: { 1: 150 } }],
    ['bytes', '0a 02 ff fe', { 1: Uint8Array.of(255, 254) }],
    ['fixed ones', '0d 01 00 00 00 11 02 00 00 00 00 00 00 00', { 1: 1, 2: 2 }],
    ['a group', '0b 10 01 0c', { 1: { 2: 1 } }],
    ['repeated ones', '08 01 08 02', { 1: [1, 2] }],
  ])('%s', (_, hex, value) => {
    expect(valueOf(hex)).toEqual(value);
  });

  it.each([
    ['number 0', '00 01', 'a field has a number that none may have at 0'],
    ['a number above 2^29 - 1', '80 80 80 80 10 01', 'a field has a number that none may have at 0'],
    ['wire type 6', '0e 01', 'there is no wire type 6 at 0'],
    ['a length beyond the end', '0a 05 01', 'a length goes beyond the end at 2'],
    ['an end in a varint', '08 80', 'a varint does not end, or has more than 64 bits at 1'],
    ['an end in a value', '0d 01', 'the bytes end in a value at 1'],
    ['an end in a group', '0b 10 01', 'the bytes end in a group at 3'],
    ['an end of no group', '0c', 'a group ends that has not begun at 1'],
    ['another group ends', '0b 14', 'a group ends that has not begun at 2'],
  ])('are none: %s', (_, hex, fault) => {
    expect(valueOf(hex)).toBe(fault);
  });

  it('have fields with their bytes', () => {
    const read = readProtobuf(bytesOf('08 96 01 1a 03 08 96 01'));
    expect(isFault(read) ? undefined : read.field.fields).toEqual([
      { name: '1 varint', span: { start: 0, end: 3 }, value: 150 },
      {
        name: '3 length',
        span: { start: 3, end: 8 },
        value: 'map of 1',
        fields: [{ name: '1 varint', span: { start: 5, end: 8 }, value: 150 }],
      },
    ]);
  });

  it('are bounded: groups in groups, fields without number', () => {
    expect(protobufFields(new Uint8Array(100_000).fill(0x0b))).toMatchObject({ fault: 'groups are nested too deeply' });
    const many = new Uint8Array(400_000);
    for (let i = 0; i < many.length; i += 2) many[i] = 8;
    expect(protobufFields(many)).toMatchObject({ fault: 'a message has too many fields' });
  });
});
