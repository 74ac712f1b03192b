/** Something that a relay did to a frame on purpose, or a request that it refused itself after others had passed. */
export interface RelayFault {
  /** Seconds since the epoch. */
  readonly time: number;
  readonly connection: number;
  /** The sender of the frame, or of the request. */
  readonly direction: 'client' | 'server';
  readonly fault: 'corrupt' | 'fragment' | 'duplicate' | 'drop' | 'close' | 'refuse';
  /** The frame in its direction, from 0, as it came; undefined: it is a request. */
  readonly index?: number | undefined;
  readonly message: string;
}
