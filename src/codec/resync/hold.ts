/** Bytes `start` to `end` of `bytes`, that were pushed together, and what they were pushed with. */
export interface FoundPiece {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly tag: number;
}

/** The end of what was appended at once. */
interface HoldMark {
  /** Counted from the first byte that was ever held. */
  readonly end: number;
  readonly tag: number;
  /** Length of the segment that ends here; 0 where it continues. */
  readonly segment: number;
}

/** What a mark costs in memory, about. */
const MARK_COST = 64;
const LEAST_ROOM = 2048;
const MOST_GROWTH = 65536;
const EMPTY = new Uint8Array(0);

/** Bytes in a row, with the places where TCP segments met. A copy: a view would keep a whole chunk of a capture in memory. */
export class SearchHold {
  bytes = EMPTY;
  length = 0;
  /** Bytes that were dropped before them. */
  dropped = 0;
  private readonly marks: HoldMark[] = [];
  /** Length so far of the segment that is being appended. */
  private open = 0;

  /** `atEdge`: a segment begins with the first byte. */
  constructor(private readonly atEdge = true) {}

  /** What the held bytes cost, and what they take. */
  get cost(): number {
    return this.length + this.marks.length * MARK_COST;
  }
  get memory(): number {
    return this.bytes.length + this.marks.length * MARK_COST;
  }
  get pieces(): number {
    return this.marks.length;
  }
  /** The held bytes end with a segment. */
  get isWhole(): boolean {
    return this.open === 0;
  }

  /** Takes a copy. `last`: the segment ends with these bytes. */
  append(bytes: Uint8Array, start: number, end: number, tag: number, last: boolean): void {
    this.makeRoom(this.length + end - start);
    this.bytes.set(bytes.subarray(start, end), this.length);
    this.length += end - start;
    this.open += end - start;
    this.marks.push({ end: this.dropped + this.length, tag, segment: last ? this.open : 0 });
    if (last) this.open = 0;
  }

  /** Forgets the first `count` bytes. */
  drop(count: number): void {
    this.bytes.copyWithin(0, count, this.length);
    this.dropped += count;
    this.length -= count;
    const live = this.marks.findIndex(({ end }) => end > this.dropped);
    this.marks.splice(0, live < 0 ? this.marks.length : live);
  }

  /** Names each place among the held bytes where segments meet, with the length of the shorter one; both ends of the bytes too. */
  eachEdge(edge: (at: number, shorter: number) => void): void {
    let start = this.dropped === 0 && this.atEdge ? 0 : -1;
    let before = Infinity;
    for (const { end, segment } of this.marks) {
      if (segment === 0) continue;
      if (start >= 0) edge(start, Math.min(before, segment));
      start = end - this.dropped;
      before = segment;
    }
    if (start >= 0) edge(start, Math.min(before, this.open || Infinity));
  }

  /** What is held from `at` on, as it was appended. */
  piecesFrom(at: number): FoundPiece[] {
    const pieces: FoundPiece[] = [];
    let start = at;
    for (const { end, tag } of this.marks) {
      const stop = end - this.dropped;
      if (stop <= start) continue;
      pieces.push({ bytes: this.bytes, start, end: stop, tag });
      start = stop;
    }
    return pieces;
  }

  private makeRoom(length: number): void {
    if (length <= this.bytes.length) return;
    const room = this.bytes.length;
    const grown = new Uint8Array(Math.max(LEAST_ROOM, length, room + Math.min(room, MOST_GROWTH)));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
