import type { FrameTaker } from './frame-stream.js';
import type { TranscriptEvent } from './transcript.js';

/** All that is no frame. */
export type ConnectionEvent = Exclude<TranscriptEvent, { type: 'frame' }>;

/** Who takes what a connection says. `time` is that of the bytes that completed it: seconds, NaN where unknown. */
export interface ConnectionTaker extends FrameTaker {
  event(event: ConnectionEvent, time: number): void;
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
