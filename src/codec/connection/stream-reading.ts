import type { FrameTaker } from './frame-stream.js';
import type { Head } from '../http1/head.js';
import type { Direction, UnfinishedMessage } from '../messages/records.js';
import type { GapKind, Side } from '../bytes/stream-taker.js';
import type { TranscriptEvent } from './transcript-event.js';

/** All that is no frame. */
export type ConnectionEvent = Exclude<TranscriptEvent, { type: 'frame' }>;

/** Takes what was read of a connection. `time` is that of the bytes that completed it: seconds, NaN where unknown. */
export interface ConnectionTaker extends FrameTaker {
  /** Bytes after HTTP/1.1 has ended by agreement: HTTP/2 follows (`Upgrade: h2c`). */
  switched?(side: Side, bytes: Uint8Array, time: number): void;
  event(event: ConnectionEvent, time: number): void;
}

/** Reads a stream: heads, what they negotiate, and the frames accordingly. Never throws on any input. */
export interface StreamReading {
  /** There is WebSocket in it: a handshake was requested, or frames were found. */
  readonly recognised: boolean;
  /** HTTP that asks for something else was seen. */
  readonly isHttp: boolean;
  /** At the end: all that was captured of a direction is whole frames, and that is no proof. */
  readonly mayBeFrames?: boolean;
  /** Of the next byte of each side that is in no frame. */
  readonly offsets?: readonly [number, number];
  /** Bytes in which frames are looked for, none found so far. */
  readonly searched: number;
  /** permessage-deflate is in use. */
  readonly deflate: boolean;
  /** Messages whose last fragment has not come. */
  readonly unfinished: UnfinishedMessage[];
  /** The side that opened the connection, as far as is known. */
  directionOf(side: Side): Direction;
  /** Bytes `start` to `end` of `bytes`, which must not be written to as long as a frame is in use. */
  read(side: Side, bytes: Uint8Array, start: number, end: number, time: number, taker: ConnectionTaker): void;
  /** A head that is not among the bytes (HTTP/2). */
  headApart?(side: Side, head: Head, time: number, taker: ConnectionTaker): void;
  /** `length` bytes that `side` sent were not captured. */
  gap(side: Side, length: number, time: number, taker: ConnectionTaker, kind?: GapKind): void;
  /** No byte will follow, from either side. */
  end(time: number, taker: ConnectionTaker): void;
  /** Gives back what is shared with others. */
  drop(): void;
}

/** What is handed on, in a list. */
export function collected(read: (taker: ConnectionTaker) => void): TranscriptEvent[] {
  const events: TranscriptEvent[] = [];
  read({
    frame: (frame) => events.push({ type: 'frame', direction: frame.direction, frame }),
    event: (event) => events.push(event),
  });
  return events;
}
