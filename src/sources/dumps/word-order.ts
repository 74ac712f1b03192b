import { turnedRound } from './form.js';
import type { RowLayout } from './layouts.js';
import { type ByteOrder, fits } from './characters.js';
import type { OffsetRow } from './offset-row.js';
import type { Line } from '../text/lines.js';

/** Rows that wait for one that proves their byte order. */
const MAX_QUEUED = 4096;
const REVERSED =
  'words have their last byte first (as xxd -e and little-endian machines print them): they were reversed, as the ASCII column shows';

/** Takes the bytes that rows prove, in their order, or why nothing proves them. */
export interface RowTaker {
  /** They are overwritten after the call. */
  bytes(bytes: ArrayLike<number>): void;
  /** The same bytes, `times` more. */
  repeated(bytes: ArrayLike<number>, times: number): void;
  notice(message: string): void;
  refuse(line: Line, at: number, message: string): void;
}

/** A row, where it stands, and the number of its bytes as soon as that is proven. */
export interface HeldRow {
  readonly line: Line;
  readonly row: OffsetRow;
  count?: number;
}

/** Bytes that wait for a proof of their order. */
interface QueuedBytes {
  readonly of: HeldRow;
  readonly printed: readonly number[];
  readonly swapped: readonly number[];
  /** They were given, and come this number of times more. */
  readonly again: number;
}

/** Bytes of rows in the order in which they were sent: those of words wait until a row proves which of them comes first. */
export class WordOrder {
  order: ByteOrder | undefined;
  /** A row had the same bytes as characters. */
  showsCharacters = false;
  private queue: QueuedBytes[] = [];

  constructor(
    private readonly taker: RowTaker,
    private readonly layout: RowLayout | undefined,
  ) {}

  get isWaiting(): boolean {
    return this.queue.length > 0;
  }

  /** What follows is of another tool. */
  forget(): void {
    this.order = undefined;
    this.showsCharacters = false;
  }

  /** Settles the byte order as soon as a row proves it; a later one that proves the opposite is a problem. */
  prove(held: HeldRow, count: number): void {
    const { row, line } = held;
    const shown = fits(row, count);
    this.showsCharacters ||= shown !== undefined;
    const bytes = row.bytes.slice(0, count);
    const isEither = row.size === 1 || isSame(bytes, turnedRound(bytes, row.size));
    if (isEither && row.order === undefined) return;
    const proof = row.order ?? (shown === 'either' ? undefined : shown);
    if (proof === undefined) {
      const isBare = row.line.slice(row.ends.at(-1)!.at).trim() === '';
      if (isBare && this.layout !== undefined) this.assume(held);
      return;
    }
    if (this.order !== undefined && this.order !== proof)
      this.taker.refuse(line, row.at, 'the byte order of the words is not the one of the rows before');
    else if (this.order === undefined && proof === 'swapped') this.taker.notice(REVERSED);
    this.order = proof;
  }

  /** No row proves the byte order. */
  assume({ line, row }: HeldRow): void {
    if (this.order !== undefined) return;
    const verdict = this.layout?.unproven(row.size) ?? {
      problem: `nothing tells the byte order of these words of ${row.size} bytes: print single bytes`,
    };
    if ('problem' in verdict) return this.taker.refuse(line, row.at, verdict.problem);
    if (verdict.notice !== undefined) this.taker.notice(verdict.notice);
    this.order = verdict.order;
  }

  /** Bytes of `of` follow; or those that came, `again` times more. */
  put(of: HeldRow, printed: readonly number[], again = 0, swapped = turnedRound(printed, of.row.size)): void {
    this.queue.push({ of, printed, swapped, again });
    this.flush(this.queue.length >= MAX_QUEUED);
  }

  /** Gives what is sure. */
  flush(isFinal: boolean): void {
    if (this.order === undefined) {
      const doubtful = this.queue.find(({ printed, swapped }) => !isSame(printed, swapped));
      if (doubtful !== undefined && isFinal) this.assume(doubtful.of);
      if (doubtful !== undefined && this.order === undefined) return;
    }
    for (const { printed, swapped, again } of this.queue) {
      const bytes = this.order === 'swapped' ? swapped : printed;
      if (again > 0) this.taker.repeated(bytes, again);
      else this.taker.bytes(bytes);
    }
    this.queue = [];
  }
}

export const isSame = (bytes: readonly number[], others: readonly number[]): boolean =>
  bytes.every((byte, index) => byte === others[index]);
