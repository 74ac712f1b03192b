import { expect, it } from 'vitest';
import { laneSize } from '../../src/web/overview/lane-size.js';

it.each([
  [1, 700, 92],
  [7, 700, 92],
  [8, 700, 70],
  [10, 700, 70],
  [11, 700, 48],
  [15, 700, 26],
  [10_000, 700, 26],
  [3, 0, 26],
  [0, 0, 92],
])('%i lanes in %i pixels have %i each', (lanes, room, height) => {
  expect(laneSize(lanes, room).height).toBe(height);
});

it('has room for two bars, and the lines from pings within them', () => {
  for (const lanes of [1, 8, 11, 15]) {
    const { half, wait, height } = laneSize(lanes, 700);
    expect(2 * half).toBeLessThan(height);
    expect(wait).toBeLessThanOrEqual(half);
  }
});
