import type { AppPacket, PlacedPacket } from '../../apps/packet.js';
import type { Direction } from '../../codec/messages/records.js';

/** Calls that wait for a reply; older ones are forgotten. */
const MOST_OPEN = 10_000;

/** A call that waits. */
export interface OpenCall {
  readonly index: number;
  readonly time: number;
  readonly protocol: string;
  readonly type: string;
  readonly name?: string | undefined;
}

interface AnsweredCall {
  readonly call: OpenCall;
  readonly isOwn: boolean;
}

const OTHER: Readonly<Record<Direction, Direction>> = { client: 'server', server: 'client', unknown: 'unknown' };

/** Numbers the packets of a conversation, and finds the call of each reply: by the direction of the call and its key. */
export class CallPairing {
  private readonly next: Record<Direction, number> = { client: 0, server: 0, unknown: 0 };
  private readonly open = new Map<string, OpenCall>();

  constructor(private readonly severity: PlacedPacket['severity']) {}

  /** Calls without a reply so far. */
  get waiting(): Iterable<OpenCall> {
    return this.open.values();
  }

  place(packet: AppPacket, direction: Direction, time: number): PlacedPacket {
    const index = this.next[direction]++;
    const found = this.answered(packet, direction);
    const { asks, protocol, type, name } = packet;
    if (asks !== undefined) this.ask(`${direction} ${asks}`, { index, time, protocol, type, name });
    const latency = found === undefined || found.isOwn ? NaN : time - found.call.time;
    return {
      ...packet,
      index,
      direction,
      severity: this.severity,
      ...(found && { replyTo: found.call.index, ...(found.isOwn && { endsOwn: true }) }),
      ...(!Number.isNaN(latency) && { latency: Math.max(0, Math.round(latency * 1e6) / 1e6) }),
    };
  }

  private ask(key: string, call: OpenCall): void {
    // A key that is used again is the newer call's.
    this.open.delete(key);
    this.open.set(key, call);
    if (this.open.size <= MOST_OPEN) return;
    for (const oldest of this.open.keys()) {
      this.open.delete(oldest);
      return;
    }
  }

  private answered({ answers = [] }: AppPacket, direction: Direction): AnsweredCall | undefined {
    let found: AnsweredCall | undefined;
    for (const { key, isLast = true, isOwn = false } of answers) {
      const full = `${isOwn ? direction : OTHER[direction]} ${key}`;
      const call = this.open.get(full);
      if (call === undefined) continue;
      found ??= { call, isOwn };
      if (isLast) this.open.delete(full);
    }
    return found;
  }
}
