export interface Asked {
  readonly count?: number;
  readonly expect?: RegExp;
}

/** What has to come before the connection may end (`--count`, `--expect`), and how far it is. */
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

  /** Nothing more has to be waited for: as many came as were asked for, or what was expected where no number was given. */
  get reached(): boolean {
    const { count, expect } = this.asked;
    if (count !== undefined) return this.received >= count;
    return expect !== undefined && this.matched;
  }

  /** What did not hold, in words; undefined: all did. */
  get unmet(): string | undefined {
    const { count, expect } = this.asked;
    if (count !== undefined && this.received < count) return `${this.received} of ${count} messages came`;
    if (expect !== undefined && !this.matched) return `none of ${this.received} messages matches ${String(expect)}`;
    return undefined;
  }
}
