import { describe, expect, it } from 'vitest';
import { ActivityCount } from '../../src/traffic/tally/activity.js';

describe('frames over time', () => {
  it('are counted in steps that become longer, and none is lost', () => {
    const count = new ActivityCount();
    expect(count.activity()).toBeUndefined();
    count.at(NaN);
    expect(count.activity()).toBeUndefined();
    count.at(100);
    count.at(100.0005);
    expect(count.activity()).toEqual({ step: 0.001, counts: [2] });
    count.at(100.033);
    expect(count.activity()).toEqual({ step: 0.002, counts: [2, ...Array.from({ length: 15 }, () => 0), 1] });
    for (let i = 0; i < 1000; i++) count.at(101 + i);
    const { step, counts } = count.activity()!;
    expect(step * counts.length).toBeGreaterThan(1000);
    expect(counts.length).toBeLessThanOrEqual(32);
    expect(counts.reduce((a, b) => a + b)).toBe(1003);
  });

  it('of bytes that waited after a hole count in the first step', () => {
    const count = new ActivityCount();
    count.at(100);
    count.at(99);
    expect(count.activity()).toEqual({ step: 0.001, counts: [2] });
  });
});
