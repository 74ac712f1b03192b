export interface Asked {
  readonly count?: number;
  readonly expect?: RegExp;
}

/** What has to come before the connection may end (`--count`, `--expect`), and how much of it came. */
export class Goals {
  received = 0;
  private matched = false;

  constructor(private readonly asked: Asked) {}

  get any(): boolean {
    return this.asked.count !== undefined || this.asked.expect !== undefined;
  }

  /** A message came; `text` is undefined for a binary one. */
  take(text: string | undefined): void {
    this.received++;
    const { expect } = this.asked;
    if (expect !== undefined && text !== undefined) this.matched ||= expect.test(text);
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
    if (expect !== undefined && !this.matched) return `none of ${this.received} messages matches ${String(expect)}`;
    return undefined;
  }
}
