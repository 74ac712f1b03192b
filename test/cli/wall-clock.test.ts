import { describe, expect, it } from 'vitest';
import { wallClock } from '../../src/cli/host/wall-clock.js';

const EPOCH = 1_795_356_000_000;

/** Milliseconds that pass on each clock before the next reading. */
type Step = readonly [wall: number, steady: number];

/** What is read after each step, in milliseconds since the beginning. */
function read(steps: readonly Step[]): number[] {
  const at = { wall: EPOCH, steady: 500 };
  const now = wallClock({ wall: () => Math.floor(at.wall), steady: () => at.steady }, EPOCH - 500);
  return steps.map(([wall, steady]) => {
    at.wall += wall;
    at.steady += steady;
    return Math.round((now() * 1000 - EPOCH) * 1000) / 1000;
  });
}

const HOUR = 3_600_000;
const TABLE: readonly (readonly [string, readonly Step[], readonly number[]])[] = [
  [
    'has fractions of a millisecond',
    [
      [0.25, 0.25],
      [0.5, 0.5],
      [7.125, 7.125],
    ],
    [0.25, 0.75, 7.875],
  ],
  [
    'takes a small difference for rounding',
    [
      [0, 0],
      [10, 0],
      [10, 0],
    ],
    [0, 0, 0],
  ],
  [
    'does not lag after a suspend',
    [
      [5, 5],
      [HOUR, 0],
      [1.5, 1.5],
    ],
    [5, HOUR + 5, HOUR + 6.5],
  ],
  [
    'nor after the second one',
    [
      [HOUR, 0],
      [2, 2],
      [HOUR, 1],
    ],
    [HOUR, HOUR + 2, 2 * HOUR + 2],
  ],
  [
    'nor where the steady clock is slow',
    [
      [15, 5],
      [15, 5],
      [15, 5],
    ],
    [5, 10, 45],
  ],
  [
    'follows a clock that is set forward',
    [
      [1, 1],
      [HOUR + 1, 1],
    ],
    [1, HOUR + 2],
  ],
  [
    'goes on where the clock is set back',
    [
      [1, 1],
      [-HOUR, 1],
      [1, 1],
    ],
    [1, 2, 3],
  ],
  [
    'and is right again when the clock is',
    [
      [1, 1],
      [-HOUR, 1],
      [HOUR + 1, 1],
      [1, 1],
    ],
    [1, 2, 3, 4],
  ],
  [
    'is not put off by a pause between two readings',
    [
      [0, 400],
      [400, 0],
      [1, 1],
    ],
    [400, 400, 401],
  ],
];

describe('the wall clock of a run', () => {
  it.each(TABLE)('%s', (_, steps, times) => expect(read(steps)).toEqual(times));

  it.each(TABLE)('%s: never back', (_, steps) => expect(read(steps)).toEqual(read(steps).toSorted((a, b) => a - b)));

  it('reads the wall first', () => {
    const order: string[] = [];
    const tell = (name: string) => () => order.push(name);
    wallClock({ wall: tell('wall'), steady: tell('steady') }, 0)();
    expect(order).toEqual(['wall', 'steady']);
  });
});
