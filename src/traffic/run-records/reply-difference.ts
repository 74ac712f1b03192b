/** What one side sent, in a form for comparison. */
export interface Reply {
  /** Equal where the replies are the same; undefined: it is not known, and whatever comes in its place is right. */
  readonly key: string | undefined;
  readonly binary: boolean;
  readonly data: Uint8Array;
  /** What is compared of a text, where that is not all of it. */
  readonly rest?: string;
}

/** One place where replies are not as recorded. Replies are numbered from 1, in the recording and here. */
export type Difference =
  | {
      readonly kind: 'changed';
      readonly recordedIndex: number;
      readonly receivedIndex: number;
      readonly recorded: Reply;
      readonly received: Reply;
    }
  | { readonly kind: 'missing'; readonly recordedIndex: number; readonly recorded: Reply }
  | { readonly kind: 'extra'; readonly receivedIndex: number; readonly received: Reply };

export interface DiffTotals {
  readonly same: number;
  readonly changed: number;
  readonly missing: number;
  readonly extra: number;
}

/** The server's part in the end of a connection. */
export interface ServerEnd {
  /** Of its close frame; as RFC 6455 §7.1.5 has it, 1005 without a code, 1006 where it ended TCP without one. */
  readonly code: number;
  /** What is compared of the reason in it. */
  readonly reason: string;
  /** It closed before the client did: otherwise it answers, or both closed at the same time. */
  readonly first: boolean;
}

/** How the server ended the connection, where that is not as it was recorded; absent where it said nothing. */
export interface CloseDifference {
  readonly kind: 'close';
  readonly recorded?: ServerEnd;
  readonly received?: ServerEnd;
}

/** Which end closes first is often chance: what counts is the code, and that a server that did not end the connection in the recording does not end it now. */
export function isSameEnd(recorded: ServerEnd | undefined, received: ServerEnd | undefined): boolean {
  if (recorded && received) return recorded.code === received.code && recorded.reason === received.reason;
  return (recorded ?? received)?.first !== true;
}
