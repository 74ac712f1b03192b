const LEAST = 4096;
/** Bytes of text that a piece may make: less than the first, and the next piece may be larger; more than the second, and it is smaller. */
const [FEW, MANY] = [1024 * 1024, 4 * 1024 * 1024];

/**
 * Cuts chunks of input by what the pieces before became: a few kilobytes that inflate to gigabytes are printed piece by
 * piece, and what makes little text is soon taken whole.
 */
export class ChunkPieces {
  private size = LEAST;

  *of(chunk: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < chunk.length;) {
      const end = Math.min(chunk.length, at + this.size);
      yield at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end);
      at = end;
    }
  }

  /** `length`: bytes of text that the last piece made, with what is not printed of those before it. */
  made(length: number): void {
    if (length < FEW) this.size = Math.min(2 * this.size, Number.MAX_SAFE_INTEGER);
    else if (length > MANY) this.size = Math.max(LEAST, this.size >> 2);
  }
}
