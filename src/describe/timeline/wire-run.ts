/**
 * Bytes that are copied as one, as they follow each other where they come from: a copy of each frame would take longer than
 * the rest of what is done with it.
 */
export class WireRun {
  private source: Uint8Array | undefined;
  private from = 0;
  private to = 0;
  private target: Uint8Array = new Uint8Array(0);
  private at = 0;

  /**
   * `length` bytes of `source` from `from` on belong at `at` in `target`: they are there after `end`, and are not changed
   * before. Places in `target` ascend.
   */
  add(source: Uint8Array, from: number, length: number, target: Uint8Array, at: number): void {
    const follows =
      source === this.source && from === this.to && target === this.target && at - this.at === from - this.from;
    if (!follows) {
      this.end();
      this.source = source;
      this.from = from;
      this.target = target;
      this.at = at;
    }
    this.to = from + length;
  }

  end(): void {
    const { source, from, to, target, at } = this;
    // `subarray` would ask for the class of the bytes first.
    if (source !== undefined) target.set(new Uint8Array(source.buffer, source.byteOffset + from, to - from), at);
    this.source = undefined;
  }
}
