import { expect, test } from 'vitest';
import { openSource } from '../../src/sources/detect/detect.js';
import { fromText, readAllWays } from './read-source.js';

/** Text of 5 bytes, and of 20. */
export const HELLO = '810548656c6c6f';
export const LONG = '811448656c6c6f2c20776f726c642120313233343536';

/** Spellings that are read, with the bytes that they stand for. */
export type ReadSpellings = readonly (readonly [name: string, text: string, bytes: string])[];
/** Spellings that are refused. */
export type RefusedSpellings = readonly (readonly [name: string, text: string])[];

/** A test of each: what is read are these bytes; what is refused gives none, or a beginning of the truth and a problem. */
export function testSpellings(read: ReadSpellings, refused: RefusedSpellings): void {
  test.each(read)('%s', (_, text, bytes) => {
    const found = readAllWays(() => openSource('auto'), fromText(text));
    expect({ bytes: found.bytes, problem: found.problem }).toEqual({ bytes, problem: undefined });
  });

  test.each(refused)('%s is refused', (_, text) => {
    const { bytes, problem, packets } = readAllWays(() => openSource('auto'), fromText(text));
    expect(packets).toEqual([]);
    if (bytes === '') return;
    expect(problem).toBeDefined();
    expect([HELLO, '817e00920102']).toContainEqual(expect.stringMatching(new RegExp(`^${bytes}`)));
  });
}
