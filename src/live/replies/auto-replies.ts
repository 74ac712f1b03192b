import { createContext, Script } from 'node:vm';

/** `--auto-reply`: a text message that the expression matches is answered with this one. The expression has no flag `g` or `y`. */
export interface ReplyRule {
  readonly pattern: RegExp;
  readonly reply: string;
}

/** How long the expressions may take for a message, as JavaScript's may take hours for a short one: milliseconds. */
const MOST_TIME = 1000;
/** Evaluated with a limit of time, which alone ends an expression that is under way. */
const SEARCH = new Script('patterns.findIndex((pattern) => pattern.test(text))');

/** Which of the rules answers a message, for one connection. */
export class AutoReplies {
  private readonly scope: { patterns: readonly RegExp[]; text: string };
  /** No expression repeats anything: its time is bounded by the text's length, and the limit, which costs a thread, is not needed. */
  private readonly isPlain: boolean;
  private isOff = false;

  /** `tooSlow` is called at most once: texts of this connection are not matched any more, so that a peer can't hold up the others. */
  constructor(
    private readonly rules: readonly ReplyRule[],
    private readonly tooSlow: (message: string) => void,
    private readonly most = MOST_TIME,
  ) {
    this.scope = { patterns: rules.map(({ pattern }) => pattern), text: '' };
    this.isPlain = rules.every(({ pattern }) => !/[*+{]/.test(pattern.source));
    if (!this.isPlain) createContext(this.scope);
  }

  /** The reply of the first rule that matches; undefined: none does. */
  to(text: Buffer): Uint8Array | undefined {
    if (this.isOff || this.rules.length === 0) return undefined;
    const rule = this.rules[this.search(text.toString())];
    return rule && Buffer.from(rule.reply);
  }

  private search(text: string): number {
    if (this.isPlain) return this.rules.findIndex(({ pattern }) => pattern.test(text));
    this.scope.text = text;
    try {
      return SEARCH.runInContext(this.scope, { timeout: this.most }) as number;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      this.isOff = true;
      this.tooSlow(
        `--auto-reply: the expressions take more than ${this.most / 1000} s for a text of ${text.length} characters: ` +
          'texts of this connection are not matched any more',
      );
      return -1;
    } finally {
      this.scope.text = '';
    }
  }
}
