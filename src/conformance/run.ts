import type { Case, Verdict } from './case.js';
import type { Exchange } from './exchange.js';

/** A case with what it came to. */
export interface Result extends Verdict {
  readonly case: Case;
  /** Seconds. */
  readonly duration: number;
  /** What passed on its connections. */
  readonly exchanges: readonly Exchange[];
  /** Why it was not run: the verdict says nothing then. */
  readonly skipped?: string;
}

export interface RunOptions {
  /** Cases at one time. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  now(this: void): number;
  /** Runs one case from its first byte to its last. */
  run(this: void, one: Case): Promise<Omit<Result, 'case' | 'duration'>>;
  result(this: void, result: Result): void;
}

/** Runs cases side by side, those that want to be alone behind the others, one after the other. */
export async function runCases(cases: readonly Case[], options: RunOptions): Promise<void> {
  const { jobs } = options;
  await inLanes(
    cases.filter((one) => !isAlone(one)),
    jobs,
    options,
  );
  await inLanes(cases.filter(isAlone), 1, options);
}

async function inLanes(cases: readonly Case[], lanes: number, options: RunOptions): Promise<void> {
  const queue = cases[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (const one of queue) {
      if (options.signal.aborted) return;
      const began = options.now();
      const outcome = await options.run(one);
      options.result({ ...outcome, case: one, duration: options.now() - began });
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, cases.length) }, lane));
}

function isAlone({ traits }: Case): boolean {
  return traits.includes('alone');
}
