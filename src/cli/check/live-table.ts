import { lined, print, type Printable } from '../../describe/printable.js';
import type { Case, Need } from '../../conformance/case.js';
import { passes } from '../../conformance/case.js';
import type { CaseResult } from '../../conformance/run.js';
import type { Look } from '../../terminal/layout.js';
import { matrix } from './matrix.js';
import { timeLeft } from './time-left.js';
import type { Io } from '../host/io.js';

/** Seconds between two drawings. */
const INTERVAL = 0.1;
const BAR_WIDTH = 24;

/** The matrix and a bar on the terminal while cases run; both are removed at the end. */
export class LiveMatrix {
  private readonly results = new Map<string, CaseResult>();
  private lines = 0;
  private drawn = 0;
  private readonly began: number;

  constructor(
    private readonly io: Io,
    private readonly cases: readonly Case[],
    private readonly look: Look,
    /** What the peer is known not to have. */
    private readonly lacks: readonly Need[],
  ) {
    this.began = io.now();
  }

  add(result: CaseResult): void {
    this.results.set(result.case.id, result);
    const now = this.io.now();
    if (now - this.drawn < INTERVAL) return;
    this.drawn = now;
    this.draw([...matrix(this.cases, this.results, this.look), this.bar(now - this.began)]);
  }

  /** Removes it. */
  end(): void {
    this.draw([]);
  }

  private draw(lines: readonly Printable[]): void {
    const up = this.lines > 0 ? print`\x1b[${this.lines}A` : '';
    // A matrix that does not fit would scroll away under the cursor: the bar alone is drawn.
    const rows = this.io.stderr.rows ?? 24;
    const shown = lines.length < rows ? lines : lines.slice(-1);
    this.lines = shown.length;
    void this.io.stderr.write(print`${up}\r\x1b[J${lined(shown)}`);
  }

  private bar(seconds: number): Printable {
    const { size } = this.results;
    const total = this.cases.length;
    const filled = Math.round((size / total) * BAR_WIDTH);
    const failed = [...this.results.values()].filter((one) => one.skipped === undefined && !passes(one)).length;
    const time = timeLeft(this.cases, (id) => this.results.has(id), seconds, this.lacks);
    const left = time === undefined ? '' : print`  ${Math.round(time)} s left`;
    const bar = print`[${print`#`.repeat(filled)}${print`.`.repeat(BAR_WIDTH - filled)}]`;
    return print`${bar} ${size} of ${total} cases${failed > 0 ? print`, ${failed} failed` : ''}${left}`.slice(
      0,
      this.look.width,
    );
  }
}
