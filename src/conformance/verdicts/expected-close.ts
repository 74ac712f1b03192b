/** How an Autobahn case should end. */
export interface ExpectedClose {
  /** The end that sends the first close frame, or ends the connection. */
  readonly by: 'tester' | 'peer';
  /** Codes that the peer's close frame may have; none at all is fine too. */
  readonly codes: readonly number[];
  /** Both close frames have to be received. */
  readonly clean: boolean;
}
