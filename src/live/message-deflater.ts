import { constants, createDeflateRaw } from 'node:zlib';

/** RFC 7692 §7.2.1: the end of a sync flush, which is left out. */
const TAIL_BYTES = 4;
/** zlib has no window of 256 bytes: what needs so small a one is written without looking back at all. */
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
    this.zlib = createDeflateRaw({
      level: constants.Z_BEST_SPEED,
      windowBits: Math.max(LEAST_BITS, options.windowBits),
    });
    this.zlib.on('data', (piece: Buffer) => this.pieces.push(piece));
    this.zlib.on('error', (error) => this.fail?.(error));
  }

  deflate(message: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.fail = reject;
      if (message.length > 0) this.zlib.write(message);
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
