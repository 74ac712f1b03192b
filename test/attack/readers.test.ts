import { expect, it } from 'vitest';
import { cpuClock, superlinearReaders } from './readers.js';

const OPTIONS = { length: 8192, clock: cpuClock, cheap: 16, most: 10 };

it('no reader of text takes time that grows faster than the text', { timeout: 350_000 }, () => {
  expect(superlinearReaders(OPTIONS)).toEqual([]);
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
