import type * as zlib from 'node:zlib';
import type { WirePlaces } from '../../describe/timeline/record-store.js';
import { builtin } from '../entries/builtin.js';
import type { Io, OpenFile } from '../host/io.js';
import { isSystemError, reasonOf } from '../host/system-reasons.js';
import { crc32Of } from './crc32.js';

/** A part of a file, as it was read. */
interface PlacedChunk {
  /** The place of its first byte. */
  readonly start: number;
  readonly length: number;
  readonly checksum: number;
  readonly path: string;
  readonly file: OpenFile;
  /** Where it begins in the file. */
  readonly at: number;
}

/**
 * The bytes of files that are read, as places: what is looked at later is read again. The checksum of each chunk shows whether
 * it is what was read, whatever has become of the file.
 */
export class FilePlaces implements WirePlaces {
  private readonly files: OpenFile[] = [];
  private readonly crc32 = crc32Of(builtin('node:zlib') as typeof zlib);
  /** By their places. */
  private readonly chunks: PlacedChunk[] = [];
  private end = 0;
  /** The memory of the chunk that was read last, and the place of its first byte. */
  private memory: ArrayBufferLike | undefined;
  private base = 0;
  /** The chunk that was looked at last. */
  private seen: { readonly chunk: PlacedChunk; readonly bytes: Uint8Array | string } | undefined;

  constructor(
    private readonly io: Io,
    /** Why something of a file is not there any more. */
    private readonly lost: (reason: string) => void,
  ) {}

  /** The chunks of a file; what is no regular file has no places. */
  async *readFile(path: string): AsyncGenerator<Uint8Array> {
    const file = this.io.openFile?.(path);
    if (file === undefined) {
      yield* this.io.readFile(path);
      return;
    }
    this.files.push(file);
    let at = 0;
    for await (const chunk of this.io.readFile(path)) {
      this.add(chunk, path, file, at);
      at += chunk.length;
      yield chunk;
    }
  }

  of({ buffer, byteOffset }: Uint8Array): number | undefined {
    return buffer === this.memory ? this.base + byteOffset : undefined;
  }

  read(place: number, length: number): Uint8Array | string {
    const chunk = this.chunkAt(place);
    if (this.seen?.chunk !== chunk) this.seen = { chunk, bytes: this.bytesOf(chunk) };
    const { bytes } = this.seen;
    const from = place - chunk.start;
    return typeof bytes === 'string' ? bytes : bytes.subarray(from, from + length);
  }

  close(): void {
    for (const file of this.files.splice(0)) file.close();
  }

  private add(chunk: Uint8Array, path: string, file: OpenFile, at: number): void {
    const { end: start } = this;
    const { buffer, byteOffset, length } = chunk;
    this.memory = buffer;
    this.base = start - byteOffset;
    this.end += length;
    this.chunks.push({ start, length, checksum: this.crc32(chunk), path, file, at });
  }

  private chunkAt(place: number): PlacedChunk {
    let [low, high] = [0, this.chunks.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.chunks[middle]!.start <= place) low = middle;
      else high = middle;
    }
    return this.chunks[low]!;
  }

  /** As they were read; or why they are not there. */
  private bytesOf({ path, file, at, length, checksum }: PlacedChunk): Uint8Array | string {
    const bytes = new Uint8Array(length);
    const why = readInto(bytes, file, at);
    if (why === undefined && this.crc32(bytes) === checksum) return bytes;
    const reason = why === undefined ? `${path} has changed since it was read` : `${path} can't be read again: ${why}`;
    this.lost(reason);
    return reason;
  }
}

/** Why it fails; undefined: it does not. */
function readInto(bytes: Uint8Array, file: OpenFile, at: number): string | undefined {
  try {
    file.read(bytes, at);
    return undefined;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return reasonOf(error);
  }
}
