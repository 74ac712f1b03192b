import type { FrameSearch } from '../resync/frame-search.js';
import { SearchHold } from '../resync/hold.js';
import type { FrameStream } from './frame-stream.js';
import type { HeadReader } from '../http1/head-reader.js';
import type { HttpBody } from '../http1/body.js';
import type { MessageAssembler } from '../messages/assembler.js';

/** A direction of a connection: what its next bytes are. */
export interface Lane {
  phase:
    | 'start'
    | 'head'
    /** The other side's half of the handshake is missing: only that shows what this is. */
    | 'held'
    | 'frames'
    /** Where the next frame begins is not known: in the middle of a stream, or after a hole. */
    | 'search'
    /** What belongs to a refusal. */
    | 'body'
    /** Traffic that is not WebSocket: only handshakes are searched for. */
    | 'passed';
  /** Of the byte that is next, outside of `frames`. */
  offset: number;
  /** Too few bytes to recognise what they are. */
  pending: Uint8Array;
  /** What waits for the other side, with its times; and since when. */
  held: SearchHold | undefined;
  heldSince: number;
  head: HeadReader | undefined;
  /** Of a refusal. */
  body: HttpBody | undefined;
  frames: FrameStream | undefined;
  assembler: MessageAssembler | undefined;
  search: FrameSearch | undefined;
  /** Where the search began. */
  searchFrom: number;
}

/** What may be sent ahead of the other half of the handshake. */
const MOST_HELD = 1024 * 1024;
/** Pieces are kept apart for their times. */
const MOST_PIECES = 4096;

export const EMPTY = new Uint8Array(0);

export function newLane(offset: number): Lane {
  const none = {
    held: undefined,
    head: undefined,
    body: undefined,
    frames: undefined,
    assembler: undefined,
    search: undefined,
  };
  return { phase: 'start', offset, pending: EMPTY, heldSince: NaN, ...none, searchFrom: 0 };
}

/** From here on bytes are kept until the other side's bytes show what they are. */
export function beginHold(lane: Lane, time: number): void {
  lane.phase = 'held';
  lane.held = undefined;
  lane.heldSince = time;
}

/** Whether it has been kept for longer than `seconds`; false where times are unknown. */
export function isOverdue({ heldSince }: Lane, time: number, patience: number): boolean {
  return heldSince === -Infinity || time - heldSince > patience;
}

/** Keeps what came too early. False: it is too much, nothing is kept any longer. */
export function hold(lane: Lane, chunk: Uint8Array, time: number): boolean {
  lane.held ??= new SearchHold();
  const { held } = lane;
  if (held.length + chunk.length > MOST_HELD || held.pieces >= MOST_PIECES) return false;
  held.append(chunk, 0, chunk.length, time, true);
  return true;
}

export function heldBytes({ held }: Lane): Uint8Array {
  return held === undefined ? EMPTY : held.bytes.subarray(0, held.length);
}

/** Bytes in which frames are looked for, none found so far. */
export function searched({ phase, offset, searchFrom }: Lane): number {
  return phase === 'search' ? offset - searchFrom : 0;
}
