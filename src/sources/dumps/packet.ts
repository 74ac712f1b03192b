import { looksLikeWebSocket } from '../../codec/resync/plausible.js';
import { ipStart, NO_IP } from '../packets/link.js';
import type { Events } from '../text/events.js';
import { Columns } from './columns.js';
import { failInLine, type Line } from '../text/lines.js';
import { u16 } from '../bytes/bytes.js';

/** No capture holds longer packets. */
const MAX_PACKET = 16 * 1024 * 1024;

/** Bytes of every row of a packet but its last. */
export const ROW_BYTES = 16;

/** What is shorter looks like a frame too often. */
const LEAST_BYTES = 4;

/** What a text states about a packet before its bytes. */
export interface PacketHead {
  /** Seconds since the epoch. */
  readonly time?: number;
  /** Bytes on the wire. */
  readonly originalLength?: number;
}

/** Gathers the lines of one packet after another. */
export class PacketLines {
  private bytes = new Uint8Array(256);
  private length = 0;
  /** The packet went out already: what follows without a new offset 0 is padding. */
  private given = true;
  private readonly columns = new Columns();
  head: PacketHead = {};
  /** A packet was given out. */
  gave = false;

  constructor(private readonly events: Events) {}

  get open(): boolean {
    return !this.given;
  }

  /** How many bytes the open packet has. */
  get count(): number {
    return this.length;
  }

  /** Adds the bytes of a line in the columns of an earlier one, which continues from there or begins a packet. */
  next(text: string): boolean {
    if (!this.columns.read(text, this.given ? 0 : this.length)) return false;
    if (this.length + this.columns.bytes.length > MAX_PACKET) return false;
    if (this.given) this.begin();
    this.put(this.columns.bytes);
    return true;
  }

  /** Adds a line's bytes, which stand after an offset in hex; 0 begins a new packet. False after a problem. */
  add(line: Line, digits: string, bytes: readonly number[]): boolean {
    const offset = parseInt(digits, 16);
    if (offset === 0) {
      this.give();
      this.begin();
    }
    if (offset !== this.length || this.length + bytes.length > MAX_PACKET) {
      const expected = this.length.toString(16).padStart(4, '0');
      failInLine(
        this.events,
        line,
        0,
        `the offset is ${offset.toString(16)} and has to be ${expected}: lines of the packet are missing, doubled or cut`,
      );
      return false;
    }
    this.put(bytes);
    const { text } = line;
    if (bytes.length === ROW_BYTES)
      this.columns.learn({ text, digits, at: text.indexOf(digits), radix: 16, printed: bytes, turned: 1 });
    return true;
  }

  private begin(): void {
    this.length = 0;
    this.given = false;
  }

  private put(bytes: ArrayLike<number>): void {
    if (this.length + bytes.length > this.bytes.length) {
      const grown = new Uint8Array(2 * (this.length + bytes.length));
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Gives the packet out, or its bytes where they are whole frames or a handshake and no packet: a part was copied. */
  giveEither(): void {
    const bytes = this.bytes.subarray(0, this.length);
    const isPacket = this.gave || this.ipEnd() > 0 || this.head.originalLength !== undefined;
    if (!isPacket && bytes.length >= LEAST_BYTES && bytes[0]! >= 0x41 && looksLikeWebSocket(bytes, Infinity))
      this.giveBytes();
    else this.give();
  }

  /** Gives the packet out, if one is open. */
  give(): void {
    if (this.given) return;
    this.given = true;
    this.gave = true;
    const bytes = this.bytes.slice(0, this.length);
    const { time, originalLength = 0 } = this.head;
    const whole = Math.max(originalLength, bytes.length, this.ipEnd());
    this.events.packet({ link: 'unknown', bytes, originalLength: whole, ...(time !== undefined && { time }) });
    this.head = {};
  }

  /** Leaves the open packet out. */
  drop(): void {
    this.given = true;
    this.head = {};
  }

  /** Gives the bytes out as a stream's instead: they are no packet. */
  giveBytes(): void {
    if (this.given) return;
    this.given = true;
    this.events.append(this.bytes.subarray(0, this.length));
    this.head = {};
  }

  /** Whether all of the IP datagram has come, according to its header. */
  get complete(): boolean {
    const end = this.ipEnd();
    return end > 0 && end <= this.length;
  }

  /** Where the packet's IP datagram ends, or 0 where none is recognised (or, as with offloading, it does not say). */
  private ipEnd(): number {
    const { bytes, length } = this;
    const at = ipStart('unknown', bytes, 0, length, length);
    if (at === NO_IP || length - at < 6) return 0;
    if (bytes[at]! >> 4 === 6) return u16(bytes, at + 4) === 0 ? 0 : at + 40 + u16(bytes, at + 4);
    return u16(bytes, at + 2) === 0 ? 0 : at + u16(bytes, at + 2);
  }
}
