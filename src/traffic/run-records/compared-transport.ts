/** What one transport took for the same conversation: counted on its sockets, with heads and handshakes. */
export interface ComparedTransport {
  readonly name: string;
  /** Messages that were received: all that were sent. */
  readonly messages: number;
  /** HTTP requests, the handshakes among them. */
  readonly requests: number;
  /** Bytes that the clients sent, and that they got. */
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** Bytes that are not the messages themselves, for each message. */
  readonly overheadPerMessage: number;
  /** Milliseconds from sending to receipt. */
  readonly delayMedianMs: number;
  readonly delayMaxMs: number;
}
