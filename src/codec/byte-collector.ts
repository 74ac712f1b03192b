const EMPTY = new Uint8Array(0);

/** Collects the first `limit` bytes of a run that arrives in pieces, and counts the rest. Keeps views, copies once. */
export class ByteCollector {
  /** Bytes seen, kept or not. */
  seen = 0;
  private readonly pieces: Uint8Array[] = [];
  private kept = 0;

  constructor(private readonly limit: number) {}

  /** How many more bytes would be kept. */
  get room(): number {
    return this.limit - this.kept;
  }

  /** Everything seen was kept. */
  get complete(): boolean {
    return this.kept === this.seen;
  }

  push(bytes: Uint8Array): void {
    this.seen += bytes.length;
    if (this.room <= 0 || bytes.length === 0) return;
    const piece = bytes.length <= this.room ? bytes : bytes.subarray(0, this.room);
    this.pieces.push(piece);
    this.kept += piece.length;
  }

  /** Counts bytes without keeping them: for what lies beyond the limit anyway. */
  skip(length: number): void {
    this.seen += length;
  }

  /** The bytes kept. */
  bytes(): Uint8Array {
    if (this.pieces.length <= 1) return this.pieces[0] ?? EMPTY;
    const whole = concat(this.pieces, this.kept);
    this.pieces.length = 0;
    this.pieces.push(whole);
    return whole;
  }
}

/** The pieces in one new array. */
export function concat(
  pieces: readonly Uint8Array[],
  total = pieces.reduce((sum, piece) => sum + piece.length, 0),
): Uint8Array {
  const whole = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
