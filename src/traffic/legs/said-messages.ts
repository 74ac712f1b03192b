import { OPCODE } from '../../codec/frames/registry.js';
import type { JudgedFrame } from '../judged.js';

/** What the first messages of a connection say, and when (seconds since the epoch), by sender. */
export interface SaidMessages {
  /** The same for connections that carry the same messages, whatever their masks, fragments and compression. */
  readonly digest: string;
  readonly client: readonly number[];
  readonly server: readonly number[];
}

/** Messages of each direction that are looked at, and bytes of each. */
const MOST_MESSAGES = 32;
const LOOKED_AT = 32;
const FNV_PRIME = 0x01000193;

class SaidLane {
  readonly times: number[] = [];
  /** Two digests (FNV-1a) from different beginnings. */
  private low = 0x811c9dc5;
  private high = 0x1b873593;

  take(time: number, opcode: number, length: number, payload: Uint8Array): void {
    this.times.push(time);
    this.number(opcode);
    this.number(length);
    const end = Math.min(LOOKED_AT, payload.length);
    for (let at = 0; at < end; at++) this.byte(payload[at]!);
  }

  get digest(): string {
    return [this.times.length, this.low >>> 0, this.high >>> 0].map((part) => part.toString(36)).join('.');
  }

  private number(value: number): void {
    for (let shift = 0; shift < 32; shift += 8) this.byte((value >>> shift) & 0xff);
  }

  private byte(value: number): void {
    this.low = Math.imul(this.low ^ value, FNV_PRIME);
    this.high = Math.imul(this.high ^ value, FNV_PRIME);
  }
}

/** Follows the first messages of a connection. After them a frame costs one comparison. */
export class SaidMessagesWatch {
  private readonly lanes = { client: new SaidLane(), server: new SaidLane() };
  /** A message was not seen whole. */
  private isBlind = false;

  frame(record: JudgedFrame): void {
    const { direction } = record;
    if (direction === 'unknown') return;
    const lane = this.lanes[direction];
    if (lane.times.length < MOST_MESSAGES && !this.isBlind) this.look(lane, record);
  }

  /** Undefined where too little is known of it. */
  said(): SaidMessages | undefined {
    const { client, server } = this.lanes;
    if (this.isBlind || client.times.length + server.times.length === 0) return undefined;
    return { digest: `${client.digest}-${server.digest}`, client: client.times, server: server.times };
  }

  private look(lane: SaidLane, { frame, time = NaN }: JudgedFrame): void {
    const { header, place, compressed, missing, received, payload } = frame;
    if (header.opcode >= OPCODE.close) return;
    if (header.fin && place === 'first' && !compressed && missing === 0)
      return this.message(lane, time, header.opcode, received, payload);
    const { message } = frame;
    if (message !== undefined) this.message(lane, time, message.opcode, message.bytes, message.payload);
    else if (header.fin) this.isBlind = true;
  }

  private message(lane: SaidLane, time: number, opcode: number, length: number | undefined, payload: Uint8Array): void {
    this.isBlind = length === undefined || payload.length < Math.min(LOOKED_AT, length) || Number.isNaN(time);
    if (!this.isBlind) lane.take(time, opcode, length!, payload);
  }
}
