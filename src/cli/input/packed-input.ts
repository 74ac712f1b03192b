/** Bytes in pieces, as files and pipes give them. */
export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export interface UnpackOptions {
  /** Gets a message about what was passed over. */
  readonly notice?: (message: string) => void;
  /**
   * The same input again, where that is possible: the exact place of damage in much data is found by a second reading.
   * Without it up to 64 KiB before the damage are lost, and its offset is that of what was surely read before it.
   */
  readonly again?: () => Chunks;
}

/** The first bytes of gzip data. */
export const MAGIC = [0x1f, 0x8b, 0x08];

const NOTHING = new Uint8Array(0);

/** A position in an input: what is before it was taken, what is after it is read when it is requested. */
export class PackedInput {
  /** Bytes taken so far. */
  offset = 0;
  private readonly source: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  private piece: Uint8Array = NOTHING;
  private ended = false;

  constructor(chunks: Chunks) {
    this.source = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  }

  /** Bytes that are available without waiting. */
  get available(): number {
    return this.piece.length;
  }

  /** The available bytes, at least one; undefined at the end. */
  async rest(): Promise<Uint8Array | undefined> {
    while (this.piece.length === 0) if (!(await this.more())) return undefined;
    return this.piece;
  }

  /** Up to `length` bytes that are available without waiting. */
  look(length: number): Uint8Array {
    return this.piece.subarray(0, length);
  }

  /** The next `length` bytes, taken, if they are available without waiting. */
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

  /** The number of these bytes that come next. Waits for no more than it needs to decide. */
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
    // An input that fails or has ended is not closed again.
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
