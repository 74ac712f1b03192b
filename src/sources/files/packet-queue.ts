import type { CapturedPacket } from './pcapng-writer.js';

/** Bytes of packets that wait until it is known whether they are wanted. */
const MOST_WAITING = 64 * 1024 * 1024;
/** About what one takes beside its bytes. */
const PACKET_COST = 200;

/** Whether the packets of a connection are wanted; undefined: it is not known yet. The same function for all of them. */
export type PacketChoice = () => boolean | undefined;

interface WaitingPacket {
  readonly packet: CapturedPacket;
  /** Undefined: a fragment of a datagram that is not whole yet. */
  wanted: PacketChoice | undefined;
  readonly fragment: string | undefined;
}

/** Packets in their order, those of connections that are wanted: what is not known yet holds up what follows it. */
export class PacketQueue {
  /** Connections that may be wanted, and of which packets were given up for lack of memory. */
  private readonly lost = new Set<PacketChoice>();
  private waiting: WaitingPacket[] = [];
  private first = 0;
  private size = 0;

  constructor(
    private readonly emit: (packet: CapturedPacket) => void,
    private readonly most = MOST_WAITING,
  ) {}

  /** The bytes are copied where they have to wait. */
  add(packet: CapturedPacket, wanted: PacketChoice | undefined, fragment?: string): void {
    if (wanted !== undefined && fragment !== undefined) this.complete(fragment, wanted);
    this.release();
    const isWanted = wanted?.();
    if (isWanted === false) return;
    if (isWanted === true && this.first === this.waiting.length) return this.emit(packet);
    this.waiting.push({ packet: { ...packet, bytes: packet.bytes.slice() }, wanted, fragment });
    this.size += packet.bytes.length + PACKET_COST;
    while (this.size > this.most) this.giveUp();
  }

  /** The number of wanted connections that are not whole. */
  get incomplete(): number {
    return [...this.lost].filter((wanted) => wanted() === true).length;
  }

  /** What is still not known is not wanted. */
  end(): void {
    for (; this.first < this.waiting.length; this.first++) {
      const { packet, wanted } = this.waiting[this.first]!;
      if (wanted?.() === true) this.emit(packet);
    }
    this.waiting = [];
    this.first = 0;
  }

  private complete(fragment: string, wanted: PacketChoice): void {
    for (let at = this.first; at < this.waiting.length; at++) {
      const each = this.waiting[at]!;
      if (each.wanted === undefined && each.fragment === fragment) each.wanted = wanted;
    }
  }

  private release(): void {
    for (; this.first < this.waiting.length; this.first++) {
      const { packet, wanted } = this.waiting[this.first]!;
      const isWanted = wanted?.();
      if (isWanted === undefined) break;
      if (isWanted) this.emit(packet);
      this.size -= packet.bytes.length + PACKET_COST;
    }
    if (this.first < 1024 || this.first * 2 < this.waiting.length) return;
    this.waiting = this.waiting.slice(this.first);
    this.first = 0;
  }

  /** The first, which holds up the others. */
  private giveUp(): void {
    const { packet, wanted } = this.waiting[this.first++]!;
    this.size -= packet.bytes.length + PACKET_COST;
    if (wanted !== undefined) this.lost.add(wanted);
    this.release();
  }
}
