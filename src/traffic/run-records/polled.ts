/** One request of the chat over plain HTTP, and its answer. */
export interface Polled {
  /** Address and port. */
  readonly client: string;
  readonly method: string;
  readonly target: string;
  /** Left out: the client went away before there was an answer. */
  readonly status?: number;
  /** Heads and bodies, as they were on the wire (within TLS). */
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Messages that the answer carries. */
  readonly messages?: number;
  /** When the request's head was there: seconds since the epoch. */
  readonly time: number;
  /** Seconds from there to the end of the answer: for long polling, the wait is in it. */
  readonly duration: number;
  /** The first bytes of both, as they were on the wire (within TLS), heads and bodies: for a page. */
  readonly exchange?: { readonly request: Uint8Array; readonly response: Uint8Array };
}
