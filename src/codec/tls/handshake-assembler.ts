import { ByteRoom } from '../bytes/byte-room.js';
import { HANDSHAKE } from './handshake-messages.js';

/** Bytes of a message that are kept: more than any hello or usual certificate has. */
const MOST_KEPT = 64 * 1024;
const HEAD = 4;

const KEPT: ReadonlySet<number> = new Set([
  HANDSHAKE.clientHello,
  HANDSHAKE.serverHello,
  HANDSHAKE.newSessionTicket,
  HANDSHAKE.encryptedExtensions,
  HANDSHAKE.certificate,
]);

/** Puts the handshake messages of one direction together, across records (RFC 8446 §5.1). Of other types only the end is noted. */
export class HandshakeAssembler {
  private readonly room = new ByteRoom(256, MOST_KEPT);
  /** Bytes of the message so far, and what it needs; 0: its header is not whole. */
  private seen = 0;
  private needed = 0;

  /** The message that is not whole. */
  get partial(): Uint8Array {
    return this.room.bytes;
  }

  drop(): void {
    this.room.clear();
    this.seen = 0;
    this.needed = 0;
  }

  /** `message`: a whole message from its type on, possibly cut at 64 KiB. It is used again afterwards. */
  push(bytes: Uint8Array, start: number, end: number, message: (type: number, bytes: Uint8Array) => void): void {
    let at = start;
    while (at < end) {
      const want = this.seen < HEAD ? HEAD - this.seen : this.needed - this.seen;
      const stop = Math.min(end, at + want);
      this.take(bytes, at, stop);
      at = stop;
      if (this.seen < HEAD) return;
      const { all } = this.room;
      this.needed = HEAD + ((all[1]! << 16) | (all[2]! << 8) | all[3]!);
      if (this.seen < this.needed) continue;
      const whole = this.partial.slice();
      this.drop();
      message(whole[0]!, whole);
    }
  }

  private take(bytes: Uint8Array, at: number, stop: number): void {
    const isHead = this.seen < HEAD;
    this.seen += stop - at;
    if (!isHead && !KEPT.has(this.room.all[0]!)) return;
    const end = Math.min(stop, at + MOST_KEPT - this.room.length);
    if (end > at) this.room.append(bytes, at, end);
  }
}
