import type { RawDeflate } from '../../codec/deflate/message-deflate.js';
import type { Side, StreamOrigin } from '../../codec/bytes/stream-taker.js';
import type { Direction, Frame } from '../../codec/messages/records.js';
import { isFinding } from '../../rules/catalogue.js';
import type { Judged, JudgedFrame } from '../judged.js';
import { CauseSearch } from './cause-search.js';
import type { Causes } from './causes.js';

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
  /** A cause is looked for: otherwise `before` and `finish` report nothing. */
  isOpen = false;
  /** Offsets of the bytes that come next, by stream. */
  private readonly next: [number, number];
  /** What is being read: `start` is at `offset` of its stream. */
  private bytes = NO_BYTES;
  private start = 0;
  private end = 0;
  private offset = 0;
  private place: Side = 0;

  /** `offsets`: of the first bytes of each side. */
  constructor(
    private readonly origin: Pick<StreamOrigin, 'number'>,
    private readonly raw: RawDeflate | undefined,
    private readonly causes: () => Causes,
    offsets: readonly [number, number] = FROM_START,
  ) {
    this.next = [...offsets];
  }

  /** These bytes of the stream `place` are read now. */
  begin(place: Side, bytes: Uint8Array, start: number, end: number): void {
    const offset = this.next[place];
    this.next[place] = offset + end - start;
    this.place = place;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.offset = offset;
    if (this.isOpen) this.handAll();
  }

  /** They have been read: they are not kept. */
  release(): void {
    this.bytes = NO_BYTES;
    this.end = this.start;
  }

  /** What is to be reported after them. */
  finish(place: Side): readonly FoundCause[] {
    const offset = this.next[place];
    return this.decided((watched) => watched.place === place && watched.search.decide(offset));
  }

  /** `length` bytes are missing: what was searched there ends. */
  gap(place: Side, length: number): readonly FoundCause[] {
    this.next[place] += length;
    return this.decided((watched) => watched.place === place && watched.search.end(false));
  }

  /** No byte follows. */
  close(): readonly FoundCause[] {
    return this.decided(({ search }) => search.end(true));
  }

  /** What is to be reported before this frame. */
  before({ direction, frame }: JudgedFrame): readonly FoundCause[] {
    const last = endOf(frame) - 1;
    return this.decided(({ search, record }) => record.direction === direction && search.decide(last));
  }

  /** Whether something is wrong with this frame whose cause is looked for. What is to be reported after it. */
  after(record: JudgedFrame): readonly FoundCause[] {
    const { frame, direction, diagnostics } = record;
    if (this.seen.includes(direction) || !diagnostics.some((diagnostic) => isFinding(diagnostic, false)))
      return NOTHING;
    this.seen = [...this.seen, direction];
    const watched = {
      place: this.place,
      record,
      search: new CauseSearch(frame, direction, this.raw, this.causes, record.stream !== undefined),
    };
    this.watch([...this.open, watched]);
    this.hand(watched);
    return this.decided((each) => each === watched && each.search.decide(endOf(frame)));
  }

  private handAll(): void {
    for (const watched of this.open) this.hand(watched);
  }

  private watch(open: readonly Watched[]): void {
    this.open = open;
    this.isOpen = open.length > 0;
  }

  /** The bytes that are read, where the search continues with them. */
  private hand({ place, search }: Watched): void {
    const { wanted } = search;
    if (place !== this.place || wanted === undefined) return;
    const from = this.start + wanted - this.offset;
    if (from >= this.start && from < this.end) search.append(this.bytes.subarray(from, this.end));
  }

  private decided(decide: (watched: Watched) => unknown): readonly FoundCause[] {
    const { open } = this;
    for (const watched of open) decide(watched);
    if (!open.some(({ search }) => search.isOver)) return NOTHING;
    this.watch(open.filter(({ search }) => !search.isOver));
    return open.flatMap(({ record: { direction, time }, search: { cause, offset } }) =>
      cause === undefined
        ? []
        : [{ type: 'cause', connection: this.origin.number, direction, time, offset, cause, diagnostics: [] }],
    );
  }
}

/** The offset after the last byte of it that came. */
function endOf({ header, received }: Frame): number {
  return header.start + header.length + received;
}
