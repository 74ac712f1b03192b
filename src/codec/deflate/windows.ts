const EMPTY = new Uint8Array(0);
/** A window's first memory: most connections that say little need no more. */
const SMALLEST = 256;

/**
 * Counts the windows of many directions (RFC 7692 §7.1.1) and keeps them within a limit: over it the directions that
 * were read longest ago lose theirs. Only directions that keep a context between messages have one.
 */
export class DeflateWindows {
  /** Bytes of memory that windows take now. */
  held = 0;
  /** How often a direction lost its context for want of room. */
  evicted = 0;
  private oldest: SlidingWindow | undefined;
  private newest: SlidingWindow | undefined;

  /** `limit` in bytes; a window takes at most 32 KiB. */
  constructor(readonly limit = Number.POSITIVE_INFINITY) {}

  /** For `SlidingWindow`: it was used, and takes `grown` bytes more than before. */
  used(window: SlidingWindow, grown: number): void {
    this.held += grown;
    if (this.newest !== window) {
      this.unlink(window);
      window.older = this.newest;
      if (this.newest) this.newest.newer = window;
      this.newest = window;
      this.oldest ??= window;
    }
    while (this.held > this.limit && this.oldest) {
      this.evicted++;
      this.oldest.evict();
    }
  }

  /** For `SlidingWindow`: it gave up its `bytes`. */
  dropped(window: SlidingWindow, bytes: number): void {
    this.held -= bytes;
    this.unlink(window);
  }

  private unlink(window: SlidingWindow): void {
    const { older, newer } = window;
    if (older) older.newer = newer;
    if (newer) newer.older = older;
    if (this.oldest === window) this.oldest = newer;
    if (this.newest === window) this.newest = older;
    window.older = undefined;
    window.newer = undefined;
  }
}

/** The last plain bytes of one direction: what its next message may refer to (RFC 7692 §7.2.2). */
export class SlidingWindow {
  /** Bytes known, at most `size`. */
  length = 0;
  /** Neighbours in the order of use; `DeflateWindows` sets them. */
  older: SlidingWindow | undefined;
  newer: SlidingWindow | undefined;
  /** Grows with what came; the oldest byte is at `at` once it is full, at 0 before. */
  private ring: Uint8Array = EMPTY;
  /** Where the next byte goes. */
  private at = 0;

  constructor(
    readonly size: number,
    /** Its owner's way of giving it up: ends in `clear()`. */
    readonly evict: () => void,
    private readonly budget?: DeflateWindows,
  ) {}

  /** Plain bytes came out: copied. May end in `evict` where there is no room for it. */
  push(bytes: Uint8Array): void {
    const before = this.ring.length;
    if (bytes.length > 0) this.write(bytes.length > this.size ? bytes.subarray(bytes.length - this.size) : bytes);
    if (this.ring.length > 0) this.budget?.used(this, this.ring.length - before);
  }

  clear(): void {
    if (this.ring.length > 0) this.budget?.dropped(this, this.ring.length);
    this.ring = EMPTY;
    this.at = 0;
    this.length = 0;
  }

  /** The older part of it, as a view; the newer one follows. */
  get first(): Uint8Array {
    return this.length < this.ring.length ? this.ring.subarray(0, this.length) : this.ring.subarray(this.at);
  }

  get second(): Uint8Array {
    return this.length < this.ring.length ? EMPTY : this.ring.subarray(0, this.at);
  }

  /** All of it in order, in memory of its own. */
  copy(): Uint8Array {
    return this.copyInto(new Uint8Array(this.length));
  }

  private copyInto(target: Uint8Array): Uint8Array {
    const { first, second } = this;
    target.set(first);
    target.set(second, first.length);
    return target;
  }

  private write(bytes: Uint8Array): void {
    this.reserve(Math.min(this.size, this.length + bytes.length));
    const { ring, at } = this;
    const room = ring.length - at;
    if (bytes.length <= room) ring.set(bytes, at);
    else {
      ring.set(bytes.subarray(0, room), at);
      ring.set(bytes.subarray(room), 0);
    }
    this.at = (at + bytes.length) % ring.length;
    this.length = Math.min(ring.length, this.length + bytes.length);
  }

  private reserve(needed: number): void {
    if (needed <= this.ring.length) return;
    let capacity = Math.max(SMALLEST, this.ring.length);
    while (capacity < needed) capacity *= 2;
    this.ring = this.copyInto(new Uint8Array(Math.min(capacity, this.size)));
    this.at = this.length;
  }
}
