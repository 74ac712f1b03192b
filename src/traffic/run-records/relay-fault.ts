/** Something that a relay did to a frame on purpose. */
export interface RelayFault {
  /** Seconds since the epoch. */
  readonly time: number;
  readonly connection: number;
  /** The sender of the frame. */
  readonly direction: 'client' | 'server';
  readonly fault: 'corrupt' | 'fragment' | 'duplicate' | 'drop' | 'close';
  /** The frame in its direction, from 0, as it came. */
  readonly index: number;
  readonly message: string;
}
