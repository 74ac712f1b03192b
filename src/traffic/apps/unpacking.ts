import type { MessageUnpacking, UnpackingStream } from '../../apps/packet.js';
import { MessageInflater, type RawDeflate } from '../../codec/deflate/message-deflate.js';
import { ZLIB_HEADER, zlibWindowBits } from '../../codec/deflate/zlib-header.js';

/** Decompression for the readers of application protocols: streams by the DEFLATE of messages, whole units by `whole`. */
export function unpackingWith(raw: RawDeflate, whole: MessageUnpacking['whole']): MessageUnpacking {
  return { whole, stream: (_, limit) => new ZlibPieces(raw, limit) };
}

const FLUSH = [0x00, 0x00, 0xff, 0xff];

/**
 * A zlib stream in pieces that end with a sync flush: without the stream's header and the flush, each is as a message with
 * context takeover (RFC 7692 §7.2.1), so that the window continues and no byte is inflated twice.
 */
class ZlibPieces implements UnpackingStream {
  private inflater: MessageInflater | undefined;
  private isOver = false;

  constructor(
    private readonly raw: RawDeflate,
    private readonly limit: number,
  ) {}

  push(piece: Uint8Array): Uint8Array | 'too-large' | undefined {
    const end = piece.length - FLUSH.length;
    if (this.isOver || !FLUSH.every((byte, i) => piece[end + i] === byte)) return this.failed(undefined);
    let start = 0;
    if (this.inflater === undefined) {
      const windowBits = zlibWindowBits(piece);
      if (windowBits === undefined) return this.failed(undefined);
      this.inflater = new MessageInflater(this.raw, { windowBits, noContextTakeover: false }, this.limit);
      start = ZLIB_HEADER;
    }
    const outcome = this.inflater.inflate(piece.subarray(start, end));
    if (outcome.status === 'ok') return outcome.bytes;
    return this.failed(outcome.status === 'too-large' ? outcome.status : undefined);
  }

  close(): void {
    this.isOver = true;
    this.inflater?.close();
  }

  private failed<T>(outcome: T): T {
    this.close();
    return outcome;
  }
}
