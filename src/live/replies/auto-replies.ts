import { TimedExpressions } from './timed-expressions.js';

/** `--auto-reply`: a text message that the expression matches is answered with this one. The expression has no flag `g` or `y`. */
export interface ReplyRule {
  readonly pattern: RegExp;
  readonly reply: string;
}

/** Which of the rules answers a message, for one connection. */
export class AutoReplies {
  private readonly expressions: TimedExpressions;
  private isOff = false;

  /** `tooSlow` is called at most once: texts of this connection are not matched any more, so that a peer can't hold up the others. */
  constructor(
    private readonly rules: readonly ReplyRule[],
    tooSlow: (message: string) => void,
    time?: number,
  ) {
    const patterns = rules.map(({ pattern }) => pattern);
    const off = (length: number, seconds: number): void => {
      this.isOff = true;
      tooSlow(
        `--auto-reply: the expressions take more than ${seconds} s for a text of ${length} characters: ` +
          'texts of this connection are not matched any more',
      );
    };
    this.expressions = new TimedExpressions(patterns, off, time === undefined ? {} : { time });
  }

  /** The reply of the first rule that matches; undefined: none does. */
  to(text: Buffer): Uint8Array | undefined {
    if (this.isOff || this.rules.length === 0) return undefined;
    const rule = this.rules[this.expressions.first(text.toString()) ?? -1];
    return rule && Buffer.from(rule.reply);
  }
}
