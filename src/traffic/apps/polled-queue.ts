import type { PlacedPacket } from '../../apps/packet.js';
import type { Direction } from '../../codec/messages/records.js';

/** Packets that wait, and bytes of them. */
const MOST = { packets: 10_000, bytes: 1024 * 1024 };

/** What came by HTTP long-polling, and waits for the next message of its direction. */
export class PolledQueue {
  private waiting: PlacedPacket[] = [];
  private bytes = 0;

  /** Whether there is room for a packet of that length. */
  hasRoom(length: number): boolean {
    return this.waiting.length < MOST.packets && this.bytes + length <= MOST.bytes;
  }

  add(packet: PlacedPacket): void {
    this.waiting.push(packet);
    this.bytes += packet.bytes.length;
  }

  /** Those of that direction: they wait no longer. */
  take(direction: Direction): readonly PlacedPacket[] {
    if (this.waiting.length === 0) return this.waiting;
    const taken = this.waiting.filter((packet) => packet.direction === direction);
    this.waiting = this.waiting.filter((packet) => packet.direction !== direction);
    for (const { bytes } of taken) this.bytes -= bytes.length;
    return taken;
  }
}
