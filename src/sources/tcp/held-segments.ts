import { copyOf } from '../bytes/bytes.js';

/** The payload of a segment. */
export interface SegmentPayload {
  readonly sequence: number;
  /** What was captured of it: `start` to `end` of `bytes`. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** What was on the wire: more than `end - start` where the capture cut the packet. */
  readonly length: number;
  /** Seconds, NaN where unknown. */
  readonly time: number;
  /** Number of the packet within its connection. */
  readonly packet: number;
}

/** What a held segment costs besides its bytes. */
const HELD_COST = 200;

/** The early segments of one stream, by sequence number. Overlaps are left to whoever takes them out. */
export class HeldSegments {
  /** Bytes, with HELD_COST for every segment. */
  cost = 0;
  private segments: SegmentPayload[] = [];

  get count(): number {
    return this.segments.length;
  }

  get first(): SegmentPayload | undefined {
    return this.segments[0];
  }

  /** Keeps a copy. False: it was there already. */
  add(piece: SegmentPayload): boolean {
    const { sequence, bytes, start, end, length, time, packet } = piece;
    const at = this.placeOf(sequence);
    const before = this.segments[at - 1];
    if (before !== undefined && covers(before, piece)) return false;
    const copy = copyOf(bytes, start, end);
    this.segments.splice(at, 0, { sequence, bytes: copy, start: 0, end: copy.length, length, time, packet });
    this.cost += copy.length + HELD_COST;
    return true;
  }

  /** Removes the first segments for which `take` returns true; `take` may call `clear`. */
  takeWhile(take: (segment: SegmentPayload) => boolean): void {
    const { segments } = this;
    let taken = 0;
    for (const segment of segments) {
      if (!take(segment)) break;
      if (segments !== this.segments) return;
      this.cost -= segment.bytes.length + HELD_COST;
      taken++;
    }
    segments.splice(0, taken);
  }

  /** Nothing of the stream is after `end`: what claims to be is cut off. */
  clip(end: number): void {
    const all = this.segments;
    if (all.length === 0) return;
    this.clear();
    for (const piece of all) {
      const room = (end - piece.sequence) | 0;
      if (room <= 0) continue;
      this.add({ ...piece, end: Math.min(piece.end, room), length: Math.min(piece.length, room) });
    }
  }

  /** Drops what begins more than `window` before or after `sequence`. Gives the number of segments dropped. */
  keepWithin(sequence: number, window: number): number {
    const all = this.segments;
    const near = all.filter((piece) => Math.abs((piece.sequence - sequence) | 0) <= window);
    if (near.length === all.length) return 0;
    this.clear();
    for (const piece of near) this.add(piece);
    return all.length - near.length;
  }

  clear(): void {
    this.segments = [];
    this.cost = 0;
  }

  /** After all that begin at or before `sequence`. */
  private placeOf(sequence: number): number {
    let low = 0;
    let high = this.segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (((this.segments[middle]!.sequence - sequence) | 0) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Whether `held` has all bytes of `piece`. */
function covers(held: SegmentPayload, piece: SegmentPayload): boolean {
  const lead = (piece.sequence - held.sequence) | 0;
  return lead + piece.length <= held.length && lead + piece.end - piece.start <= held.end;
}
