import type { Bench } from './bench/bench.js';
import type { Case, CaseVerdict } from './case.js';
import type { Exchange } from './bench/exchange.js';

/** A case with its result. */
export interface CaseResult extends CaseVerdict {
  readonly case: Case;
  /** Seconds. */
  readonly duration: number;
  /** The bytes of its connections. */
  readonly exchanges: readonly Exchange[];
  /** Why it was not run: the verdict has no meaning then. */
  readonly skipped?: string;
}

/** The verdict of a case that was not run. */
export const NOT_RUN = { behavior: 'UNIMPLEMENTED', behaviorClose: 'UNIMPLEMENTED', exchanges: [] } as const;

/** Runs a case with a client on its bench: what it throws is its verdict. */
export async function judgedOn(one: Case, bench: Bench, now: () => number): Promise<Omit<CaseResult, 'exchanges'>> {
  const began = now();
  const verdict = await one.run(bench).catch((error: Error): CaseVerdict => ({
    ...{ behavior: 'FAILED', behaviorClose: 'FAILED' },
    actual: `the case broke off: ${error.message}`,
  }));
  return { ...verdict, case: one, duration: now() - began };
}

/** Cases with large messages at one time: those of a peer are kept whole. */
const LARGE_JOBS = 3;

export interface RunOptions {
  /** Cases at one time. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  now(this: void): number;
  /** Runs one case from its first byte to its last. */
  run(this: void, one: Case): Promise<Omit<CaseResult, 'case' | 'duration'>>;
  result(this: void, result: CaseResult): void;
}

/**
 * Runs cases side by side, those that have to be alone after the others, one after the other. Resolves at once when
 * `signal` aborts: cases that run then have no result.
 */
export function runCases(cases: readonly Case[], options: RunOptions): Promise<void> {
  return orAborted(runAll(cases, options), options.signal);
}

/** Resolves with undefined as soon as `signal` aborts, whether or not the promise settles. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(undefined);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

async function runAll(cases: readonly Case[], options: RunOptions): Promise<void> {
  const { jobs } = options;
  const others = cases.filter((one) => !isAlone(one));
  await inLanes(
    others.filter((one) => !isLarge(one)),
    jobs,
    options,
  );
  await inLanes(others.filter(isLarge), Math.min(jobs, LARGE_JOBS), options);
  await inLanes(cases.filter(isAlone), 1, options);
}

async function inLanes(cases: readonly Case[], lanes: number, options: RunOptions): Promise<void> {
  const queue = cases[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (const one of queue) {
      if (options.signal.aborted) return;
      const began = options.now();
      const outcome = await options.run(one);
      // If interrupted, it proves nothing about the peer.
      if (options.signal.aborted) return;
      options.result({ ...outcome, case: one, duration: options.now() - began });
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, cases.length) }, lane));
}

/** The peer's messages may be large: only a few such cases run at a time, unless they were requested. */
export function isLarge({ traits, needs }: Case): boolean {
  return traits.includes('alone') || (traits.includes('long') && !needs.includes('deflate'));
}

function isAlone({ traits }: Case): boolean {
  return traits.includes('alone');
}
