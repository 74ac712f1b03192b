import { constants, createDeflateRaw } from 'node:zlib';

/** RFC 7692 §7.2.1: the end of a sync flush, which is left out. */
const TAIL_BYTES = 4;
/** zlib has no window of 256 bytes: messages for such a small one are written without references to earlier bytes. */
const LEAST_BITS = 9;

export interface DeflaterOptions {
  readonly windowBits: number;
  readonly noContextTakeover: boolean;
}

/** Compresses the messages of one direction, in their order, on zlib's own threads (RFC 7692 §7.2.1). */
export class Deflater {
  private readonly zlib;
  private pieces: Buffer[] = [];
  private fail: ((error: Error) => void) | undefined;

  constructor(private readonly options: DeflaterOptions) {
    const { windowBits } = options;
    this.zlib = createDeflateRaw({
      level: constants.Z_BEST_SPEED,
      windowBits: Math.max(LEAST_BITS, windowBits),
      strategy: windowBits < LEAST_BITS ? constants.Z_HUFFMAN_ONLY : constants.Z_DEFAULT_STRATEGY,
    });
    this.zlib.on('data', (piece: Buffer) => this.pieces.push(piece));
    this.zlib.on('error', (error) => this.fail?.(error));
  }

  /** One at a time: the next when the one before is complete. */
  deflate(message: Uint8Array): Promise<Uint8Array> {
    // zlib writes no second flush without data between: an empty message is one octet (RFC 7692 §7.2.3.6).
    if (message.length === 0) return Promise.resolve(Uint8Array.of(0));
    return new Promise((resolve, reject) => {
      this.fail = reject;
      this.zlib.write(message);
      this.zlib.flush(constants.Z_SYNC_FLUSH, () => {
        const all = Buffer.concat(this.pieces);
        this.pieces = [];
        if (this.options.noContextTakeover) this.zlib.reset();
        resolve(all.subarray(0, all.length - TAIL_BYTES));
      });
    });
  }

  close(): void {
    this.zlib.close();
  }
}
