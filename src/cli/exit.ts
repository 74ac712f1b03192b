/** Exit codes: the contract that scripts rely on (docs/exit-codes.md). */
export const EXIT = {
  ok: 0,
  /** The finding is negative: violation, truncated frame, mismatch, expectation not met. */
  finding: 1,
  /** Usage error or unreadable input. */
  usage: 2,
  interrupted: 130,
  terminated: 143,
} as const;

/** A mistake of the caller or unreadable input: one line on stderr (an `error` record with `--json`), exit 2, no stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  constructor(
    message: string,
    readonly place: { source?: string; line?: number; column?: number; offset?: number } = {},
  ) {
    super(message);
  }
}

/** By name: each bundle has a class of its own. */
export function isUsageError(error: unknown): error is UsageError {
  return error instanceof Error && error.name === 'UsageError';
}
