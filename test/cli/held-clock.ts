import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** For `--require`, and the child needs an IPC channel. */
export const HELD_CLOCK = fileURLToPath(new URL('hooks/clock.cjs', import.meta.url));

/** Where the clocks of a held run begin: seconds since the epoch. */
export const BEGIN = 1_795_356_000;

interface State {
  /** Milliseconds that each timer has left. */
  readonly left: readonly number[];
  /** The last advance that came to its end. */
  readonly done?: number;
}

/**
 * The clock of a run that does not go by itself: what takes time in the program takes what the test lets pass, and a slow
 * machine changes nothing.
 */
export class HeldClock {
  /** Milliseconds that were let pass. */
  passed = 0;
  private state: State = { left: [] };
  private advances = 0;
  private readonly looks = new Set<() => void>();

  constructor(private readonly child: ChildProcess) {
    child.on('message', (message) => {
      this.state = JSON.parse(message as string) as State;
      for (const look of [...this.looks]) look();
    });
  }

  /** Waits until the program waits for a time, that many milliseconds from now: to a hundredth, as times of recordings are. */
  waitsFor(milliseconds: number): Promise<void> {
    return this.until(({ left }) => left.some((one) => Math.abs(one - milliseconds) < 0.01));
  }

  /** Waits until the program waits for any time at all. */
  waits(): Promise<void> {
    return this.until(({ left }) => left.length > 0);
  }

  /** Lets time pass, and what is due happen. */
  async advance(milliseconds: number): Promise<void> {
    const id = ++this.advances;
    this.passed += milliseconds;
    // It may have ended meanwhile.
    const ended = new Promise<void>((resolve) => this.child.once('disconnect', resolve));
    this.child.send({ milliseconds, id }, () => undefined);
    await Promise.race([this.until(({ done }) => done === id), ended]);
  }

  /** Lets time pass in such steps until something has happened; gives the milliseconds that it took. */
  async advanceUntil(happened: Promise<unknown>, step: number): Promise<number> {
    const before = this.passed;
    let isOver = false;
    const over = (): void => void (isOver = true);
    happened.then(over, over);
    while (!isOver) {
      await this.advance(step);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await happened;
    return this.passed - before;
  }

  private until(test: (state: State) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!test(this.state)) return;
        this.looks.delete(look);
        resolve();
      };
      this.looks.add(look);
      look();
    });
  }
}
