import { OPCODE } from '../frames/registry.js';
import type { Scan } from './scan.js';

/**
 * What the beginning of a capture adds: the first captured byte of a direction begins a segment, and peers that write
 * frame by frame begin a frame with it. Where frames fill their segments from there on, that is no accident.
 */

/** All that was captured of a direction: whole frames, which fill their segments. */
export interface ExactChain {
  readonly masked: boolean;
  readonly frames: number;
  /** Evidence, and the part of it that is WebSocket's own. */
  readonly bits: number;
  readonly own: number;
}

/** What two frames or more have to show where nothing else says that this is WebSocket. */
const ALONE = { frames: 2, bits: 30, own: 16 };
/** The same for both directions together, one masked and one not. */
const TOGETHER = { bits: 24, own: 10 };

export function sufficesAlone({ frames, bits, own }: ExactChain): boolean {
  return frames >= ALONE.frames && bits >= ALONE.bits && own >= ALONE.own;
}

export function sufficeTogether(one: ExactChain, other: ExactChain): boolean {
  if (one.masked === other.masked) return false;
  return one.bits + other.bits >= TOGETHER.bits && one.own + other.own >= TOGETHER.own;
}

/**
 * The chain from the first held byte to the last, if that is what they are. `scan` holds all that was captured;
 * `isWithin`: a message may have begun before it.
 */
export function exactChain(scan: Scan, isWithin: boolean): ExactChain | undefined {
  if (scan.length === 0 || !mayBeFirst(scan.firstByte, isWithin) || isCutText(scan, isWithin)) return undefined;
  let frames = 0;
  let at = 0;
  while (at < scan.length) {
    const next = scan.next[at]!;
    if (next === 0 || next > scan.length || !fills(scan, at, next)) return undefined;
    frames++;
    at = next;
  }
  return { masked: scan.isMasked(0), frames, bits: scan.bits[0]!, own: scan.own[0]! };
}

/** The first frame of a message; `isWithin`: or one that continues it. */
function mayBeFirst(byte0: number, isWithin: boolean): boolean {
  if (isWithin && (byte0 & 0x7f) === OPCODE.continuation) return true;
  const opcode = byte0 & 15;
  return byte0 >= 0x80 ? opcode !== OPCODE.continuation : byte0 === OPCODE.text || byte0 === OPCODE.binary;
}

/** The first byte may go on with a character. A record whose first byte does seldom has a length for its second one that fills it. */
function isCutText(scan: Scan, isWithin: boolean): boolean {
  if (!scan.mayBeCut(0)) return false;
  return !isWithin || scan.edge[0] === 0 || !(scan.edge[scan.next[0]!]! > 0);
}

/** No segments meet inside of it, unless it fills all of its segments. */
function fills({ edge }: Scan, at: number, next: number): boolean {
  if (edge[at]! > 0 && edge[next]! > 0) return true;
  for (let inside = at + 1; inside < next; inside++) if (edge[inside]! > 0) return false;
  return true;
}

/** Frames lead from the first captured byte to the one at `at`, which is true, and fill their segments up to the end of that frame's own. */
export function leadsTo(scan: Scan, at: number, isWithin: boolean): boolean {
  if (!mayBeFirst(scan.firstByte, isWithin) || isCutText(scan, isWithin)) return false;
  let next = 0;
  let isMet = false;
  while (next < scan.length && (!isMet || scan.edge[next]! === 0)) {
    const from = next;
    next = scan.next[from]!;
    if (next === 0 || next > scan.length || !fills(scan, from, next)) return false;
    if (!isMet && !convinces(scan, from, next)) return false;
    isMet ||= next === at;
    if (!isMet && next > at) return false;
  }
  return isMet;
}

/** One that shares its segment needs more evidence: a rest of a payload may be followed by true frames. */
function convinces(scan: Scan, at: number, next: number): boolean {
  if (scan.edge[at]! > 0 && scan.edge[next]! > 0) return true;
  return scan.own[at]! - scan.own[next]! > 0 || scan.isEmptyControl(at, next);
}
