import type { Direction } from '../../../codec/messages/records.js';
import type { AppAnswer, AppPacket } from '../../packet.js';
import type { RULES } from './rules.js';
import { AmqpDescribed } from './values.js';

export type AmqpFields = Readonly<Record<string, unknown>>;
export type AmqpBreak = (rule: keyof typeof RULES, args?: Readonly<Record<string, string | number>>) => void;

/** A link as both sides have it. */
interface AmqpLink {
  readonly name: string;
  /** Deliveries of the sender. */
  count: number;
  /** The count that the credit allows at most; undefined: not known. */
  limit: number | undefined;
  /** A delivery is not complete. */
  hasMore: boolean;
  hasSender: boolean;
}

/** A session as one side has it. */
interface AmqpSession {
  /** The same for both sides. */
  readonly number: number;
  readonly handles: Map<number, AmqpLink>;
  lastDelivery: number | undefined;
}

class AmqpSide {
  readonly sessions = new Map<number, AmqpSession>();
  readonly headers = new Set<number>();
  /** What the other side may send it. */
  maxFrameSize = Infinity;
  hasOpened = false;
  hasClosed = false;
}

const OTHER: Readonly<Record<Direction, Direction>> = { client: 'server', server: 'client', unknown: 'unknown' };
/** Channels have 16 bits; links are bounded over all sessions. */
const MOST_LINKS = 10_000;
const MOST_ANSWERS = 1000;

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** The rules that hold between frames, and which frame answers which. */
export class AmqpState {
  private readonly sides = { client: new AmqpSide(), server: new AmqpSide(), unknown: new AmqpSide() };
  private readonly links = new Map<string, AmqpLink>();
  /** Calls that wait for the same performative of the other side. */
  private readonly waiting = new Set<string>();
  private sessions = 0;
  private hasOutcome = false;

  /** `isPartial`: frames were not seen. */
  constructor(private isPartial: boolean) {}

  lost(): void {
    this.isPartial = true;
  }

  maxFrameSize(direction: Direction): number {
    return this.sides[OTHER[direction]].maxFrameSize;
  }

  hasClosed(direction: Direction): boolean {
    return this.sides[direction].hasClosed;
  }

  header(id: number, direction: Direction, fault: AmqpBreak): void {
    const { headers } = this.sides[direction];
    if (headers.has(id)) fault('header-twice', { id });
    headers.add(id);
  }

  sasl(type: string, fault: AmqpBreak): void {
    if (this.hasOutcome) fault('after-outcome', { type });
    this.hasOutcome ||= type === 'sasl_outcome';
  }

  take(
    type: string,
    fields: AmqpFields,
    channel: number,
    direction: Direction,
    fault: AmqpBreak,
  ): Pick<AppPacket, 'asks' | 'answers'> {
    const side = this.sides[direction];
    if (type === 'open') {
      side.hasOpened = true;
      side.maxFrameSize = Math.max(512, numberOf(fields['max-frame-size']) ?? Infinity);
      return this.mutual('open', direction);
    }
    if (!side.hasOpened && !this.isPartial) fault('before-open', { type });
    if (type === 'close') {
      side.hasClosed = true;
      return this.mutual('close', direction);
    }
    if (type === 'begin') return this.begin(fields, channel, direction);
    const session = side.sessions.get(channel);
    if (session === undefined) {
      if (!this.isPartial) fault('channel', { type, channel });
      return {};
    }
    if (type === 'end') {
      side.sessions.delete(channel);
      return this.mutual(`end ${session.number}`, direction);
    }
    if (type === 'attach') return this.attach(fields, session, direction);
    if (type === 'disposition') return dispositionOf(fields, session);
    return this.onLink(type, fields, session, direction, fault);
  }

  private begin(fields: AmqpFields, channel: number, direction: Direction): Pick<AppPacket, 'asks' | 'answers'> {
    const remote = numberOf(fields['remote-channel']);
    const { sessions } = this.sides[direction];
    const theirs = remote === undefined ? undefined : this.sides[OTHER[direction]].sessions.get(remote);
    const number = theirs?.number ?? this.sessions++;
    sessions.set(channel, { number, handles: new Map(), lastDelivery: undefined });
    return remote === undefined ? { asks: `begin ${number}` } : { answers: [{ key: `begin ${number}` }] };
  }

