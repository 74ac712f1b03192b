import type { Direction } from '../../../codec/messages/records.js';
import type { AppDiagnostic, AppPacket } from '../../packet.js';
import type { ControlLine } from './operations.js';
import { broken } from './rules.js';

const MOST_SUBSCRIPTIONS = 100_000;

interface Subscription {
  received: number;
  /** Of an UNSUB: messages that it allows, and the PING whose PONG shows that the server has read it. */
  limit?: { readonly most: number; readonly ping: number };
}

/** The rules that hold between operations: order, subscriptions, sizes; and which operation answers which. */
export class NatsState {
  private readonly subscriptions = new Map<string, Subscription>();
  private readonly hasSent: Record<Direction, boolean> = { client: false, server: false, unknown: false };
  private readonly pings: Record<Direction, number> = { client: 0, server: 0, unknown: 0 };
  private readonly pongs: Record<Direction, number> = { client: 0, server: 0, unknown: 0 };
  private maxPayload = Infinity;

  /** `isPartial`: operations were not seen, so nothing is said of what there was before. */
  constructor(private isPartial: boolean) {}

  lost(): void {
    this.isPartial = true;
  }

  info(options: Readonly<Record<string, unknown>>): void {
    if (typeof options['max_payload'] === 'number') this.maxPayload = options['max_payload'];
  }

  take({ type, args }: ControlLine, size: number, direction: Direction, length: number): AppDiagnostic[] {
    const span = { start: 0, end: length };
    const found: AppDiagnostic[] = [];
    const first = { client: 'CONNECT', server: 'INFO', unknown: type }[direction];
    if (!this.hasSent[direction] && type !== first && !this.isPartial)
      found.push(broken('first-operation', span, { side: direction, type }));
    this.hasSent[direction] = true;
    if (direction === 'client' && size > this.maxPayload)
      found.push(broken('max-payload', span, { type, size, limit: this.maxPayload }));
    if (type === 'SUB' || type === 'UNSUB') this.subscribe(args);
    const { sid } = args;
    if ((type === 'MSG' || type === 'HMSG') && sid !== undefined && !this.isPartial) {
      const rule = this.delivered(sid);
      if (rule !== undefined) found.push(broken(rule, span, { type, sid }));
    }
    return found;
  }

  private subscribe({ sid, subject, max }: ControlLine['args']): void {
    if (sid === undefined) return;
    const known = this.subscriptions.get(sid);
    if (subject === undefined) {
      if (known) known.limit = { most: max === undefined ? 0 : Number(max), ping: this.pings.client };
    } else if (known === undefined || known.limit !== undefined) {
      if (this.subscriptions.size < MOST_SUBSCRIPTIONS) this.subscriptions.set(sid, { received: 0 });
      else this.isPartial = true;
    }
  }

  private delivered(sid: string): 'unknown-sid' | 'after-unsub' | undefined {
    const known = this.subscriptions.get(sid);
    if (known === undefined) return 'unknown-sid';
    known.received++;
    const { limit } = known;
    // Until a PING after the UNSUB is answered, messages may have been on their way.
    return limit !== undefined && known.received > limit.most && this.pongs.server > limit.ping
      ? 'after-unsub'
      : undefined;
  }

  /** UNSUB has allowed no more messages than came. */
  private isUsedUp(sid: string): boolean {
    const { received = 0, limit } = this.subscriptions.get(sid) ?? {};
    return limit !== undefined && received >= limit.most;
  }

  /** PONGs answer PINGs in their order; a message to the reply subject of a PUB answers that. */
  callOf({ type, args }: ControlLine, direction: Direction): Pick<AppPacket, 'asks' | 'answers' | 'subscriptions'> {
    const { reply, subject, sid = '', max } = args;
    switch (type) {
      case 'SUB':
        return { subscriptions: [{ key: sid, topic: subject }] };
      case 'UNSUB':
        return max === undefined || this.isUsedUp(sid) ? { subscriptions: [{ key: sid }] } : {};
      case 'PING':
        return { asks: `ping ${this.pings[direction]++}` };
      case 'PONG':
        return { answers: [{ key: `ping ${this.pongs[direction]++}` }] };
      case 'PUB':
      case 'HPUB':
        return reply === undefined ? {} : { asks: `reply ${reply}` };
      case 'MSG':
      case 'HMSG':
        return {
          answers: [{ key: `reply ${subject}` }],
          ...(this.isUsedUp(sid) && { subscriptions: [{ key: sid }] }),
        };
      default:
        return {};
    }
  }
}
