import type { MessageUnpacking, UnpackingStream } from '../../apps/packet.js';
import { MessageInflater, type RawDeflate } from '../../codec/deflate/message-deflate.js';

/** Decompression for the readers of application protocols: streams by the DEFLATE of messages, whole units by `whole`. */
export function unpackingWith(raw: RawDeflate, whole: MessageUnpacking['whole']): MessageUnpacking {
  return { whole, stream: (_, limit) => new ZlibPieces(raw, limit) };
}

/** RFC 1950 §2.2: 8 is DEFLATE, a preset dictionary is not known here. */
const DEFLATE = 8;
const PRESET_DICTIONARY = 0x20;
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
      const windowBits = windowOf(piece);
      if (windowBits === undefined) return this.failed(undefined);
      this.inflater = new MessageInflater(this.raw, { windowBits, noContextTakeover: false }, this.limit);
      start = 2;
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

function windowOf(piece: Uint8Array): number | undefined {
  const [method = 0, flags = 0] = piece;
  const isHeader = (method & 0x0f) === DEFLATE && method >> 4 <= 7 && (method * 256 + flags) % 31 === 0;
  return isHeader && (flags & PRESET_DICTIONARY) === 0 ? (method >> 4) + 8 : undefined;
}
