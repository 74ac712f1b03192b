import { messagePacket, wholeSpan } from '../build-packet.js';
import { jsonText, parseJson } from '../forms/json.js';
import { ruleBook } from '../packet.js';
import type { AppDiagnostic, AppMessage, AppPacket, AppProtocol, AppReader, AppRule } from '../packet.js';
import type { Direction } from '../../codec/messages/records.js';

const NAME = 'pusher';
const SPEC = 'Pusher Channels Protocol 7';

const RULES = {
  json: {
    reference: `${SPEC}, Events`,
    requirement: 'Each message is a JSON object with an event.',
    message: 'the message is no JSON object with an event',
  },
  'before-established': {
    reference: `${SPEC}, Connection Events`,
    requirement: 'The server establishes the connection before other events than errors.',
    message: '{event} before pusher:connection_established',
  },
  'established-data': {
    reference: `${SPEC}, pusher:connection_established`,
    requirement: 'The data of pusher:connection_established is a string that holds JSON with a socket_id.',
    message: 'the data is no string that holds JSON with a socket_id',
  },
  sender: {
    reference: `${SPEC}, Events`,
    requirement: 'An event of the protocol is sent by the side whose event it is.',
    message: '{event} is not an event of the {side}',
  },
  'client-event-name': {
    reference: `${SPEC}, Channel Events (Client)`,
    requirement: 'An event of a client has the prefix "client-".',
    message: '{event} has no prefix "client-"',
  },
  'client-event-channel': {
    reference: `${SPEC}, Channel Events (Client)`,
    requirement: 'A client sends events to private and presence channels.',
    message: '{event} to the channel "{channel}", which is neither private nor presence',
  },
  'not-subscribed': {
    reference: `${SPEC}, Channel Events (Client)`,
    requirement: 'A client sends events to channels that it has subscribed to.',
    message: '{event} to the channel "{channel}", which the client has not subscribed to',
  },
  'auth-missing': {
    reference: `${SPEC}, pusher:subscribe`,
    requirement: 'A subscription of a private or presence channel has auth.',
    message: 'the subscription of "{channel}" has no auth',
  },
  'channel-missing': {
    reference: `${SPEC}, pusher:subscribe`,
    requirement: 'An event for a channel names it.',
    message: '{event} names no channel',
  },
  'unasked-subscription': {
    reference: `${SPEC}, pusher_internal:subscription_succeeded`,
    requirement: 'The server confirms subscriptions that the client has asked for.',
    message: 'the client has not asked for the channel "{channel}"',
  },
  'presence-data': {
    reference: `${SPEC}, Presence Channel Events`,
    requirement: 'The subscription of a presence channel is confirmed with ids, hash and count.',
    message: 'the confirmation has no presence with ids, hash and count',
  },
} as const satisfies Record<string, AppRule>;

const broken = ruleBook(NAME, RULES);
type Fault = (rule: keyof typeof RULES, args?: AppDiagnostic['args']) => void;
type Json = Readonly<Record<string, unknown>>;

const MOST_CHANNELS = 10_000;
/** Events of the protocol that clients send; ping and pong are of both sides. */
const OF_CLIENT = new Set(['pusher:subscribe', 'pusher:unsubscribe', 'pusher:signin']);
const OF_BOTH = new Set(['pusher:ping', 'pusher:pong']);
const IS_CLOSED_CHANNEL = /^(?:private|presence)-/;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The data of an event: JSON in a string, plain text, or an object. */
function holds(data: unknown): unknown {
  if (typeof data !== 'string') return data;
  return (parseJson(new TextEncoder().encode(data)) ?? { value: data }).value;
}

/** An event, and the channel that it is for. */
interface Event {
  readonly event: string;
  readonly channel?: string;
  readonly data: unknown;
  /** As it is on the wire. */
  readonly raw: unknown;
}

class PusherReader implements AppReader {
  private isEstablished: boolean;
  private isWhole: boolean;
  private readonly subscribed = new Set<string>();
  /** Channels that were left: the confirmation may still come. */
  private readonly everAsked = new Set<string>();

  constructor(isJoined: boolean) {
    this.isEstablished = isJoined;
    this.isWhole = !isJoined;
  }

  read(message: AppMessage): readonly AppPacket[] {
    const { direction } = message;
    const diagnostics: AppDiagnostic[] = [];
    const fault: Fault = (rule, args) => diagnostics.push(broken(rule, wholeSpan(message), args));
    const value = parseJson(message.bytes)?.value;
    if (!isObject(value) || typeof value['event'] !== 'string') {
      if (message.bytes.length === message.length) fault('json');
      else this.isWhole = false;
      return [messagePacket(message, { protocol: NAME, type: 'invalid', diagnostics })];
    }
    const said = eventOf(value, value['event']);
    const { event, channel, data } = said;
    const isOwn = /^pusher(?:_internal)?:/.test(event);
    const isClient = direction === 'client';
    if (isOwn && isOfOther(event, direction)) fault('sender', { event: event.slice(0, 100), side: direction });
    else if (isClient) this.ofClient(said, isOwn, fault);
    else this.ofServer(said, fault);
    return [
      messagePacket(message, {
        protocol: NAME,
        type: isOwn ? event : isClient || event.startsWith('client-') ? 'client event' : 'event',
        name: event,
        summary: summaryOf(said),
        payload: { ...(channel !== undefined && { channel }), ...(data !== undefined && { data }) },
        diagnostics,
        ...callOf(said, isClient),
      }),
    ];
  }

