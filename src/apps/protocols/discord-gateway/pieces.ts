import { AppByteStream } from '../../byte-stream.js';
import type { AppContext, AppMessage, UnpackingStream } from '../../packet.js';

/** Bytes that one piece may inflate to. */
export const MOST_INFLATED = 16 * 1024 * 1024;
const FLUSH = [0x00, 0x00, 0xff, 0xff];

export type InflatedPiece =
  { readonly bytes: Uint8Array; readonly messages: readonly number[] } | 'more' | 'closed' | 'invalid' | 'too-large';

/** The zlib stream over the messages of one side: a piece ends where a message ends with a sync flush (00 00 ff ff). */
export class ZlibStreamPieces {
  private readonly collected = new AppByteStream();
  private stream: UnpackingStream | undefined;
  private isOver = false;

  constructor(private readonly unpack: NonNullable<AppContext['unpack']>) {}

  take(message: AppMessage): InflatedPiece {
    if (this.isOver) return 'closed';
    const { bytes } = message;
    if (!this.collected.push(message)) return this.ended('too-large');
    if (!FLUSH.every((byte, i) => bytes[bytes.length - FLUSH.length + i] === byte)) return 'more';
    const piece = this.collected.take(this.collected.unread.length);
    this.stream ??= this.unpack.stream('zlib', MOST_INFLATED);
    const inflated = this.stream.push(piece.bytes);
    if (inflated === undefined) return this.ended('invalid');
    return inflated === 'too-large' ? this.ended(inflated) : { bytes: inflated, messages: piece.messages };
  }

  /** What follows a hole cannot be inflated. */
  lost(): void {
    this.ended('closed');
  }

  private ended<T>(outcome: T): T {
    this.isOver = true;
    this.collected.clear();
    this.stream?.close();
    return outcome;
  }
}
