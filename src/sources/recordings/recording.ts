import type { CloseReason, Side } from '../../codec/bytes/stream-taker.js';

/** Both ends as far as they are known: `10.0.0.1:4000`, `[::1]:80`, `name:80`, or the path of a Unix socket. */
export interface RecordedEnds {
  readonly client?: string;
  readonly server?: string;
  /** It is TLS (wss); the bytes are the plain ones all the same. */
  readonly secure?: true;
  /** The recording may leave out headers, or the answer: what is not in it may have been sent. */
  readonly partialHeads?: true;
}

/**
 * Who is told what passes connections. Side 0 is the client. Times are seconds since the epoch. `bytes` belong to the
 * caller: whoever keeps them copies them.
 */
export interface RecordingTaker {
  opened(connection: number, ends: RecordedEnds, time: number): void;
  bytes(connection: number, side: Side, bytes: Uint8Array, time: number): void;
  /** That side sends nothing more (FIN), or ended both directions at once (RST). */
  ended(connection: number, side: Side, how: 'fin' | 'reset', time: number): void;
}

/** How a connection of a recording ended. */
export interface RecordedEnd extends RecordedEnds {
  readonly reason: CloseReason;
  /** Who sent the first FIN, or the RST, and when. */
  readonly by?: Side;
  readonly at?: number;
  /** Why it failed, in the words of whoever recorded it: `reason` is `failed`. */
  readonly failure?: string;
}

/** Who takes what a recording holds. Times are NaN where unknown. */
export interface RecordingVisitor {
  opened(connection: number, ends: RecordedEnds, time: number): void;
  bytes(connection: number, side: Side, bytes: Uint8Array, time: number): void;
  /** `length` bytes were not recorded. */
  gap(connection: number, side: Side, length: number, time: number): void;
  closed(connection: number, end: RecordedEnd, time: number): void;
  /** Worth telling. */
  notice(message: string): void;
  /** A part that can't be read and is left out, as `line 3, column 1: no JSON`: reading goes on. */
  damage(message: string): void;
  /** It can't be read from here on; no call follows. */
  problem(message: string): void;
}

/** An incremental reader of a recording that is no capture of packets. Never throws on any input; memory is bounded. */
export interface RecordingReader {
  push(chunk: Uint8Array, visitor: RecordingVisitor): void;
  end(visitor: RecordingVisitor): void;
}
