import { concat } from '../../codec/bytes/byte-collector.js';
import { areMessages } from '../../codec/resync/plausible.js';
import { exactPackets, LEAST_PACKET, packetAt } from '../packets/exact-packets.js';
import type { SourceEvent } from '../bytes/types.js';

/** Bytes that are held while they may be packets. */
const MOST_HELD = 256 * 1024;
const NONE = new Uint8Array(0);

/** Of fewer bytes than show it, whole messages are none: they are not kept waiting. */
const mayBePacket = (bytes: Uint8Array): boolean =>
  bytes.length < LEAST_PACKET ? !areMessages(bytes) : packetAt(bytes, 0) !== undefined;

/** Bytes that were spelled out may be packets: then they are given as such. As long as that may be, they are held. */
export class PacketsInHex {
  /** Undefined: it is settled that they are none. */
  private held: Uint8Array | undefined = NONE;

  /** The events to hand on instead. */
  take(events: SourceEvent[]): SourceEvent[] {
    if (this.held === undefined) return events;
    return events.flatMap((event) => this.takeOne(event));
  }

  end(): SourceEvent[] {
    const { held } = this;
    const packets = held === undefined ? undefined : exactPackets(held);
    if (packets === undefined) return this.giveUp();
    this.held = undefined;
    return packets.map((packet) => ({ type: 'packet', packet: { ...packet, isPasted: true } }));
  }

  private takeOne(event: SourceEvent): SourceEvent[] {
    const { held } = this;
    if (held === undefined) return [event];
    if (event.type !== 'bytes' || event.side !== undefined) return [...this.giveUp(), event];
    const { bytes } = event;
    this.held = held.length === 0 ? bytes : concat([held, bytes]);
    const isSettled = held.length >= LEAST_PACKET;
    return this.held.length > MOST_HELD || (!isSettled && !mayBePacket(this.held)) ? this.giveUp() : [];
  }

  private giveUp(): SourceEvent[] {
    const { held } = this;
    this.held = undefined;
    return held === undefined || held.length === 0 ? [] : [{ type: 'bytes', bytes: held }];
  }
}
