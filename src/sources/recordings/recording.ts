import type { Endpoints } from '../../codec/bytes/endpoint.js';
import type { CloseReason, Side } from '../../codec/bytes/stream-taker.js';

/** The ends of a recorded connection. */
export interface RecordedEnds extends Endpoints {
  /** It is TLS (wss); the bytes are decrypted. */
  readonly secure?: true;
  /** The recording may leave out headers, or the answer: what is not in it may have been sent. */
  readonly partialHeads?: true;
}

/** How a connection of a recording ended. */
export interface RecordedEnd extends RecordedEnds {
  readonly reason: CloseReason;
  /** The end that sent the first FIN, or the RST, and when. */
  readonly by?: Side;
  readonly at?: number;
  /** Why it failed, in the words of whoever recorded it: `reason` is `failed`. */
  readonly failure?: string;
}

/** Takes the content of a recording. Times are NaN where unknown. */
export interface RecordingVisitor {
  opened(connection: number, ends: RecordedEnds, time: number): void;
  bytes(connection: number, side: Side, bytes: Uint8Array, time: number): void;
  /** `length` bytes were not recorded. */
  gap(connection: number, side: Side, length: number, time: number): void;
  closed(connection: number, end: RecordedEnd, time: number): void;
  /** A notice. */
  notice(message: string): void;
  /** A part that can't be read and is left out, as `line 3, column 1: no JSON`: reading continues. */
  damage(message: string): void;
  /** It can't be read from here on; no call follows. */
  problem(message: string): void;
}

/** An incremental reader of a recording that is no capture of packets. Never throws on any input; memory is bounded. */
export interface RecordingReader {
  push(chunk: Uint8Array, visitor: RecordingVisitor): void;
  end(visitor: RecordingVisitor): void;
}
