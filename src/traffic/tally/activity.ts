/** Frames over time: equal steps from the first frame on. */
export interface Activity {
  /** Seconds of a step. */
  readonly step: number;
  /** Frames in each step, up to the last one that has any. */
  readonly counts: readonly number[];
}

const STEPS = 32;
/** Seconds of a step at the beginning: where more steps are needed, each becomes twice as long. */
const FIRST_STEP = 0.001;

/** Counts frames over time in bounded memory. */
export class ActivityCount {
  private readonly counts = new Uint32Array(STEPS);
  private step = FIRST_STEP;
  private start = NaN;

  /** A frame at that time: seconds since the epoch, NaN where unknown. */
  at(time: number): void {
    if (Number.isNaN(time)) return;
    if (Number.isNaN(this.start)) this.start = time;
    // Bytes that waited after a hole come later than those after them.
    const since = Math.max(0, time - this.start);
    while (since >= this.step * STEPS) this.widen();
    this.counts[Math.trunc(since / this.step)]!++;
  }

  activity(): Activity | undefined {
    const last = this.counts.findLastIndex((count) => count > 0);
    return last < 0 ? undefined : { step: this.step, counts: Array.from(this.counts.subarray(0, last + 1)) };
  }

  private widen(): void {
    const { counts } = this;
    for (let i = 0; i < STEPS / 2; i++) counts[i] = counts[2 * i]! + counts[2 * i + 1]!;
    counts.fill(0, STEPS / 2);
    this.step *= 2;
  }
}
