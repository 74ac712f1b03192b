/** A direction of a connection: 0 is the initiator's, where SYN or SYN/ACK was seen, else that of the first packet. */
export type Side = 0 | 1;

/** Who takes one direction's bytes, in order. `offset` counts the stream's bytes from 0, lost ones too; `time` is that of the packet, seconds, NaN where unknown. */
export interface StreamSink {
  /** Bytes `start` to `end` of `bytes`. They are never written to later on; what is kept of them may keep a whole chunk in memory. */
  data(side: Side, bytes: Uint8Array, start: number, end: number, offset: number, time: number): void;
  /** `length` bytes of the stream were not captured. */
  gap(side: Side, offset: number, length: number, time: number): void;
  /** The direction has ended (FIN), and all of it was handed on. */
  fin(side: Side, time: number): void;
}
