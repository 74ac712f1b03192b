/** Exit codes: the contract that scripts rely on (docs/exit-codes.md). */
export const EXIT = {
  ok: 0,
  /** The finding is negative: violation, truncated frame, mismatch, expectation not met. */
  finding: 1,
  /** Usage error or unreadable input. */
  usage: 2,
  /** The peer broke the protocol after 101. */
  protocol: 3,
  /** 101 came, but the handshake is invalid. */
  handshake: 4,
  /** Proxy name, host name, connection: as in curl, and the following too. */
  proxyName: 5,
  hostName: 6,
  connect: 7,
  /** The upgrade was refused. */
  refused: 22,
  /** A time limit ran out. */
  time: 28,
  tls: 35,
  /** Dropped without a close frame (1006). */
  dropped: 56,
  /** Closed with a code other than the one expected. */
  closeCode: 57,
  certificate: 60,
  /** An unexpected fault of this program. */
  fault: 70,
  hungUp: 129,
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

/** A signal came before the input of a command was complete: its exit code, without a message. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** By name: each bundle has a class of its own. */
export function isInterrupted(error: unknown): error is Interrupted {
  return error instanceof Error && error.name === 'Interrupted';
}
