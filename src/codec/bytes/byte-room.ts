const NOTHING = new Uint8Array(0);

/** Bytes put one after the other, in an array that doubles: memory stays in proportion to them, and is used again. */
export class ByteRoom {
  /** Bytes that are there. */
  length = 0;
  /** Holds them, and has room after them. Another one once they need more. */
  all: Uint8Array = NOTHING;

  /** `least`: bytes of the first array; `most`: those that it is never larger than, unless it holds more. */
  constructor(
    private readonly least: number,
    private readonly most = Infinity,
  ) {}

  /** A view: valid up to the next change. */
  get bytes(): Uint8Array {
    return this.all.subarray(0, this.length);
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    const needed = this.length + end - start;
    this.reserve(needed, Math.max(needed, this.least, Math.min(this.most, 2 * this.all.length)));
    this.all.set(bytes.subarray(start, end), this.length);
    this.length = needed;
  }

  /** Makes room for `needed` bytes in all, by an array of `size` where there is less. */
  reserve(needed: number, size = needed): void {
    if (needed <= this.all.length) return;
    const larger = new Uint8Array(size);
    larger.set(this.bytes);
    this.all = larger;
  }

  /** Forgets the first `count` bytes. */
  forget(count: number): void {
    this.all.copyWithin(0, count, this.length);
    this.length -= count;
  }

  clear(): void {
    this.length = 0;
  }
}
