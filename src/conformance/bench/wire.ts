/** How a byte stream ended: the other end's FIN, or a reset. */
export type WireEnd = 'fin' | 'reset';

export interface WireTaker {
  /** Bytes as they came; they are not changed later. */
  bytes(chunk: Uint8Array): void;
  ended(how: WireEnd): void;
}

/** A connection without TLS (that is below), as cases use it. It never throws: a peer that breaks off ends it. */
export interface Wire {
  /** Sets the taker of further bytes, from the first byte that was not taken; reading continues if it was paused. */
  listen(taker: WireTaker): void;
  write(bytes: Uint8Array): void;
  /** Bytes that were written and not yet passed to the system. */
  readonly waiting: number;
  /** Resolves when everything written was passed to the system, or the connection is over. */
  flushed(): Promise<void>;
  /** Stops reading until `resume`. */
  pause(): void;
  resume(): void;
  /** Sends a FIN after what was written. */
  finish(): void;
  /** Ends both ways: what waits to be written is lost. */
  drop(): void;
  /** The same with a TCP reset, where there is one. */
  reset(): void;
}