  private attach(fields: AmqpFields, session: AmqpSession, direction: Direction): Pick<AppPacket, 'asks' | 'answers'> {
    const { name, role, handle } = fields;
    if (typeof name !== 'string' || typeof handle !== 'number') return {};
    const isReceiver = role === true;
    const key = `${isReceiver ? OTHER[direction] : direction} ${name}`;
    let link = this.links.get(key);
    if (link === undefined) {
      link = { name: key, count: 0, limit: 0, hasMore: false, hasSender: false };
      if (this.links.size < MOST_LINKS) this.links.set(key, link);
      else link.limit = undefined;
    }
    if (!isReceiver) {
      link.count = numberOf(fields['initial-delivery-count']) ?? 0;
      link.hasMore = false;
      // Credit that was given before counts from here; of a link that is attached again it is not known.
      link.limit = link.hasSender || link.limit === undefined ? undefined : link.limit + link.count;
      link.hasSender = true;
    }
    session.handles.set(handle, link);
    return this.mutual(`attach ${key}`, direction);
  }

  /** Flow, transfer and detach name the link by its handle. */
  private onLink(
    type: string,
    fields: AmqpFields,
    session: AmqpSession,
    direction: Direction,
    fault: AmqpBreak,
  ): Pick<AppPacket, 'asks' | 'answers'> {
    const handle = numberOf(fields['handle']);
    if (handle === undefined) return {};
    const link = session.handles.get(handle);
    if (link === undefined) {
      if (!this.isPartial) fault('handle', { type, handle });
      return {};
    }
    if (type === 'flow') flow(fields, link, direction);
    if (type === 'transfer') return this.transfer(fields, session, link, fault);
    if (type !== 'detach') return {};
    session.handles.delete(handle);
    const call = this.mutual(`detach ${link.name}`, direction);
    if (call.answers) this.links.delete(link.name);
    return call;
  }

  private transfer(
    fields: AmqpFields,
    session: AmqpSession,
    link: AmqpLink,
    fault: AmqpBreak,
  ): Pick<AppPacket, 'asks' | 'answers'> {
    const isFirst = !link.hasMore;
    link.hasMore = fields['more'] === true && fields['aborted'] !== true;
    if (!isFirst) return {};
    const id = numberOf(fields['delivery-id']);
    if (!this.isPartial) {
      if (link.limit !== undefined && link.count >= link.limit) fault('credit');
      if (id === undefined) fault('missing-field', { type: 'transfer', field: 'delivery-id' });
      if (fields['delivery-tag'] === undefined) fault('missing-field', { type: 'transfer', field: 'delivery-tag' });
      const { lastDelivery: last } = session;
      if (id !== undefined && last !== undefined && id !== (last + 1) >>> 0) fault('delivery-id', { id, last });
    }
    link.count++;
    if (id === undefined) return {};
    session.lastDelivery = id;
    return fields['settled'] === true ? {} : { asks: `delivery ${session.number} ${id}` };
  }

  /** Each side sends it: the second one answers the first. */
  private mutual(key: string, direction: Direction): Pick<AppPacket, 'asks' | 'answers'> {
    const theirs = `${OTHER[direction]} ${key}`;
    if (this.waiting.delete(theirs)) return { answers: [{ key }] };
    if (this.waiting.size < MOST_LINKS) this.waiting.add(`${direction} ${key}`);
    return { asks: key };
  }
}

/** The receiver gives credit from a count on; a sender that drains passes over its credit. */
function flow(fields: AmqpFields, link: AmqpLink, direction: Direction): void {
  const isSender = link.name.startsWith(`${direction} `);
  const count = numberOf(fields['delivery-count']);
  if (isSender) {
    link.count = count ?? link.count;
    return;
  }
  const credit = numberOf(fields['link-credit']);
  // What was given may be used until a smaller credit arrives: the largest one counts.
  if (credit !== undefined && link.limit !== undefined)
    link.limit = Math.max(link.limit, (count ?? link.count) + credit);
}

/** Settles deliveries of the other side, or of one's own. */
function dispositionOf({ role, first, last, settled }: AmqpFields, session: AmqpSession): Pick<AppPacket, 'answers'> {
  if (typeof first !== 'number') return {};
  const end = Math.min(numberOf(last) ?? first, first + MOST_ANSWERS);
  const isOwn = role === false;
  if (isOwn && settled !== true) return {};
  const answers: AppAnswer[] = [];
  for (let id = first; id <= end; id++)
    answers.push({ key: `delivery ${session.number} ${id}`, isLast: settled === true, ...(isOwn && { isOwn }) });
  return { answers };
}

/** Whether it says that something failed. */
export function isAmqpFailure(type: string, fields: AmqpFields): boolean {
  if (type === 'sasl_outcome') return fields['code'] !== 0;
  const { state, error } = fields;
  return (state instanceof AmqpDescribed && state.descriptor === 0x25) || (error !== undefined && error !== null);
}
