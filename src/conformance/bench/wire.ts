/** How a byte stream ended: the other end's FIN, or a reset. */
export type WireEnd = 'fin' | 'reset';

export interface WireTaker {
  /** Bytes as they came; they stay as they are. */
  bytes(chunk: Uint8Array): void;
  ended(how: WireEnd): void;
}

/** A connection in the clear (TLS is beneath), as cases use it. Nothing here throws: what a peer breaks off ends it. */
export interface Wire {
  /** Names who takes what comes, from the first byte on that nobody has taken; reading goes on if it was paused. */
  listen(taker: WireTaker): void;
  write(bytes: Uint8Array): void;
  /** Bytes that were written and not yet handed to the system. */
  readonly waiting: number;
  /** Resolves when all that was written was handed to the system, or the connection is over. */
  flushed(): Promise<void>;
  /** Reads no more until `resume`. */
  pause(): void;
  resume(): void;
  /** Sends a FIN behind what was written. */
  finish(): void;
  /** Ends both ways: what waits to be written is lost. */
  drop(): void;
  /** The same with a TCP reset, where there is one. */
  reset(): void;
}