  lost(direction: Direction): void {
    if (direction !== 'server') this.isWhole = false;
    if (direction !== 'client') this.isEstablished = true;
  }

  private ofClient({ event, channel, data }: Event, isOwn: boolean, fault: Fault): void {
    if (!this.isEstablished) fault('before-established', { event: event.slice(0, 100) });
    if (event === 'pusher:subscribe' || event === 'pusher:unsubscribe') {
      if (channel === undefined) return fault('channel-missing', { event });
      if (event === 'pusher:unsubscribe') this.subscribed.delete(channel);
      else this.subscribe(channel, data, fault);
      return;
    }
    if (isOwn) return;
    const name = event.slice(0, 100);
    if (!event.startsWith('client-')) fault('client-event-name', { event: name });
    if (channel === undefined) return fault('channel-missing', { event: name });
    const args = { event: name, channel: channel.slice(0, 100) };
    if (!IS_CLOSED_CHANNEL.test(channel)) fault('client-event-channel', args);
    else if (this.isWhole && !this.subscribed.has(channel)) fault('not-subscribed', args);
  }

  private subscribe(channel: string, data: unknown, fault: Fault): void {
    const hasAuth = isObject(data) && typeof data['auth'] === 'string';
    if (IS_CLOSED_CHANNEL.test(channel) && !hasAuth) fault('auth-missing', { channel: channel.slice(0, 100) });
    this.subscribed.add(channel);
    this.everAsked.add(channel);
    if (this.everAsked.size <= MOST_CHANNELS) return;
    this.subscribed.clear();
    this.everAsked.clear();
    this.isWhole = false;
  }

  private ofServer({ event, channel, data, raw }: Event, fault: Fault): void {
    if (event === 'pusher:connection_established') {
      this.isEstablished = true;
      const isRight = typeof raw === 'string' && isObject(data) && typeof data['socket_id'] === 'string';
      if (!isRight) fault('established-data');
      return;
    }
    if (event !== 'pusher:error' && !this.isEstablished) fault('before-established', { event: event.slice(0, 100) });
    if (event !== 'pusher_internal:subscription_succeeded') return;
    if (channel === undefined) return fault('channel-missing', { event });
    // The channel of a user is subscribed by the server.
    const isAsked = !this.isWhole || this.everAsked.has(channel) || channel.startsWith('#');
    if (!isAsked) fault('unasked-subscription', { channel: channel.slice(0, 100) });
    if (channel.startsWith('presence-') && !isPresence(data)) fault('presence-data');
  }
}

function isOfOther(event: string, side: Direction): boolean {
  return side !== 'unknown' && !OF_BOTH.has(event) && OF_CLIENT.has(event) !== (side === 'client');
}

function isPresence(data: unknown): boolean {
  const presence = isObject(data) ? data['presence'] : undefined;
  return (
    isObject(presence) &&
    Array.isArray(presence['ids']) &&
    isObject(presence['hash']) &&
    typeof presence['count'] === 'number'
  );
}

function eventOf(value: Json, event: string): Event {
  const data = holds(value['data']);
  const inData = isObject(data) && event.startsWith('pusher:') ? data['channel'] : undefined;
  const channel = typeof value['channel'] === 'string' ? value['channel'] : inData;
  return { event, ...(typeof channel === 'string' && { channel }), data, raw: value['data'] };
}

function summaryOf({ channel = '', data }: Event): string {
  return [channel, data === undefined ? '' : jsonText(withoutSecrets(data))].filter(Boolean).join(' ');
}

/** `auth` signs, and is not for a line. */
function withoutSecrets(data: unknown): unknown {
  if (!isObject(data) || !('auth' in data)) return data;
  return Object.fromEntries(Object.entries(data).filter(([name]) => name !== 'auth'));
}

function callOf({ event, channel = '' }: Event, isClient: boolean): Partial<AppPacket> {
  switch (event) {
    case 'pusher:subscribe':
      return isClient ? { asks: `subscribe ${channel}` } : {};
    case 'pusher:unsubscribe':
      return isClient ? { subscriptions: [{ key: channel }] } : {};
    case 'pusher:signin':
      return isClient ? { asks: 'signin' } : {};
    case 'pusher:ping':
      return { asks: 'ping' };
    case 'pusher:pong':
      return { answers: [{ key: 'ping' }] };
    case 'pusher:signin_success':
      return { answers: [{ key: 'signin' }] };
    case 'pusher_internal:subscription_succeeded':
      return { answers: [{ key: `subscribe ${channel}` }], subscriptions: [{ key: channel, topic: channel }] };
    case 'pusher:subscription_error':
      return { answers: [{ key: `subscribe ${channel}` }], isError: true };
    case 'pusher:error':
      return { isError: true };
    default:
      return {};
  }
}

export const PUSHER: AppProtocol = {
  name: NAME,
  title: 'Pusher Channels protocol 7',
  rules: RULES,
  open: ({ isJoined }) => new PusherReader(isJoined),
};
