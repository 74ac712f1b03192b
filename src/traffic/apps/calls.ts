import { OTHER_SIDE } from '../../apps/known-calls.js';
import type { AppPacket, PlacedPacket } from '../../apps/packet.js';
import type { Direction } from '../../codec/messages/records.js';

/** Calls that wait for a reply; older ones are forgotten. */
const MOST_OPEN = 10_000;
/** Characters of a key that is kept: calls with longer ones are not paired. */
export const LONGEST_KEY = 500;
const LONGEST_NAME = 200;

/** A call that is not over: it waits for a reply, or for further ones. */
export interface OpenCall {
  readonly index: number;
  readonly time: number;
  readonly protocol: string;
  readonly type: string;
  readonly name?: string | undefined;
  /** Its first reply has come. */
  isAnswered: boolean;
  /** The caller has ended it: no reply is due. */
  isEnded: boolean;
  /** What was lost may have been its reply. */
  isUncertain: boolean;
  /** Without a failure there is no reply. */
  readonly isAnsweredByFailure: boolean;
}

/** The call that a packet answers, or ends. */
export interface FoundCall {
  readonly call: OpenCall;
  readonly isOwn: boolean;
  /** It is the first reply. */
  readonly isFirst: boolean;
}

/** A reply to it is due. */
export function isCall({ asks, isAnsweredByFailure }: AppPacket): boolean {
  return asks !== undefined && isAnsweredByFailure !== true;
}

/** Takes every packet, with the call that it answers. */
export interface CallTaker {
  placed(packet: PlacedPacket, found: FoundCall | undefined): void;
}

/** Numbers the packets of a conversation, and finds the call of each reply: by the direction of the call and its key. */
export class CallPairing {
  private readonly next: Record<Direction, number> = { client: 0, server: 0, unknown: 0 };
  private readonly open = new Map<string, OpenCall>();

  constructor(
    private readonly severity: PlacedPacket['severity'],
    private readonly taker?: CallTaker,
  ) {}

  /** Calls that are not over. */
  get waiting(): Iterable<OpenCall> {
    return this.open.values();
  }

  /** Messages of that direction were lost: they may have been replies. */
  lost(direction: Direction): void {
    for (const [key, call] of this.open) if (key.startsWith(OTHER_SIDE[direction])) call.isUncertain = true;
  }

  place(packet: AppPacket, direction: Direction, time: number): PlacedPacket {
    const index = this.next[direction]++;
    const found = this.answered(packet, direction);
    const replaces = this.ask(packet, direction, index, time);
    const latency = found === undefined || found.isOwn ? NaN : time - found.call.time;
    const placed: PlacedPacket = {
      ...packet,
      index,
      direction,
      severity: this.severity,
      ...(replaces !== undefined && { replaces }),
      ...(found && { replyTo: found.call.index, ...(found.isOwn && { endsOwn: true }) }),
      ...(!Number.isNaN(latency) && { latency: Math.max(0, Math.round(latency * 1e6) / 1e6) }),
    };
    this.taker?.placed(placed, found);
    return placed;
  }

  /** Gives the call whose key is used again before its reply: the key is the newer one's. */
  private ask(packet: AppPacket, direction: Direction, index: number, time: number): number | undefined {
    const { asks, protocol, type, name, isAnsweredByFailure = false } = packet;
    if (asks === undefined || asks.length > LONGEST_KEY) return undefined;
    const key = `${direction} ${asks}`;
    const before = this.open.get(key);
    this.open.delete(key);
    const isNew = { isAnswered: false, isEnded: false, isUncertain: false, isAnsweredByFailure };
    const kept = { index, time, protocol: shortText(protocol), type: shortText(type), name: name && shortText(name) };
    this.open.set(key, { ...kept, ...isNew });
    if (this.open.size > MOST_OPEN) {
      for (const oldest of this.open.keys()) {
        this.open.delete(oldest);
        break;
      }
    }
    return before?.isAnswered === false ? before.index : undefined;
  }

  private answered({ answers = [] }: AppPacket, direction: Direction): FoundCall | undefined {
    let found: FoundCall | undefined;
    for (const { key, isLast = true, isOwn = false } of answers) {
      const full = `${isOwn ? direction : OTHER_SIDE[direction]} ${key}`;
      const call = this.open.get(full);
      if (call === undefined) continue;
      found ??= { call, isOwn, isFirst: !isOwn && !call.isAnswered };
      if (isOwn) call.isEnded = true;
      else call.isAnswered = true;
      if (isLast) this.open.delete(full);
    }
    return found;
  }
}

/** A text that is kept: a copy, as a part of a longer one would keep all of that in memory. */
export function shortText(text: string): string {
  return text.length <= LONGEST_NAME ? text : [...text.slice(0, LONGEST_NAME)].join('');
}
