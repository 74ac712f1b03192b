import { invalidPacket, messagePacket } from '../build-packet.js';
import { jsonFields, jsonText, parseJson } from '../forms/json.js';
import { idOf, isObject, isText, line, type JsonObject } from '../forms/kinds.js';
import { hasUnreadParts, jsonParts, type JsonPart } from '../json-parts.js';
import { KnownCalls, OTHER_SIDE } from '../known-calls.js';
import { ruleBook } from '../packet.js';
import type { AppDiagnostic, AppMessage, AppPacket, AppProtocol, AppReader, AppRule } from '../packet.js';

const NAME = 'bayeux';

const RULES = {
  json: {
    reference: 'Bayeux 1.0 §3',
    requirement: 'A message is a JSON array of objects.',
    message: 'this is no JSON object in an array',
  },
  channel: {
    reference: 'Bayeux 1.0 §2.2.1',
    requirement: 'Each message has a channel, which begins with a slash.',
    message: 'the channel is missing, or does not begin with a slash',
  },
  'client-id': {
    reference: 'Bayeux 1.0 §4',
    requirement: 'After the handshake the meta messages of a client have its clientId.',
    message: '{channel} has no clientId',
  },
  successful: {
    reference: 'Bayeux 1.0 §4',
    requirement: 'A reply says whether it was successful.',
    message: 'the reply to {channel} does not say whether it was successful',
  },
  'connect-twice': {
    reference: 'Bayeux 1.0 §4.2',
    requirement: 'A client has one connect at a time.',
    message: 'a connect while one waits',
  },
  'unknown-id': {
    reference: 'Bayeux 1.0 §3.5',
    requirement: 'A reply has the id of its request.',
    message: 'a reply with the id "{id}", which no request has that waits',
  },
} as const satisfies Record<string, AppRule>;

const broken = ruleBook(NAME, RULES);
const META = '/meta/';
const META_TYPES = new Set(['handshake', 'connect', 'subscribe', 'unsubscribe', 'disconnect']);

class BayeuxReader implements AppReader {
  private readonly calls: KnownCalls;

  constructor(isJoined: boolean) {
    this.calls = new KnownCalls(isJoined);
  }

  read(message: AppMessage): readonly AppPacket[] {
    const content = parseJson(message.bytes);
    if (content === undefined) return [invalid(message, message.bytes, 'json')];
    // Faye's keepalive is an array of nothing.
    if (hasUnreadParts(content.value)) this.lost();
    return jsonParts(message.bytes, content.value).map((part) => this.part(part, message));
  }

  lost(): void {
    this.calls.lost();
  }

  private part({ said, bytes }: JsonPart, message: AppMessage): AppPacket {
    if (said === undefined) return invalid(message, bytes, 'json');
    const { channel } = said;
    if (!isText(channel) || !channel.startsWith('/')) return invalid(message, bytes, 'channel');
    const isReply = message.direction !== 'client' && ('successful' in said || channel.startsWith(META));
    const type = typeOf(channel, isReply);
    const id = idOf(said['id']);
    const key = id === undefined ? channel : `id ${id}`;
    return messagePacket(message, {
      protocol: NAME,
      type,
      name: isText(said['subscription']) ? said['subscription'] : channel,
      ...(id !== undefined && { id }),
      summary: summaryOf(said),
      ...('data' in said && { payload: said['data'] }),
      bytes,
      fields: () => jsonFields(bytes),
      diagnostics: isReply
        ? this.reply(said, { channel, key, bytes }, message)
        : this.request(said, { channel, key, bytes }, message),
      ...(isReply ? { answers: [{ key }] } : message.direction === 'server' ? {} : { asks: key }),
      ...(isReply && said['successful'] === false && { isError: true }),
      ...subscriptionsOf(isReply, type, said),
    });
  }

  private request(said: JsonObject, { channel, key, bytes }: BayeuxPlace, { direction }: AppMessage): AppDiagnostic[] {
    if (direction === 'server') return [];
    const span = { start: 0, end: bytes.length };
    const isConnect = channel === '/meta/connect';
    const isTwice = isConnect && this.calls.find(OTHER_SIDE[direction], 'connect') === true;
    if (isConnect) this.calls.ask(direction, 'connect', true);
    this.calls.ask(direction, key, true);
    const needsId = channel.startsWith(META) && channel !== '/meta/handshake';
    return [
      ...(needsId && !isText(said['clientId']) ? [broken('client-id', span, { channel })] : []),
      ...(isTwice ? [broken('connect-twice', span)] : []),
    ];
  }

  private reply(said: JsonObject, { channel, key, bytes }: BayeuxPlace, { direction }: AppMessage): AppDiagnostic[] {
    const span = { start: 0, end: bytes.length };
    if (channel === '/meta/connect') this.calls.answer(direction, 'connect');
    const isKnown = this.calls.answer(direction, key);
    const id = idOf(said['id']);
    return [
      ...(typeof said['successful'] === 'boolean' ? [] : [broken('successful', span, { channel })]),
      ...(isKnown || id === undefined ? [] : [broken('unknown-id', span, { id })]),
    ];
  }
}

interface BayeuxPlace {
  readonly channel: string;
  readonly key: string;
  readonly bytes: Uint8Array;
}

function typeOf(channel: string, isReply: boolean): string {
  const meta = channel.startsWith(META) ? channel.slice(META.length) : '';
  if (META_TYPES.has(meta)) return meta;
  return isReply ? 'publish reply' : 'data';
}

/** A reply names one channel, or a list of them. */
function subscriptionsOf(
  isReply: boolean,
  type: string,
  { successful, subscription }: JsonObject,
): Pick<AppPacket, 'subscriptions'> {
  if (!isReply || successful !== true || (type !== 'subscribe' && type !== 'unsubscribe')) return {};
  const channels = (Array.isArray(subscription) ? (subscription as unknown[]) : [subscription]).filter(isText);
  return { subscriptions: channels.map((key) => ({ key, ...(type === 'subscribe' && { topic: key }) })) };
}

/** Without `ext`, which has credentials as a rule. */
function summaryOf({ data, successful, error, advice }: JsonObject): string {
  const result = successful === undefined ? '' : successful === true ? 'successful' : 'failed';
  const advised = isObject(advice) && isText(advice['reconnect']) ? `reconnect ${advice['reconnect']}` : '';
  return line(result, isText(error) ? error : '', data === undefined ? '' : jsonText(data), advised);
}

function invalid(message: AppMessage, bytes: Uint8Array, rule: 'json' | 'channel'): AppPacket {
  return invalidPacket(message, NAME, broken(rule, { start: 0, end: bytes.length }), bytes);
}

export const BAYEUX: AppProtocol = {
  name: NAME,
  title: 'Bayeux (CometD, Faye)',
  rules: RULES,
  open: ({ isJoined }) => new BayeuxReader(isJoined),
};
