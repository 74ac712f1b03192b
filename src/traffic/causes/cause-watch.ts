import type { RawDeflate } from '../../codec/deflate/message-deflate.js';
import type { Side } from '../../codec/bytes/stream-taker.js';
import type { Direction, Frame } from '../../codec/messages/records.js';
import { isFinding } from '../../rules/catalogue.js';
import type { Judged, JudgedFrame } from '../judged.js';
import { CauseSearch } from './cause-search.js';

type FoundCause = Judged & { readonly type: 'cause' };

interface Watched {
  readonly place: number;
  readonly record: Judged;
  readonly search: CauseSearch;
}

const NOTHING: readonly FoundCause[] = [];
// Most connections have no fault: they share these.
const NONE_WATCHED: readonly Watched[] = [];
const NO_DIRECTION: readonly Direction[] = [];
const NO_BYTES: Uint8Array = new Uint8Array(0);
const FROM_START = [0, 0] as const;

/**
 * Looks for the cause of the first framing error of each direction of a conversation. What it finds, and between which
 * records, depends on the bytes alone, in whatever chunks they come.
 */
export class CauseWatch {
  /** Directions whose first framing error was seen. */
  private seen: readonly Direction[] = NO_DIRECTION;
  private open: readonly Watched[] = NONE_WATCHED;
  /** Offsets of the bytes that come next, by stream. */
  private offsetA: number;
  private offsetB: number;
  /** What is being read: `start` is at the offset of its stream. */
  private bytes = NO_BYTES;
  private start = 0;
  private end = 0;
  private place: Side = 0;

  /** `offsets`: of the first bytes of each side. */
  constructor(
    private readonly connection: number,
    private readonly raw: RawDeflate | undefined,
    offsets: readonly [number, number] = FROM_START,
  ) {
    [this.offsetA, this.offsetB] = offsets;
  }

  /** These bytes of the stream `place` are read now. */
  begin(place: Side, bytes: Uint8Array, start: number, end: number): void {
    this.place = place;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    if (this.open.length > 0) for (const watched of this.open) this.hand(watched);
  }

  /** They have been read. */
  finish(): readonly FoundCause[] {
    const { place } = this;
    const offset = this.pass(place, this.end - this.start);
    this.start = this.end;
    this.bytes = NO_BYTES;
    return this.open.length > 0 ? this.readUpTo(place, offset) : NOTHING;
  }

  /** `length` bytes are missing: what was searched there ends. */
  gap(place: Side, length: number): readonly FoundCause[] {
    this.pass(place, length);
    return this.decided((watched) => watched.place === place && watched.search.end(false));
  }

  /** No byte follows. */
  close(): readonly FoundCause[] {
    return this.decided(({ search }) => search.end(true));
  }

  /** What is to be reported before this record. */
  before(record: Judged): readonly FoundCause[] {
    return this.open.length > 0 && record.type === 'frame' ? this.beforeFrame(record) : NOTHING;
  }

  /** Whether something is wrong with this frame whose cause is looked for. What is to be reported after it. */
  after(record: Judged): readonly FoundCause[] {
    return record.type === 'frame' && record.diagnostics.length > 0 ? this.afterFaulty(record) : NOTHING;
  }

  // What needs functions of its own stands apart: V8 makes room for what they use whenever the method around them is called.

  private readUpTo(place: Side, offset: number): readonly FoundCause[] {
    return this.decided((watched) => watched.place === place && watched.search.decide(offset));
  }

  private beforeFrame({ direction, frame }: JudgedFrame): readonly FoundCause[] {
    const last = endOf(frame) - 1;
    return this.decided(({ search, record }) => record.direction === direction && search.decide(last));
  }

  private afterFaulty(record: JudgedFrame): readonly FoundCause[] {
    const { frame, direction, diagnostics } = record;
    if (this.seen.includes(direction) || !diagnostics.some((diagnostic) => isFinding(diagnostic, false)))
      return NOTHING;
    this.seen = [...this.seen, direction];
    const watched = { place: this.place, record, search: new CauseSearch(frame, direction, this.raw) };
    this.open = [...this.open, watched];
    this.hand(watched);
    return this.decided((each) => each === watched && each.search.decide(endOf(frame)));
  }

  private pass(place: Side, length: number): number {
    return place === 0 ? (this.offsetA += length) : (this.offsetB += length);
  }

  /** The bytes that are read, where the search continues with them. */
  private hand({ place, search }: Watched): void {
    const { wanted } = search;
    if (place !== this.place || wanted === undefined) return;
    const from = this.start + wanted - this.pass(place, 0);
    if (from >= this.start && from < this.end) search.append(this.bytes.subarray(from, this.end));
  }

  private decided(decide: (watched: Watched) => unknown): readonly FoundCause[] {
    const { open } = this;
    for (const watched of open) decide(watched);
    if (!open.some(({ search }) => search.isOver)) return NOTHING;
    this.open = open.filter(({ search }) => !search.isOver);
    return open.flatMap(({ record: { direction, time }, search: { cause, offset } }) =>
      cause === undefined
        ? []
        : [{ type: 'cause', connection: this.connection, direction, time, offset, cause, diagnostics: [] }],
    );
  }
}

/** The offset after the last byte of it that came. */
function endOf({ header, received }: Frame): number {
  return header.start + header.length + received;
}
