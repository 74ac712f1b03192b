import { leadsTo } from './joined.js';
import type { Scan } from './scan.js';

/** What a chain has to show before anything of it is believed. */
export interface Thresholds {
  /** Evidence of the whole chain. */
  readonly chain: number;
  /** The part of it that records of other protocols, which begin with a type and a length, do not have. */
  readonly own: number;
}

/**
 * Evidence up to a frame, itself included, before it is shown. The rest of a chain is no evidence for its first frames: an
 * accident whose end happens to be a boundary is followed by a true chain.
 */
const LEAD_BITS = 22;
/** Another chain with this much evidence of its own, beside the best: one of them is inside of the other's frames. */
const RIVAL_BITS = 26;
/** Chains that meet: the evidence before the meeting point has to exceed the other's by this, which is little, or only the rest is shown. */
const MARGIN_BITS = 8;
/** A frame that begins at `at` is true, and so are all that follow. */
export interface Verdict {
  readonly at: number;
  readonly masked: boolean;
}

/** The first position of the best chain, and its evidence. */
interface Root {
  readonly at: number;
  readonly bits: number;
}

/** The first frame after which everything is a chain of frames beyond doubt; undefined: none, or not yet. `joined`: the first byte begins a segment; `within`: and possibly within a message. */
export function judge(scan: Scan, thresholds: Thresholds, joined: boolean | 'within'): Verdict | undefined {
  const root = bestRoot(scan, thresholds);
  if (root === undefined) return undefined;
  const path = pathFrom(scan, root.at);
  const lead = leadOf(scan, root, path);
  const at = lead === undefined ? undefined : settleRivals(scan, root, path, lead);
  if (at === undefined) return undefined;
  const isLed = joined !== false && at > 0 && leadsTo(scan, at, joined === 'within');
  return { at: isLed ? 0 : at, masked: scan.isMasked(at) };
}

function bestRoot(scan: Scan, { chain, own }: Thresholds): Root | undefined {
  let best: Root | undefined;
  let most = chain;
  for (let at = scan.first; at < scan.length; at++) {
    if (scan.next[at] === 0 || scan.own[at]! < own) continue;
    const bits = scan.bits[at]! + scan.edge[at]!;
    if (bits < most || scan.mayBeCut(at)) continue;
    most = bits;
    best = { at, bits };
  }
  return best;
}

function pathFrom(scan: Scan, root: number): number[] {
  const path: number[] = [];
  for (let at = root; at < scan.length; at = scan.next[at]!) path.push(at);
  return path;
}

/** The first frame that has enough evidence up to and with itself. */
function leadOf(scan: Scan, { bits }: Root, path: readonly number[]): number | undefined {
  return path.find((_, i) => bits - (i + 1 < path.length ? scan.bits[path[i + 1]!]! : 0) >= LEAD_BITS);
}

/**
 * Other chains that are not hopeless and contradict the best one. One that meets it takes the frames before the meeting point
 * from it; one that continues beside it has to be waited for: it may be a frame with other frames inside of it. (Where the
 * header of such an outer frame is lost, nothing distinguishes the inner frames from true ones.)
 */
function settleRivals(scan: Scan, root: Root, path: readonly number[], lead: number): number | undefined {
  const meets = meetings(scan, path);
  const last = path[path.length - 1]!;
  let at = lead;
  for (let rival = scan.first; rival < last; rival++) {
    const meet = meets[rival]!;
    if (scan.next[rival] === 0 || meet === rival) continue;
    const own = scan.bits[rival]! + scan.edge[rival]! - (meet < scan.length ? scan.bits[meet]! : 0);
    if (meet > scan.length && own >= RIVAL_BITS) return undefined;
    if (meet <= at || meet >= scan.length || own < MARGIN_BITS) continue;
    if (own >= RIVAL_BITS || own > root.bits - scan.bits[meet]! - MARGIN_BITS) at = meet;
  }
  return at;
}

/** By position, where its chain comes to the path; beyond the end: nowhere. */
function meetings(scan: Scan, path: readonly number[]): Int32Array {
  const { length, next } = scan;
  const meets = new Int32Array(length + 1).fill(length + 1);
  for (const at of path) meets[at] = at;
  // Both may end with the held bytes.
  if (next[path[path.length - 1]!] === length) meets[length] = length;
  for (let at = length - 1; at >= scan.first; at--) {
    if (meets[at]! > length && next[at]! <= length) meets[at] = meets[next[at]!]!;
  }
  return meets;
}
