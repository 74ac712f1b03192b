import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PacedOutlet, type Outlet, type OutletPace } from '../../src/live/sockets/outlet.js';

// The timers and the clock are the test's: `sleep` lets exactly that much time pass.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());
const sleep = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

interface Got {
  readonly at: number;
  readonly bytes: number;
}

/** A paced way, and what came out of it when: milliseconds. */
function paced(
  pace: OutletPace,
  full = false,
): { outlet: PacedOutlet; got: Got[]; ended: () => number | undefined; next: Outlet } {
  const got: Got[] = [];
  const start = performance.now();
  let end: number | undefined;
  const next: Outlet = {
    write: (bytes) => {
      got.push({ at: performance.now() - start, bytes: bytes.length });
      return !full;
    },
    end: () => (end = performance.now() - start),
    drop: () => undefined,
    onRoom: () => undefined,
  };
  return { outlet: new PacedOutlet(next, pace), got, ended: () => end, next };
}
const total = (got: readonly Got[]): number => got.reduce((sum, { bytes }) => sum + bytes, 0);

describe('a way that is paced', () => {
  it('holds everything for as long, the end too', async () => {
    const { outlet, got, ended } = paced({ delay: 60 });
    outlet.write(new Uint8Array(3));
    await sleep(20);
    outlet.write(new Uint8Array(4));
    outlet.end();
    await sleep(150);
    expect(got).toEqual([
      { at: 60, bytes: 3 },
      { at: 80, bytes: 4 },
    ]);
    expect(ended()).toBe(80);
  });

  it('passes a limited number of bytes a second', async () => {
    const { outlet, got, ended } = paced({ rate: 20_000 });
    outlet.write(new Uint8Array(8000));
    outlet.end();
    while (ended() === undefined) await sleep(5);
    expect(total(got)).toBe(8000);
    expect(ended()).toBe(400);
    expect(Math.max(...got.map(({ bytes }) => bytes))).toBeLessThanOrEqual(800);
  });

  it('lets even one byte a second through', async () => {
    const { outlet, got } = paced({ rate: 10 });
    outlet.write(new Uint8Array(100));
    await sleep(450);
    expect(total(got)).toBe(4);
    outlet.drop();
  });

  it('stops the writer while much waits, and reports when there is room', async () => {
    const { outlet } = paced({ delay: 30 });
    let room = 0;
    outlet.onRoom = () => room++;
    expect(outlet.write(new Uint8Array(1000))).toBe(true);
    expect(outlet.write(new Uint8Array(2 * 1024 * 1024))).toBe(false);
    await sleep(29);
    expect(room).toBe(0);
    await sleep(51);
    expect(room).toBe(1);
  });

  it('waits where the next outlet is full', async () => {
    const { outlet, got, next } = paced({ delay: 1 }, true);
    outlet.write(new Uint8Array(1));
    outlet.write(new Uint8Array(2));
    await sleep(30);
    expect(got).toHaveLength(1);
    next.onRoom();
    expect(got).toHaveLength(2);
  });
});
