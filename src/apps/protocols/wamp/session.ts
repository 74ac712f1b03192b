import type { Span } from '../../../codec/bytes/span.js';
import type { Direction } from '../../../codec/messages/records.js';
import { isObject, isWhole } from '../../forms/kinds.js';
import { KnownCalls } from '../../known-calls.js';
import type { AppDiagnostic, AppPacket } from '../../packet.js';
import { MESSAGES, REPLIES, REQUESTS, type MessageRow } from './messages.js';
import { broken } from './rules.js';

/** A message whose type is known, with the items after it. */
export interface WampWords {
  readonly row: MessageRow;
  readonly items: readonly unknown[];
  readonly direction: Direction;
}

type Id = number | bigint;
const MOST_NAMES = 10_000;

/** A request that waits. */
interface Request {
  readonly type: string;
  readonly name: string;
}

/** A session: who said HELLO and GOODBYE, which requests wait, and which topics are subscribed. */
export class WampSession {
  private readonly requests: KnownCalls<Request>;
  /** Subscriptions and registrations of the client, with their URIs. */
  private readonly topics = new Map<Id, string>();
  private readonly procedures = new Map<Id, string>();
  /** Calls whose arguments come in parts: each part has the call's id. */
  private readonly inParts = new Set<Id>();
  private isBegun = false;
  private readonly goodbyes = new Set<Direction>();
  private lastRequest: Id | undefined = 0;

  constructor(private isPartial: boolean) {
    this.requests = new KnownCalls(isPartial);
    if (isPartial) this.lastRequest = undefined;
  }

  lost(): void {
    this.isPartial = true;
    this.requests.lost();
    this.lastRequest = undefined;
    this.goodbyes.clear();
  }

  /** What the message calls, and answers. Before `judge`, which takes it in. */
  links(said: WampWords): Pick<AppPacket, 'asks' | 'answers'> {
    const { row, items, direction } = said;
    const [first, second] = items;
    switch (row.name) {
      case 'HELLO':
        return { asks: 'hello' };
      case 'WELCOME':
        return { answers: [{ key: 'hello' }] };
      case 'ABORT':
        return direction === 'client' ? {} : { answers: [{ key: 'hello' }] };
      case 'CHALLENGE':
        return { asks: 'challenge', answers: [{ key: 'hello', isLast: false }] };
      case 'AUTHENTICATE':
        return { answers: [{ key: 'challenge' }] };
      case 'GOODBYE':
        return [...this.goodbyes].some((side) => side !== direction)
          ? { answers: [{ key: 'goodbye' }] }
          : { asks: 'goodbye' };
      case 'ERROR':
        return { answers: [{ key: `request ${String(second)}` }] };
      case 'CANCEL':
      case 'INTERRUPT':
        return { answers: [{ key: `request ${String(first)}`, isOwn: true, isLast: false }] };
      default:
        if (REQUESTS.has(row.name)) return isAnswered(said) ? { asks: `request ${String(first)}` } : {};
        return row.name in REPLIES ? { answers: [{ key: `request ${String(first)}`, isLast: !isProgress(said) }] } : {};
    }
  }

  /** SUBSCRIBED has the id of the subscription, which UNSUBSCRIBE names. Before `judge`. */
  subscriptions({ row, items, direction }: WampWords): AppPacket['subscriptions'] {
    const key = String(items[1]);
    if (row.name === 'UNSUBSCRIBE') return [{ key }];
    if (row.name !== 'SUBSCRIBED') return undefined;
    const request = this.requests.find(direction, `request ${String(items[0])}`);
    return request && [{ key, topic: request.name }];
  }

  /** The URI of what the message is about, where an id stands for it. */
  nameOf({ row, items }: WampWords): string | undefined {
    if (row.name === 'EVENT') return this.topics.get(items[0] as Id);
    return row.name === 'INVOCATION' ? this.procedures.get(items[1] as Id) : undefined;
  }

