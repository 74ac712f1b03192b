import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Condition } from '../../src/conformance/bench/condition.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** Time passes, and the turns of the event loop after it. */
async function pass(milliseconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('what is waited for', () => {
  it('ends the waiting when it happens, or the time does', async () => {
    const condition = new Condition();
    let is = false;
    let ended = 0;
    for (const seconds of [1, 5]) void condition.until(() => is, seconds).then(() => ended++);
    await pass(999);
    expect(ended).toBe(0);
    await pass(1);
    expect(ended).toBe(1);
    is = true;
    condition.notify();
    await pass(0);
    expect(ended).toBe(2);
  });

  it('is seen where it came while the process was held up: it is read before the time counts', async () => {
    const condition = new Condition();
    let is = false;
    // As bytes that have arrived are: read only in a turn of the loop after the timers.
    setTimeout(() => setImmediate(() => setImmediate(() => ((is = true), condition.notify()))), 1000);
    const waiting = condition.until(() => is, 1).then(() => is);
    await pass(1000);
    expect(await waiting).toBe(true);
  });
});
