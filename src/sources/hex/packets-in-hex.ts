import { exactPackets, LEAST_PACKET, packetAt } from '../packets/exact-packets.js';
import type { SourceEvent } from '../bytes/types.js';

/** Bytes that are held while they may be packets. */
const MOST_HELD = 256 * 1024;
const NONE = new Uint8Array(0);

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
    const isFirst = held.length === 0;
    if (isFirst && (bytes.length < LEAST_PACKET || packetAt(bytes, 0) === undefined)) {
      this.held = undefined;
      return [event];
    }
    const all = new Uint8Array(held.length + bytes.length);
    all.set(held);
    all.set(bytes, held.length);
    this.held = all;
    return all.length > MOST_HELD ? this.giveUp() : [];
  }

  private giveUp(): SourceEvent[] {
    const { held } = this;
    this.held = undefined;
    return held === undefined || held.length === 0 ? [] : [{ type: 'bytes', bytes: held }];
  }
}
