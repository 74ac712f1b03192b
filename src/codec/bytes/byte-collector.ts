const EMPTY = new Uint8Array(0);
/** A piece shorter than this is copied: a view of a few bytes takes more memory than they do. */
const SHORT = 1024;
/** Bytes of the buffer in which short pieces are gathered. */
const GATHERED = 8192;

/**
 * Collects the first `limit` bytes of a run that arrives in pieces, and counts the rest. Keeps the first piece and long
 * ones as views and copies them once; memory stays in proportion to the bytes, also where each piece has but one.
 */
export class ByteCollector {
  /** Bytes seen, kept or not. */
  seen = 0;
  private readonly pieces: Uint8Array[] = [];
  /** Short pieces that followed each other, `gatheredLength` bytes of them: the last ones. */
  private gathered: Uint8Array | undefined;
  private gatheredLength = 0;
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
    if (this.kept === 0 || piece.length >= SHORT) {
      this.closeGathered();
      this.pieces.push(piece);
    } else this.gather(piece);
    this.kept += piece.length;
  }

  private gather(piece: Uint8Array): void {
    if (this.gathered !== undefined && this.gatheredLength + piece.length > GATHERED) this.closeGathered();
    this.gathered ??= new Uint8Array(Math.min(GATHERED, Math.max(64, piece.length, this.room)));
    this.gathered.set(piece, this.gatheredLength);
    this.gatheredLength += piece.length;
  }

  private closeGathered(): void {
    if (this.gathered === undefined) return;
    this.pieces.push(this.gathered.slice(0, this.gatheredLength));
    this.gathered = undefined;
    this.gatheredLength = 0;
  }

  /** Counts bytes without keeping them: for bytes beyond the limit. */
  skip(length: number): void {
    this.seen += length;
  }

  /** The bytes kept. */
  bytes(): Uint8Array {
    this.closeGathered();
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
