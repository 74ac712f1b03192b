import { parseHead, type Head, type HeadKind, type ParseHeadOptions } from './head.js';

/** Bytes of a head that are kept by default; what goes beyond is passed over, counted and reported. */
export const DEFAULT_HEAD_LIMIT = 256 * 1024;

export interface HeadReaderOptions {
  /** The offset of the first byte in its stream; 0 by default. */
  readonly offset?: number;
  readonly kind?: HeadKind;
  /** Bytes kept; `DEFAULT_HEAD_LIMIT` by default. */
  readonly limit?: number;
}

export interface HeadResult {
  readonly head: Head;
  /** The bytes of the last chunk after the head (a view): their offset is `head.span.end`. */
  readonly rest: Uint8Array;
}

const CR = 0x0d;
const LF = 0x0a;

/**
 * Reads one head from chunks of any size at linear cost, and keeps at most `limit` bytes of it. A larger head is read to its
 * end as well, so that the frames after it are not lost; the head then has the fault `too-large`. Once the head is there,
 * every further chunk comes back as `rest`.
 */
export class HeadReader {
  private readonly limit: number;
  private kept = new Uint8Array(512);
  private keptLength = 0;
  private omitted = 0;
  private head: Head | undefined;
  /** Bytes of the current line so far, and whether they are one CR: such a line is still an empty one. */
  private lineLength = 0;
  private lineIsCr = false;
  /** A line with content was seen: from now on an empty line ends the head. */
  private started = false;

  constructor(private readonly options: HeadReaderOptions = {}) {
    this.limit = Math.max(0, options.limit ?? DEFAULT_HEAD_LIMIT);
  }

  /** Bytes taken so far. */
  get length(): number {
    return this.keptLength + this.omitted;
  }

  /** The limit is passed: a live peer may be cut off here. */
  get tooLarge(): boolean {
    return this.omitted > 0;
  }

  /** Takes the next bytes of the stream; gives the head once its empty line is there. The chunk is not kept. */
  push(chunk: Uint8Array): HeadResult | undefined {
    if (this.head !== undefined) return { head: this.head, rest: chunk };
    const end = this.scan(chunk);
    this.keep(chunk.subarray(0, end < 0 ? chunk.length : end));
    if (end < 0) return undefined;
    return { head: this.finish(true), rest: chunk.subarray(end) };
  }

  /** The stream is over: what there is of an unfinished head (`complete` is false), or undefined when not one byte came. */
  end(): Head | undefined {
    if (this.head !== undefined) return this.head;
    return this.length === 0 ? undefined : this.finish(false);
  }

  /** Where in the chunk the head ends, or -1. */
  private scan(chunk: Uint8Array): number {
    let at = 0;
    while (at < chunk.length) {
      const lf = chunk.indexOf(LF, at);
      const until = lf < 0 ? chunk.length : lf;
      if (until > at) {
        this.lineIsCr = this.lineLength === 0 && until - at === 1 && chunk[at] === CR;
        this.lineLength += until - at;
      }
      if (lf < 0) return -1;
      const empty = this.lineLength === 0 || this.lineIsCr;
      this.lineLength = 0;
      this.lineIsCr = false;
      at = lf + 1;
      if (empty && this.started) return at;
      if (!empty) this.started = true;
    }
    return -1;
  }

  private keep(bytes: Uint8Array): void {
    const room = Math.min(bytes.length, this.limit - this.keptLength);
    const needed = this.keptLength + room;
    if (needed > this.kept.length) {
      const larger = new Uint8Array(Math.min(this.limit, Math.max(needed, this.kept.length * 2)));
      larger.set(this.kept.subarray(0, this.keptLength));
      this.kept = larger;
    }
    this.kept.set(bytes.subarray(0, room), this.keptLength);
    this.keptLength = needed;
    this.omitted += bytes.length - room;
  }

  private finish(finished: boolean): Head {
    const { offset, kind } = this.options;
    const options: ParseHeadOptions = {
      ...(offset === undefined ? {} : { offset }),
      ...(kind === undefined ? {} : { kind }),
      ...(this.omitted > 0 ? { omitted: { bytes: this.omitted, limit: this.limit, finished } } : {}),
    };
    this.head = parseHead(this.kept.subarray(0, this.keptLength), options);
    return this.head;
  }
}
