import type { Unsearched } from '../../traffic/selection/filters.js';
import type { ConnectionSummary } from '../../traffic/tally/summary.js';
import type { OtherTraffic } from '../../traffic/conversation-taker.js';
import type { Printable, PrintableBytes } from '../../describe/printable.js';

/**
 * The order of what one thread would do: within a piece 2p for what the packet p of it does to a connection that was
 * there before, 2p + 1 for the connection that it opens; in the last piece, at the end of the input, that is followed by
 * `ENDING` + the number of the connection that is closed.
 */
export type Key = number;

/** Pieces have fewer packets than that. */
export const ENDING = 2 ** 30;

/** The bits of a mark: it counts for `--limit`, it is a finding. */
export const SHOWN = 1;
export const FINDING = 2;
/** Numbers a mark has: key, bytes drawn, the bits above. */
export const MARK = 3;

/** A message for standard error. */
export interface Note {
  readonly key: Key;
  /** It is printed even where `--limit` ends the output between this and its own key. */
  readonly since: Key;
  readonly text: Printable;
  /** Other readers may have it too: the first of a kind is printed. */
  readonly once?: string;
  /** The input is damaged: a finding. */
  readonly damage?: true;
}

/** What has to be the same for all readers; otherwise they do not read the same connections. */
export interface ReaderAgreement {
  readonly last: boolean;
  readonly packets: number;
  readonly connections: number;
  /** Which packets opened connections, as a hash. */
  readonly opened: number;
}

/** The result of a reader for a part of the input. Plain data: it is passed between threads. */
export interface JobPiece {
  /** What it drew, and for each record, or for each packet where there is no `--limit`, a mark. */
  readonly text: PrintableBytes;
  readonly marks: Uint32Array;
  readonly shown: number;
  readonly found: boolean;
  /** Bytes of the input that had been read when it was begun. */
  readonly input: number;
  /** Texts so far in which `--grep` may have missed a match. */
  readonly unsearched: Unsearched;
  readonly notes: readonly Note[];
  readonly closed: readonly { readonly key: Key; readonly summary: ConnectionSummary }[];
  /** What connections carried instead of WebSocket, and how many. */
  readonly passedOver: readonly (readonly [kind: OtherTraffic, connections: number])[];
  /** Why the input can't be read, reported after all that could be read. */
  readonly failure?: {
    readonly message: string;
    readonly place: {
      readonly source?: string;
      readonly line?: number;
      readonly column?: number;
      readonly offset?: number;
    };
  };
  /** Undefined: something depends on what other readers have read, or this one could not continue by itself. */
  readonly agreed: ReaderAgreement | undefined;
}

/** Marks under construction. */
export class Marks {
  private numbers = new Uint32Array(MARK * 256);
  private length = 0;

  /** `apart`: each record has a mark of its own. */
  constructor(private readonly apart: boolean) {}

  add(key: Key, bytes: number, bits: number): void {
    const { length } = this;
    if (!this.apart && length > 0 && this.numbers[length - MARK] === key) {
      this.numbers[length - MARK + 1]! += bytes;
      return;
    }
    if (length === this.numbers.length) {
      const larger = new Uint32Array(length * 2);
      larger.set(this.numbers);
      this.numbers = larger;
    }
    this.numbers[length] = key;
    this.numbers[length + 1] = bytes;
    this.numbers[length + 2] = bits;
    this.length += MARK;
  }

  take(): Uint32Array<ArrayBuffer> {
    const taken = this.numbers.slice(0, this.length);
    this.length = 0;
    return taken;
  }
}
