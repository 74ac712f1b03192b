/** Bytes in pieces, as files and pipes give them. */
export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export interface UnpackOptions {
  /** Told what was passed over. */
  readonly notice?: (message: string) => void;
  /**
   * The same input once more, where it can be had: the exact place of damage in much data is found by going there again.
   * Without it up to 64 KiB in front of the damage are lost, and its offset is that of what was surely read before it.
   */
  readonly again?: () => Chunks;
}

/** What gzip data begin with. */
export const MAGIC = [0x1f, 0x8b, 0x08];

const NOTHING = new Uint8Array(0);

/** A place in an input: what is before it was taken, what is behind it is waited for when it is asked for. */
export class PackedInput {
  /** Bytes taken so far. */
  offset = 0;
  private readonly source: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  private piece: Uint8Array = NOTHING;
  private ended = false;

  constructor(chunks: Chunks) {
    this.source = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  }

  /** Bytes that are there without waiting. */
  get available(): number {
    return this.piece.length;
  }

  /** What is there, at least one byte; undefined at the end. */
  async rest(): Promise<Uint8Array | undefined> {
    while (this.piece.length === 0) if (!(await this.more())) return undefined;
    return this.piece;
  }

  /** Up to `length` bytes that are there without waiting. */
  look(length: number): Uint8Array {
    return this.piece.subarray(0, length);
  }

  /** The next `length` bytes, taken, where they are there without waiting. */
  atOnce(length: number): Uint8Array | undefined {
    if (this.piece.length < length) return undefined;
    const bytes = this.look(length);
    this.take(length);
    return bytes;
  }

  take(length: number): void {
    this.piece = this.piece.subarray(length);
    this.offset += length;
  }

  /** The next byte, taken; undefined at the end. */
  async byte(): Promise<number | undefined> {
    const rest = await this.rest();
    if (rest === undefined) return undefined;
    this.take(1);
    return rest[0];
  }

  /** How many of these bytes come next. Waits for no more than it needs to tell. */
  async common(bytes: readonly number[]): Promise<number> {
    for (let i = 0; i < bytes.length; i++) {
      while (this.piece.length <= i) if (!(await this.more())) return i;
      if (this.piece[i] !== bytes[i]) return i;
    }
    return bytes.length;
  }

  async close(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    await this.source.return?.();
  }

  private async more(): Promise<boolean> {
    if (this.ended) return false;
    // What fails or has ended is not to be closed.
    this.ended = true;
    const next = await this.source.next();
    if (next.done === true) return false;
    const { value } = next;
    this.ended = false;
    if (this.piece.length === 0) this.piece = value;
    else {
      const joined = new Uint8Array(this.piece.length + value.length);
      joined.set(this.piece);
      joined.set(value, this.piece.length);
      this.piece = joined;
    }
    return true;
  }
}
