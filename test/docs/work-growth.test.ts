import { growthOf, workOf } from '../work.js';
import { expect, it } from 'vitest';
import { hexOf } from '../../src/codec/bytes/hex.js';

const linear = (size: number): string => hexOf(new Uint8Array(size));
const quadratic = (size: number): void => {
  for (let i = 0; i < size; i++) linear(size);
};

it('work is counted, not timed: the same each time, and more for more', () => {
  const run = (): string => linear(1000);
  run();
  const work = workOf(run);
  expect(work).toBeGreaterThan(1000);
  expect(workOf(run)).toBe(work);
  expect(growthOf(1000, linear)).toBeCloseTo(2, 1);
  expect(growthOf(200, quadratic)).toBeGreaterThan(3.5);
});
