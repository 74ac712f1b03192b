import { decodeUtf8 } from '../../codec/bytes/utf8.js';
import { invalidPacket, messagePacket } from '../build-packet.js';
import { jsonFields, jsonText, parseJson } from '../forms/json.js';
import { idOf, isObject, isText, isWhole, line, type JsonObject } from '../forms/kinds.js';
import { hasUnreadParts, jsonParts, type JsonPart } from '../json-parts.js';
import { KnownCalls, OTHER_SIDE } from '../known-calls.js';
import { ruleBook } from '../packet.js';
import type { AppDiagnostic, AppMessage, AppPacket, AppProtocol, AppReader, AppRule } from '../packet.js';

const NAME = 'socketcluster';
const SPECIFICATION = 'SocketCluster protocol';

const RULES = {
  json: {
    reference: SPECIFICATION,
    requirement: 'A message is a JSON object, an array of them, or a ping or pong.',
    message: 'the message is no JSON object, and no ping or pong',
  },
  object: {
    reference: SPECIFICATION,
    requirement: 'An object has an event, or the rid that it answers.',
    message: 'the object has no event and no rid',
  },
  cid: {
    reference: SPECIFICATION,
    requirement: 'A cid and a rid are integers.',
    message: 'the {member} is no integer',
  },
  'handshake-first': {
    reference: SPECIFICATION,
    requirement: 'The first event of a client is #handshake.',
    message: '"{event}" before #handshake',
  },
  'id-in-use': {
    reference: SPECIFICATION,
    requirement: 'The cid of a call is not that of a call that waits.',
    message: 'a call with the cid {id} waits already',
  },
  'unknown-id': {
    reference: SPECIFICATION,
    requirement: 'A response has the cid of a call of the other side.',
    message: 'a response for the cid {id}, with which no call waits',
  },
} as const satisfies Record<string, AppRule>;

const broken = ruleBook(NAME, RULES);

class SocketClusterReader implements AppReader {
  /** With the channel, where they subscribe. */
  private readonly calls: KnownCalls<string | true>;

  /** `isBegun`: the handshake was seen, or may have been before. */
  constructor(private isBegun: boolean) {
    this.calls = new KnownCalls(isBegun);
  }

  read(message: AppMessage): readonly AppPacket[] {
    const beat = beatOf(message);
    if (beat !== undefined) return [beat];
    const content = parseJson(message.bytes);
    if (content === undefined) return [invalid(message, message.bytes, 'json')];
    if (hasUnreadParts(content.value)) this.lost();
    return jsonParts(message.bytes, content.value).map((part) => this.part(part, message));
  }

  lost(): void {
    this.isBegun = true;
    this.calls.lost();
  }

  private part({ said, bytes }: JsonPart, message: AppMessage): AppPacket {
    if (said === undefined) return invalid(message, bytes, 'json');
    const type = typeOf(said);
    if (type === undefined) return invalid(message, bytes, 'object');
    const isCall = type === 'invoke' || type === 'transmit';
    const id = idOf(isCall ? said['cid'] : said['rid']);
    const asked = isCall || id === undefined ? undefined : this.calls.find(message.direction, String(id));
    return messagePacket(message, {
      protocol: NAME,
      type,
      ...(isText(said['event']) && { name: said['event'] }),
      ...(id !== undefined && { id }),
      summary: summaryOf(type, said),
      payload: type === 'error' ? said['error'] : said['data'],
      bytes,
      fields: () => jsonFields(bytes),
      diagnostics: this.stateOf(type, said, bytes, message),
      ...(id !== undefined && (isCall ? { asks: String(id) } : { answers: [{ key: String(id) }] })),
      ...(type === 'error' && { isError: true }),
      ...subscriptionsOf(type, said, asked),
    });
  }

  private stateOf(
    type: SocketclusterType,
    said: JsonObject,
    bytes: Uint8Array,
    { direction }: AppMessage,
  ): AppDiagnostic[] {
    const span = { start: 0, end: bytes.length };
    const { event = '' } = said;
    const isEarly = !this.isBegun && direction === 'client' && event !== '#handshake';
    if (direction === 'client') this.isBegun = true;
    const faults = isEarly ? [broken('handshake-first', span, { event: isText(event) ? event : '' })] : [];
    if (type === 'transmit') return faults;
    const member = type === 'invoke' ? 'cid' : 'rid';
    const id = said[member];
    if (!isWhole(id)) return [...faults, broken('cid', span, { member })];
    const key = String(id);
    if (type !== 'invoke')
      return this.calls.answer(direction, key) ? faults : [...faults, broken('unknown-id', span, { id: key })];
    const isUsed = this.calls.find(OTHER_SIDE[direction], key) !== undefined;
    this.calls.ask(direction, key, (event === '#subscribe' ? channelOf(said['data']) : undefined) ?? true);
    return isUsed ? [...faults, broken('id-in-use', span, { id: key })] : faults;
  }
}

/** The channel by its name, or in an object. */
function channelOf(data: unknown): string | undefined {
  const channel = isObject(data) ? data['channel'] : data;
  return isText(channel) ? channel : undefined;
}

/** `asked`: the channel of the call that it answers. */
function subscriptionsOf(
  type: SocketclusterType,
  { event, data }: JsonObject,
  asked: string | true | undefined,
): Pick<AppPacket, 'subscriptions'> {
  if (type === 'response' && isText(asked)) return { subscriptions: [{ key: asked, topic: asked }] };
  const key = event === '#unsubscribe' || event === '#kickOut' ? channelOf(data) : undefined;
  return key === undefined ? {} : { subscriptions: [{ key }] };
}

type SocketclusterType = 'invoke' | 'transmit' | 'response' | 'error';

function typeOf(said: JsonObject): SocketclusterType | undefined {
  if (isText(said['event'])) return 'cid' in said ? 'invoke' : 'transmit';
  if (!('rid' in said)) return undefined;
  return said['error'] === undefined || said['error'] === null ? 'response' : 'error';
}

/** The server's ping is an empty message, or `#1` in older versions; the client answers with an empty one, or `#2`. */
function beatOf(message: AppMessage): AppPacket | undefined {
  const { bytes, length, direction } = message;
  const text = length <= 2 ? decodeUtf8(bytes) : '-';
  if (text !== '' && text !== '#1' && text !== '#2') return undefined;
  const isPing = text === '' ? direction !== 'client' : text === '#1';
  const type = isPing ? 'ping' : 'pong';
  const fields = bytes.length === 0 ? [] : [{ name: 'type', span: { start: 0, end: bytes.length }, value: type }];
  const links = isPing ? { asks: 'ping' } : { answers: [{ key: 'ping' }] };
  return messagePacket(message, { protocol: NAME, type, fields: () => fields, ...links });
}

/** What comes with a handshake has credentials, as a rule. */
function summaryOf(type: SocketclusterType, { event, data, error }: JsonObject): string {
  if (type === 'error' && isObject(error)) {
    const { name, message } = error;
    return line(isText(name) ? name : '', isText(message) ? message : jsonText(error));
  }
  if (type === 'error') return jsonText(error);
  return event === '#handshake' || event === '#setAuthToken' || event === '#authenticate' ? '' : jsonText(data);
}

function invalid(message: AppMessage, bytes: Uint8Array, rule: 'json' | 'object'): AppPacket {
  return invalidPacket(message, NAME, broken(rule, { start: 0, end: bytes.length }), bytes);
}

export const SOCKETCLUSTER: AppProtocol = {
  name: NAME,
  title: 'SocketCluster',
  rules: RULES,
  open: ({ isJoined }) => new SocketClusterReader(isJoined),
};
