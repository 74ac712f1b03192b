import type { RawDeflate } from '../../codec/deflate/message-deflate.js';
import type { Direction, Frame } from '../../codec/messages/records.js';
import { isFinding } from '../../rules/catalogue.js';
import type { Judged } from '../judged.js';
import { CauseSearch } from './cause-search.js';

type Found = Judged & { readonly type: 'cause' };

interface Watched {
  readonly place: number;
  readonly record: Judged;
  readonly search: CauseSearch;
}

const NOTHING: readonly Found[] = [];

/**
 * Looks for the cause of the first framing error of each direction of a conversation. What it finds, and between which
 * records, depends on the bytes alone, in whatever chunks they come.
 */
export class CauseWatch {
  private readonly seen = new Set<Direction>();
  private open: Watched[] = [];
  /** Offsets of the bytes that come next, by stream. */
  private readonly offsets: [number, number] = [0, 0];
  /** What is being read: `start` is at `offsets[place]`. */
  private bytes = new Uint8Array(0);
  private start = 0;
  private end = 0;
  private place: 0 | 1 = 0;

  constructor(
    private readonly connection: number,
    private readonly raw: RawDeflate | undefined,
  ) {}

  /** These bytes of the stream `place` are read now. */
  begin(place: 0 | 1, bytes: Uint8Array, start: number, end: number): void {
    this.place = place;
    this.bytes = bytes as Uint8Array<ArrayBuffer>;
    this.start = start;
    this.end = end;
    if (this.open.length > 0) for (const watched of this.open) this.hand(watched);
  }

  /** They have been read. */
  finish(): readonly Found[] {
    const { place } = this;
    const offset = (this.offsets[place] += this.end - this.start);
    this.start = this.end;
    return this.open.length > 0 ? this.decided((watched) => watched.place === place && watched.search.decide(offset)) : NOTHING;
  }

  /** `length` bytes are missing: what was searched there ends. */
  gap(place: 0 | 1, length: number): readonly Found[] {
    this.offsets[place] += length;
    return this.decided((watched) => watched.place === place && watched.search.end(false));
  }

  /** No byte follows. */
  close(): readonly Found[] {
    return this.decided(({ search }) => search.end(true));
  }

  /** What is to be reported before this record. */
  before(record: Judged): readonly Found[] {
    if (this.open.length === 0 || record.type !== 'frame') return NOTHING;
    const last = endOf(record.frame) - 1;
    return this.decided(({ search, record: { direction } }) => direction === record.direction && search.decide(last));
  }

  /** Whether something is wrong with this frame whose cause is looked for. What is to be reported after it. */
  after(record: Judged): readonly Found[] {
    const { type, direction, diagnostics } = record;
    if (type !== 'frame' || diagnostics.length === 0 || this.seen.has(direction)) return NOTHING;
    if (!diagnostics.some((diagnostic) => isFinding(diagnostic, false))) return NOTHING;
    this.seen.add(direction);
    const { frame } = record;
    const watched = { place: this.place, record, search: new CauseSearch(frame, direction, this.raw) };
    this.open.push(watched);
    this.hand(watched);
    return this.decided((each) => each === watched && each.search.decide(endOf(frame)));
  }

  /** The bytes that are read, where the search goes on with them. */
  private hand({ place, search }: Watched): void {
    const { wanted } = search;
    if (place !== this.place || wanted === undefined) return;
    const from = this.start + wanted - this.offsets[this.place];
    if (from >= this.start && from < this.end) search.append(this.bytes.subarray(from, this.end));
  }

  private decided(decide: (watched: Watched) => unknown): readonly Found[] {
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
