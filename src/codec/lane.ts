import { concat } from './byte-collector.js';
import type { FrameSearch } from './frame-search.js';
import type { FrameStream } from './frame-stream.js';
import type { HeadReader } from './head-reader.js';
import type { MessageAssembler } from './message.js';

/** One of the two ends: 0 is the one that opened the connection, or else the first that was heard. */
export type Side = 0 | 1;

/** A direction of a connection: what its next bytes are. */
export interface Lane {
  phase:
    | 'start'
    | 'head'
    /** Sent ahead of the answer to the handshake: only that tells what it is. */
    | 'held'
    | 'frames'
    /** Where the next frame begins is not known: in the middle of a stream, or behind a hole. */
    | 'search'
    /** What belongs to a refusal. */
    | 'body'
    /** Traffic that is not WebSocket's: only a handshake is looked out for. */
    | 'passed';
  /** Of the byte that is next, outside of `frames`. */
  offset: number;
  /** Bytes that wait: too few to tell what they are, or sent before the handshake was answered. */
  pending: Uint8Array;
  head: HeadReader | undefined;
  frames: FrameStream | undefined;
  assembler: MessageAssembler | undefined;
  search: FrameSearch | undefined;
  /** Where the search began. */
  searchFrom: number;
}

/** What a client may send ahead of the answer before it is given up as no WebSocket. */
const MOST_HELD = 1024 * 1024;

export const EMPTY = new Uint8Array(0);

export function newLane(): Lane {
  const none = { head: undefined, frames: undefined, assembler: undefined, search: undefined };
  return { phase: 'start', offset: 0, pending: EMPTY, ...none, searchFrom: 0 };
}

export function other(side: Side): Side {
  return side === 0 ? 1 : 0;
}

/** Keeps what was sent ahead of the answer. More than that is the body of some other request: to read on behind a part left out would be reading nonsense. */
export function hold(lane: Lane, chunk: Uint8Array): Uint8Array | undefined {
  const bytes = concat([lane.pending, chunk]);
  const tooMuch = bytes.length > MOST_HELD;
  lane.pending = tooMuch ? EMPTY : bytes;
  if (!tooMuch) return undefined;
  lane.phase = 'body';
  return bytes;
}

/** Bytes in which frames are looked for, so far in vain. */
export function searched({ phase, offset, searchFrom }: Lane): number {
  return phase === 'search' ? offset - searchFrom : 0;
}
