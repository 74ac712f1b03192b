/** Where the time is read, in milliseconds. */
export interface Clocks {
  /** Since the epoch: whole milliseconds, and it steps when the system's clock is set (`Date.now`). */
  readonly wall: () => number;
  /** In fractions, never set, but it stops while the machine is suspended (`performance.now`). */
  readonly steady: () => number;
}

/** How far the steady clock may lag before it is set again: more than rounding, and less than a user notices. */
const MOST_LAG = 20;

/**
 * A clock of seconds since the epoch, with the resolution of the steady clock. It follows the wall clock where that is
 * ahead (after a suspend, or when the clock is set forward), and never goes back: where the wall clock is set back,
 * times continue from their present value. `origin`: the wall's time, in milliseconds, at the steady clock's zero.
 */
export function wallClock({ wall, steady }: Clocks, origin: number): () => number {
  let offset = origin;
  return () => {
    // In this order: a process that is paused between the two only seems to be ahead, which changes nothing.
    const now = wall();
    const since = steady();
    if (now - (offset + since) > MOST_LAG) offset = now - since;
    return (offset + since) / 1000;
  };
}
