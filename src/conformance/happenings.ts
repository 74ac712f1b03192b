import { after } from './timer.js';

/** Lets waiters look again whenever something happened. */
export class Happenings {
  private readonly waiting = new Set<() => void>();

  /** Something happened. */
  tell(): void {
    for (const look of [...this.waiting]) look();
  }

  /** Resolves as soon as `test` holds, or after so many seconds (with `Infinity` not before). */
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
      const timer = seconds === Infinity ? undefined : after(seconds, done);
      this.waiting.add(look);
    });
  }
}
