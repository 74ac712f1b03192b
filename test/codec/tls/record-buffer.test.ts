import { expect, it } from 'vitest';
import { RecordBuffer } from '../../../src/codec/tls/record-buffer.js';

const RECORD = new Uint8Array(5 + 16_000).fill(7);
RECORD.set([23, 3, 3, 16_000 >> 8, 16_000 & 255]);

/** How much memory holds what came of RECORD, in pieces of these sizes, and how often it was allocated again. */
function memory(...sizes: readonly number[]): { bytes: number; arrays: number } {
  const buffer = new RecordBuffer();
  const arrays = new Set<ArrayBufferLike>();
  let at = 0;
  for (const size of sizes) {
    buffer.cut(RECORD, at, at + size, () => true);
    arrays.add(buffer.held.buffer);
    at += size;
  }
  return { bytes: buffer.held.buffer.byteLength, arrays: arrays.size };
}

it.each<[string, readonly number[], { bytes: number; arrays: number }]>([
  ['the record, from the first segment on', [1448, 1448, 1448], { bytes: RECORD.length, arrays: 1 }],
  ['the record, after a header that came alone', [5, 1448, 1448], { bytes: RECORD.length, arrays: 2 }],
  ['the record, after a cut header', [3, 1448, 1448], { bytes: RECORD.length, arrays: 2 }],
  ['little, where hardly more than the header came', [5, 100], { bytes: 512, arrays: 1 }],
])('a record that is not whole takes the memory of %s', (_, sizes, expected) => {
  expect(memory(...sizes)).toEqual(expected);
});

it('hands on the record that was put together', () => {
  const buffer = new RecordBuffer();
  const taken: Uint8Array[] = [];
  const take = (bytes: Uint8Array, at: number, end: number): boolean => taken.push(bytes.slice(at, end)) > 0;
  for (let at = 0; at < RECORD.length; at += 1448) buffer.cut(RECORD, at, Math.min(RECORD.length, at + 1448), take);
  expect(taken).toEqual([RECORD]);
});
