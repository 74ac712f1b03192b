import type { Fresh } from './bench.js';
import { Condition } from './condition.js';
import { after } from './timer.js';

/** Waits for one condition, up to a number of seconds; the time in which we held bytes back does not count. */
export class Watch {
  private readonly condition = new Condition();
  private isLate = false;
  private timer: NodeJS.Timeout;

  constructor(
    private readonly test: () => boolean,
    private readonly seconds: number,
  ) {
    this.timer = this.begin();
  }

  readonly isOver = (): boolean => this.isLate || this.test();

  /** Something happened. */
  notify(): void {
    this.condition.notify();
  }

  /** Resolves as soon as `test` holds or it is over, or after this number of seconds. */
  until(test: () => boolean, seconds: number): Promise<void> {
    return this.condition.until(() => test() || this.isOver(), seconds);
  }

  /** The time begins again. */
  again(): void {
    clearTimeout(this.timer);
    if (!this.isLate) this.timer = this.begin();
  }

  end(): void {
    clearTimeout(this.timer);
  }

  private begin(): NodeJS.Timeout {
    return after(this.seconds, () => {
      this.isLate = true;
      this.notify();
    });
  }
}

/** A pause between small pieces makes segments of them; the number of pauses is limited. */
const SMALL = 64;
const MOST_MOMENTS = 100;
const MOMENT = 0.001;

/** Writes bytes, in pieces of `chop` with a flush after each, until it is over: with a peer that no longer reads, a flush never ends. */
export async function deliver(
  { wire, exchange }: Fresh,
  bytes: Uint8Array,
  watch: Watch,
  chop = Infinity,
): Promise<void> {
  for (let at = 0; at < bytes.length && !watch.isOver(); at += chop) {
    const piece = bytes.subarray(at, at + chop);
    exchange.add('tester', piece);
    wire.write(piece);
    let isFlushed = false;
    void wire.flushed().then(() => {
      isFlushed = true;
      watch.notify();
    });
    await watch.until(() => isFlushed, Infinity);
    if (chop >= SMALL || at / chop >= MOST_MOMENTS) continue;
    await watch.until(() => false, MOMENT);
    watch.again();
  }
}
