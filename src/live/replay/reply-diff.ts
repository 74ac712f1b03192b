import type { Difference, DiffTotals, Reply } from '../../traffic/run-records/reply-difference.js';
import { paired } from './reply-pairs.js';

/** So far a reply is looked for from where it was expected. */
const WINDOW = 64;

/**
 * Compares replies with recorded ones as they come, in order. Where they part, it goes on behind the nearest pair that
 * is the same again; of what lies between, what is alike counts as changed, and the rest as missing or extra.
 */
export class ReplyDiff {
  private readonly counts = { same: 0, changed: 0, missing: 0, extra: 0 };
  /** Of the recording, the first reply that has no counterpart yet. */
  private expected = 0;
  /** How many came. */
  private received = 0;
  /** The last ones that came, without a counterpart. */
  private pending: Reply[] = [];

  constructor(
    private readonly recorded: readonly Reply[],
    private readonly tell: (difference: Difference) => void,
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

  /** Where the same stands in the recording, from the first that has no counterpart; the nearest to where it should. */
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

  /** So many that came stand against so many of the recording. */
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
    this.tell(difference);
  }
}
