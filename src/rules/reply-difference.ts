/** What one side said, fit for comparison. */
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

/** How the server ended the connection, where that is not as it was recorded. */
export interface CloseDifference {
  readonly kind: 'close';
  /** As RFC 6455 §7.1.5 has it: 1005 without a code, 1006 without a close frame; absent where the server did not end it. */
  readonly recorded?: number;
  readonly received?: number;
}
