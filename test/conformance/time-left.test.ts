import { describe, expect, it } from 'vitest';
import { timeLeft } from '../../src/cli/check/time-left.js';
import type { Need } from '../../src/conformance/case.js';
import { CASES } from '../../src/conformance/all-cases.js';
import { select } from '../../src/conformance/select.js';

/** The time that is said to be left of a run: it does not grow while the run continues as before. */

const ALL = select(CASES, { peer: 'server', full: true, safe: false }).cases;

/** Seconds that these groups took on one machine, on the average: against `ws`, with compression. */
const AVERAGE: Readonly<Record<string, number>> = { '6': 0.07, '9': 0.25, '12': 29, '13': 12, deflate: 0.13 };

/** What is said to be left after each case, where cases run one after the other, each as long as `seconds` says. */
function course(
  cases: typeof ALL,
  seconds: (at: number) => number,
  lacks: readonly Need[] = [],
): { readonly at: number; readonly left: number }[] {
  const done = new Set<string>();
  let at = 0;
  return cases.flatMap(({ id }, i) => {
    done.add(id);
    at += seconds(i);
    const left = timeLeft(cases, (one) => done.has(one), at, lacks);
    return left === undefined ? [] : [{ at, left }];
  });
}

describe('the time that is left', () => {
  it('shrinks in a full run, where the last groups take hundreds of times as long', () => {
    const told = course(ALL, (i) => AVERAGE[ALL[i]!.id.split('.')[0]!] ?? 0.05);
    const whole = told.at(-1)!.at;
    expect(told.length).toBeGreaterThan(100);
    for (const { at, left } of told) {
      expect(at + left).toBeGreaterThan(whole / 3);
      expect(at + left).toBeLessThan(whole * 3);
    }
  });

  it('leaves out the work of cases that need what the server lacks', () => {
    // Seconds, on the average, of a run against `ws` without compression.
    const average = (i: number): number => (ALL[i]!.id.startsWith('9.') ? 0.9 : 0.05);
    const told = course(ALL, average, ['deflate']);
    const whole = told.at(-1)!.at;
    for (const { at, left } of told) expect(at + left).toBeLessThan(whole * 3);
    const blind = course(ALL, average);
    expect(Math.max(...blind.map(({ at, left }) => at + left))).toBeGreaterThan(whole * 3);
  });

  it('is exact where all cases are alike, and nothing at the end', () => {
    const alike = ALL.filter(({ traits }) => traits.length === 0);
    const told = course(alike, () => 2);
    for (const { at, left } of told) expect(at + left).toBeCloseTo(2 * alike.length);
    expect(told.at(-1)!.left).toBe(0);
  });

  it('is not said before there is anything to go by', () => {
    expect(timeLeft(ALL, () => false, 3)).toBeUndefined();
    expect(timeLeft(ALL, (id) => id === '1.1.1', 3)).toBeUndefined();
  });
});
