import { growthOf } from '../../work.js';
import { expect, test } from 'vitest';
import { readSpec } from '../../../src/conformance/reports/spec.js';

test.each(['[', '\\"', '/*', ','])('%j again and again: the work grows with the length', (piece) => {
  expect(growthOf(20_000, (count) => readSpec(piece.repeat(count)))).toBeLessThan(2.2);
});