  /** The rules that depend on what came before. */
  judge(said: WampWords, span: Span): AppDiagnostic[] {
    const { row, items, direction } = said;
    const faults = this.order(said, span);
    const id = items[row.name === 'ERROR' ? 1 : 0];
    if (row.name === 'EVENT') return [...faults, ...this.event(id, span)];
    if (!isWhole(id)) return faults;
    if (REQUESTS.has(row.name)) return [...faults, ...this.request(said, id, span)];
    if (row.name === 'ERROR' || row.name in REPLIES) return [...faults, ...this.reply(said, id, direction, span)];
    return faults;
  }

  private order({ row, direction }: WampWords, span: Span): AppDiagnostic[] {
    const { name: type } = row;
    const wasBegun = this.isBegun;
    if (type === 'HELLO') {
      this.isBegun = true;
      if (this.goodbyes.size > 0) this.lastRequest = 0;
      this.goodbyes.clear();
      return [];
    }
    const isLate = this.goodbyes.has(direction) && type !== 'ABORT';
    if (type === 'GOODBYE') this.goodbyes.add(direction);
    if (isLate) return [broken('after-goodbye', span, { type })];
    if (wasBegun || this.isPartial || direction !== 'client' || type === 'ABORT') return [];
    this.isBegun = true;
    return [broken('first-message', span, { type })];
  }

  private request(said: WampWords, id: Id, span: Span): AppDiagnostic[] {
    const { row, items, direction } = said;
    const type = row.name;
    const uri = items.find((_, i) => row.items[i]?.[1] === 'uri');
    const name = typeof uri === 'string' ? uri : '';
    const key = `request ${id}`;
    const isMore = type === 'CALL' && this.inParts.has(id);
    if (type === 'CALL' && hasFlag(items[1], 'progress') && this.inParts.size < MOST_NAMES) this.inParts.add(id);
    if (isAnswered(said) && !isMore) this.requests.ask(direction, key, { type, name });
    return direction === 'client' && !isMore ? this.count(type, id, span) : [];
  }

  private count(type: string, id: Id, span: Span): AppDiagnostic[] {
    const { lastRequest } = this;
    this.lastRequest = id;
    const expected = lastRequest === undefined ? undefined : Number(lastRequest) + 1;
    if (expected === undefined || Number(id) === expected) return [];
    return [broken('request-id', span, { type, id: String(id), expected })];
  }

  private reply(said: WampWords, id: Id, direction: Direction, span: Span): AppDiagnostic[] {
    const { row, items } = said;
    const type = row.name;
    // With 0 a router takes a subscription or a registration back.
    if (Number(id) === 0) return [];
    const key = `request ${id}`;
    const request = this.requests.find(direction, key);
    const isLast = !isProgress(said);
    const isKnown = this.requests.answer(direction, key, isLast);
    if (request === undefined) return isKnown ? [] : [broken('unknown-id', span, { type, id: String(id) })];
    const asked = type === 'ERROR' ? MESSAGES.get(items[0])?.name : REPLIES[type];
    if (asked !== request.type)
      return [
        broken('reply-type', span, {
          type: type === 'ERROR' ? `ERROR of ${asked ?? '?'}` : type,
          request: request.type,
          id: String(id),
        }),
      ];
    this.settle(type, request, items[1]);
    return [];
  }

  private settle(type: string, { name }: Request, given: unknown): void {
    if (!isWhole(given)) return;
    if (type === 'SUBSCRIBED' && this.topics.size < MOST_NAMES) this.topics.set(given, name);
    if (type === 'REGISTERED' && this.procedures.size < MOST_NAMES) this.procedures.set(given, name);
  }

  private event(id: unknown, span: Span): AppDiagnostic[] {
    const isKnown = !isWhole(id) || this.topics.has(id) || this.isPartial || this.topics.size >= MOST_NAMES;
    return isKnown ? [] : [broken('no-subscription', span, { id: String(id) })];
  }
}

const hasFlag = (value: unknown, flag: string): boolean => isObject(value) && value[flag] === true;

/** A PUBLISH is answered where it asks for that. */
const isAnswered = ({ row, items }: WampWords): boolean => row.name !== 'PUBLISH' || hasFlag(items[1], 'acknowledge');

/** RESULT has it in its details, YIELD in its options: both are the second item. */
const isProgress = ({ row, items }: WampWords): boolean =>
  (row.name === 'RESULT' || row.name === 'YIELD') && hasFlag(items[1], 'progress');
