import { TimedExpressions, type TimeBounds } from '../../live/replies/timed-expressions.js';

export interface Asked {
  readonly count?: number;
  readonly expect?: RegExp;
}

/** What has to come before the connection may end (`--count`, `--expect`), and how much of it came. */
export class Goals {
  received = 0;
  private matched = false;
  private readonly expressions: TimedExpressions;
  /** The text whose search takes too long, in words. */
  private slow = '';

  /** `notice` takes a notice for the user. */
  constructor(
    private readonly asked: Asked,
    notice: (words: string) => void,
    bounds?: TimeBounds,
  ) {
    const tooSlow = (length: number, seconds: number): void => {
      this.slow = `, and it takes more than ${seconds} s for a text of ${length} characters`;
      notice(
        `--expect: the expression takes more than ${seconds} s for a text of ${length} characters: it is searched in short texts only from here on`,
      );
    };
    this.expressions = new TimedExpressions(asked.expect === undefined ? [] : [asked.expect], tooSlow, bounds);
  }

  get any(): boolean {
    return this.asked.count !== undefined || this.asked.expect !== undefined;
  }

  /** A message came; `text` is undefined for a binary one. */
  take(text: string | undefined): void {
    this.received++;
    const { expect } = this.asked;
    if (expect !== undefined && text !== undefined) this.matched ||= this.expressions.first(text) === 0;
  }

  /** Nothing more has to be waited for: the requested number of messages came, or the expected one where no number was given. */
  get reached(): boolean {
    const { count, expect } = this.asked;
    if (count !== undefined) return this.received >= count;
    return expect !== undefined && this.matched;
  }

  /** The conditions that were not met, in words; undefined: all were. */
  get unmet(): string | undefined {
    const { count, expect } = this.asked;
    if (count !== undefined && this.received < count) return `${this.received} of ${count} messages came`;
    if (expect !== undefined && !this.matched) {
      return `none of ${this.received} messages matches ${String(expect)}${this.slow}`;
    }
    return undefined;
  }
}
