import { createContext, Script } from 'node:vm';
import { quickLength } from '../../traffic/selection/expression-cost.js';

export interface TimeBounds {
  /** How long expressions may take for a text: milliseconds. */
  readonly time?: number;
  /** After this number of texts that took longer, only those are searched that are quick in any case. */
  readonly times?: number;
}

/** JavaScript's expressions may take hours for a short text. */
const MOST_TIME = 1000;
/** Evaluated with a limit of time, which alone ends an expression that is under way. */
const FIRST = new Script('first(patterns, text)');
const WITHOUT = new Script('withoutAll(patterns, text)');

/** Expressions of the user, evaluated on texts of a peer within bounds of time. */
export class TimedExpressions {
  private readonly quick: number;
  private readonly time: number;
  private left: number;
  private scope: { patterns: readonly RegExp[]; text: string } | undefined;

  /** `tooSlow` is called once, with the length of the text that took too long, in characters. */
  constructor(
    private readonly patterns: readonly RegExp[],
    private readonly tooSlow: (length: number, seconds: number) => void,
    { time = MOST_TIME, times = 1 }: TimeBounds = {},
  ) {
    this.quick = patterns.reduce((least, pattern) => Math.min(least, quickLength(pattern)), Infinity);
    this.time = time;
    this.left = times;
  }

  /** The index of the first that matches, -1: none; undefined: they take too long. */
  first(text: string): number | undefined {
    return text.length <= this.quick ? first(this.patterns, text) : (this.timed(FIRST, text) as number | undefined);
  }

  /** The text without what they match; undefined: they take too long. */
  without(text: string): string | undefined {
    return text.length <= this.quick
      ? withoutAll(this.patterns, text)
      : (this.timed(WITHOUT, text) as string | undefined);
  }

  /** Costs a thread for each call. */
  private timed(script: Script, text: string): unknown {
    if (this.left === 0) return undefined;
    const { patterns, time } = this;
    this.scope ??= createContext({ first, withoutAll, patterns, text: '' }) as {
      patterns: readonly RegExp[];
      text: string;
    };
    this.scope.text = text;
    try {
      return script.runInContext(this.scope, { timeout: time });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      if (--this.left === 0) this.tooSlow(text.length, time / 1000);
      return undefined;
    } finally {
      this.scope.text = '';
    }
  }
}

function first(patterns: readonly RegExp[], text: string): number {
  return patterns.findIndex((pattern) => {
    // With the flags g and y a match would begin where the last one ended.
    pattern.lastIndex = 0;
    return pattern.test(text);
  });
}

/** The text without what the expressions match, which have the flag g. */
export function withoutAll(patterns: readonly RegExp[], text: string): string {
  return patterns.reduce((rest, pattern) => rest.replaceAll(pattern, ''), text);
}
