import { expect, it } from 'vitest';
import { cpuClock, READERS, superlinearReaders } from './readers.js';

const OPTIONS = { length: 4096, clock: cpuClock, cheap: 8, most: 10 };

it.each(Object.entries(READERS))('the time of a reader grows no faster than the text: %s', (name, read) => {
  expect(superlinearReaders(OPTIONS, { [name]: read })).toEqual([]);
});

it('one that does is found', () => {
  let steps = 0;
  const readers = {
    quadratic: (bytes: Uint8Array) => (steps += bytes.length ** 2 / 1e5),
    linear: (bytes: Uint8Array) => (steps += bytes.length),
  };
  const found = superlinearReaders({ ...OPTIONS, clock: () => steps }, readers);
  expect(new Set(found.map(({ reader }) => reader))).toEqual(new Set(['quadratic']));
  expect(found.length).toBeGreaterThan(40);
});
