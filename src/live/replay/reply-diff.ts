import type { Difference, DiffTotals, Reply } from '../../traffic/run-records/reply-difference.js';
import { paired } from './reply-pairs.js';

/** The distance from the expected position in which a reply is looked for. */
const WINDOW = 64;

/**
 * Compares replies with recorded ones as they come, in order. Where they differ, it continues after the nearest pair
 * that is equal again; between them, similar replies count as changed, and the rest as missing or extra.
 */
export class ReplyDiff {
  private readonly counts = { same: 0, changed: 0, missing: 0, extra: 0 };
  /** Of the recording, the first reply without a counterpart so far. */
  private expected = 0;
  /** The number of replies that came. */
  private received = 0;
  /** The last ones that came, without a counterpart. */
  private pending: Reply[] = [];

  constructor(
    private readonly recorded: readonly Reply[],
    private readonly differs: (difference: Difference) => void,
  ) {}

  get totals(): DiffTotals {
    return this.counts;
  }

  take(reply: Reply): void {
    this.received++;
    this.pending.push(reply);
    const here = this.pending.length - 1;
    const found = this.counterpart(reply, here);
    if (found !== undefined) {
      this.settle(here, found);
      this.counts.same++;
      this.expected++;
      this.pending = [];
    } else if (this.pending.length > WINDOW) this.settle(1, 1);
  }

  /** Nothing follows. `isWhole`: what did not come by now is missing. */
  end(isWhole: boolean): void {
    const left = this.recorded.length - this.expected;
    this.settle(this.pending.length, isWhole ? left : Math.min(this.pending.length, left));
  }

  /** The position of the same reply in the recording, after the first without a counterpart; the nearest to the expected one. */
  private counterpart({ key }: Reply, here: number): number | undefined {
    const most = Math.min(WINDOW, this.recorded.length - this.expected);
    for (let away = 0; away < WINDOW; away++) {
      for (const at of away === 0 ? [here] : [here - away, here + away]) {
        if (at < 0 || at >= most) continue;
        const { key: other } = this.recorded[this.expected + at]!;
        if (other === key || (away === 0 && other === undefined)) return at;
      }
    }
    return undefined;
  }

  /** This number of replies is matched with this number of the recording. */
  private settle(came: number, expected: number): void {
    const first = this.received - this.pending.length + 1;
    const begin = this.expected + 1;
    this.expected = Math.min(this.recorded.length, this.expected + expected);
    const then = this.recorded.slice(begin - 1, this.expected);
    const now = this.pending.splice(0, came);
    for (const [a, b] of paired(then, now)) {
      const [recordedIndex, receivedIndex] = [begin + (a ?? 0), first + (b ?? 0)];
      const [recorded, received] = [a === undefined ? a : then[a], b === undefined ? b : now[b]];
      if (recorded && received) this.found({ kind: 'changed', recordedIndex, receivedIndex, recorded, received });
      else if (recorded) this.found({ kind: 'missing', recordedIndex, recorded });
      else if (received) this.found({ kind: 'extra', receivedIndex, received });
    }
  }

  private found(difference: Difference): void {
    this.counts[difference.kind]++;
    this.differs(difference);
  }
}
