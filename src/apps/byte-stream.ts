import type { Direction } from '../codec/messages/records.js';
import type { AppMessage, AppPacket, AppReader } from './packet.js';

/** Bytes of an unfinished packet that are kept; more than any reader asks for in one message. */
const MOST_KEPT = 4 * 1024 * 1024;

/** The bytes of one direction of a protocol that takes no notice of messages: what is not read yet, and which messages it is from. */
export class AppByteStream {
  private bytes: Uint8Array = new Uint8Array(0);
  private length = 0;
  /** Messages that have bytes here, with the offset after their last byte. */
  private parts: { readonly index: number; end: number }[] = [];

  /** Adds a message; false: it is too much, and what was not read is lost with it. */
  push({ bytes, index }: AppMessage): boolean {
    if (this.length + bytes.length > MOST_KEPT) {
      this.clear();
      return false;
    }
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
    if (bytes.length > 0) this.parts.push({ index, end: this.length });
    return true;
  }

  /** What is not read yet. */
  get unread(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  /** Takes the first bytes: a copy, with the messages that they are from. */
  take(count: number): { readonly bytes: Uint8Array; readonly messages: number[] } {
    const bytes = this.bytes.slice(0, count);
    const messages: number[] = [];
    for (const { index, end } of this.parts) {
      messages.push(index);
      if (end >= count) break;
    }
    this.bytes.copyWithin(0, count, this.length);
    this.length -= count;
    this.parts = this.parts.filter(({ end }) => end > count);
    for (const part of this.parts) part.end -= count;
    return { bytes, messages };
  }

  clear(): void {
    this.length = 0;
    this.parts = [];
  }

  private reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.bytes.length, 256));
    larger.set(this.unread);
    this.bytes = larger;
  }
}

/** One direction of such a protocol. */
export class ByteLane {
  readonly stream = new AppByteStream();
  /** Nothing more can be read: where the next packet begins is not known. */
  isLost = false;

  /** `isSure`: something was read, or the beginning was seen, so the place of the next packet is known. */
  constructor(public isSure: boolean) {}

  lose(): void {
    this.isLost = true;
    this.stream.clear();
  }
}

/** Reads such a protocol, packet by packet, until one of its directions is lost. */
export abstract class ByteStreamReader implements AppReader {
  private readonly lanes: Partial<Record<Direction, ByteLane>> = {};

  /** `isSure`: the place of the first packet is known. */
  constructor(private readonly isSure: boolean) {}

  read(message: AppMessage): readonly AppPacket[] {
    const lane = this.lane(message.direction);
    if (lane.isLost) return [];
    if (!lane.stream.push(message)) {
      this.lost(message.direction);
      return [];
    }
    const packets: AppPacket[] = [];
    for (let packet = this.next(lane, message); packet !== undefined; packet = this.next(lane, message))
      packets.push(packet);
    return packets;
  }

  /** Where a packet begins after a hole is not known. */
  lost(direction: Direction): void {
    this.lane(direction).lose();
    this.forget();
  }

  /** The next packet of the lane, the last bytes of which are of `message`; undefined: it is not whole yet, or the lane is lost. */
  protected abstract next(lane: ByteLane, message: AppMessage): AppPacket | undefined;

  /** What came before may be wrong now: bytes are lost. */
  protected abstract forget(): void;

  private lane(direction: Direction): ByteLane {
    return (this.lanes[direction] ??= new ByteLane(this.isSure));
  }
}
