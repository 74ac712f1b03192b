import type { Direction } from '../../../codec/messages/records.js';
import type { AppDiagnostic, AppPacket } from '../../packet.js';
import type { HubMessage } from './messages.js';
import { broken, LAST_COUNTED, TYPES } from './rules.js';

/** An invocation of one side, or a stream that it sends. */
type SignalrKind = 'Invocation' | 'StreamInvocation' | 'upload' | 'completed';

const MOST_IDS = 10_000;

/** The ids of one side. */
class SignalrSide {
  readonly ids = new Map<string, SignalrKind>();
  /** All of what it has sent was seen. */
  isWhole: boolean;
  sent = 0;

  constructor(isWhole: boolean) {
    this.isWhole = isWhole;
  }

  add(id: string, kind: SignalrKind): void {
    this.ids.delete(id);
    this.ids.set(id, kind);
    if (this.ids.size <= MOST_IDS) return;
    this.isWhole = false;
    for (const oldest of this.ids.keys()) {
      this.ids.delete(oldest);
      return;
    }
  }
}

const OTHER: Readonly<Record<Direction, Direction>> = { client: 'server', server: 'client', unknown: 'unknown' };

type Fault = (rule: Parameters<typeof broken>[0], args?: AppDiagnostic['args']) => void;
type Calls = Pick<AppPacket, 'asks' | 'answers'>;

/** The rules and calls that hold between the hub messages of a connection. */
export class SignalrSession {
  private readonly sides: Record<Direction, SignalrSide>;

  constructor(isJoined: boolean) {
    this.sides = {
      client: new SignalrSide(!isJoined),
      server: new SignalrSide(!isJoined),
      unknown: new SignalrSide(false),
    };
  }

  /** Messages of that side were not seen. */
  lost(direction: Direction): void {
    this.sides[direction].isWhole = false;
  }

  /** Before this connection there was another: ids are of both. */
  continued(): void {
    for (const side of Object.values(this.sides)) side.isWhole = false;
  }

  take(
    message: HubMessage,
    direction: Direction,
  ): { readonly diagnostics: readonly AppDiagnostic[]; readonly calls: Calls } {
    const diagnostics: AppDiagnostic[] = [];
    const fault: Fault = (rule, args) => diagnostics.push(broken(rule, { start: 0, end: message.bytes.length }, args));
    const { type = 0, members } = message;
    if (type <= LAST_COUNTED) this.sides[direction].sent += 1;
    if (type === 8) this.acknowledged(members['sequenceId'], direction, fault);
    if (type === 9) this.continued();
    if (type === 1 || type === 4) this.uploads(members, this.sides[direction]);
    const id = members['invocationId'];
    return { diagnostics, calls: typeof id === 'string' ? this.ofId(type, id, direction, fault) : {} };
  }

  private ofId(type: number, id: string, direction: Direction, fault: Fault): Calls {
    const own = this.sides[direction];
    switch (type) {
      case 1:
      case 4:
        if (own.ids.has(id)) fault('id-in-use', { side: direction, id: id.slice(0, 100) });
        own.add(id, type === 1 ? 'Invocation' : 'StreamInvocation');
        return { asks: `id ${id}` };
      case 2:
      case 3:
        return this.reply(type, id, direction, fault);
      case 5:
        if (own.isWhole && !own.ids.has(id)) fault('unknown-id', { type: TYPES[5]!.name, id: id.slice(0, 100) });
        return { answers: [{ key: `id ${id}`, isLast: false, isOwn: true }] };
      default:
        return {};
    }
  }

  private uploads({ streamIds }: HubMessage['members'], own: SignalrSide): void {
    if (!Array.isArray(streamIds)) return;
    for (const stream of streamIds.slice(0, 100)) if (typeof stream === 'string') own.add(stream, 'upload');
  }

  /** An item or the end: of a stream that the sender has named, or in reply to a call of the other side. */
  private reply(type: 2 | 3, id: string, direction: Direction, fault: Fault): Calls {
    const own = this.sides[direction];
    const isEnd = type === 3;
    if (own.ids.get(id) === 'upload') {
      if (isEnd) own.ids.delete(id);
      return {};
    }
    const other = this.sides[OTHER[direction]];
    const kind = other.ids.get(id);
    const args = { type: TYPES[type]!.name, id: id.slice(0, 100) };
    // What the sender itself has named may be a stream whose naming was not seen.
    if (kind === undefined && other.isWhole && own.isWhole) fault('unknown-id', args);
    else if (kind === 'completed') fault('after-completion', args);
    else if (kind === 'Invocation' && !isEnd) fault('item-of-invocation', args);
    if (isEnd && kind !== undefined) other.add(id, 'completed');
    return { answers: [{ key: `id ${id}`, isLast: isEnd }] };
  }

  private acknowledged(number: unknown, direction: Direction, fault: Fault): void {
    const { sent, isWhole } = this.sides[OTHER[direction]];
    if (isWhole && typeof number === 'number' && number > sent) fault('ack-ahead', { number, sent });
  }
}
