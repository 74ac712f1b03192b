import { after } from './timer.js';

/** Turns of the event loop that follow the end of the time, before it counts: data that came meanwhile is read in them. */
const LAST_TURNS = 10;

/** A process that was suspended gets the timer before it reads data that came long ago: that is read first. */
function afterReading(then: () => void, turns = LAST_TURNS): void {
  if (turns === 0) then();
  else setImmediate(() => afterReading(then, turns - 1));
}

/** Lets waiters check again after every event. */
export class Condition {
  private readonly waiting = new Set<() => void>();

  /** Something happened. */
  notify(): void {
    for (const look of [...this.waiting]) look();
  }

  /** Resolves as soon as `test` holds, or after this number of seconds (with `Infinity` not before). */
  until(test: () => boolean, seconds: number): Promise<void> {
    if (test() || seconds <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve();
      };
      const look = (): void => {
        if (test()) done();
      };
      const timer = seconds === Infinity ? undefined : after(seconds, () => afterReading(done));
      this.waiting.add(look);
    });
  }
}
