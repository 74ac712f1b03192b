import type { Side, StreamSink } from './stream-sink.js';

/** `reused`: a SYN began a new connection between the same ports; `evicted`: there were too many; `end`: the capture ended. */
export type CloseReason = 'fin' | 'reset' | 'reused' | 'evicted' | 'end';

/** Who takes one connection: its bytes, holes and ends in order. `close` is the last call. */
export interface ConnectionHandler extends StreamSink {
  /** RST, from that side. */
  reset(side: Side, time: number): void;
  close(reason: CloseReason, time: number): void;
}
