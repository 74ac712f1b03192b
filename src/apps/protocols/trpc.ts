import { invalidPacket, messagePacket } from '../build-packet.js';
import { jsonFields, jsonText, parseJson } from '../forms/json.js';
import { idKey, idOf, isObject, isText, line, type JsonObject } from '../forms/kinds.js';
import { hasUnreadParts, jsonParts } from '../json-parts.js';
import { KnownCalls, OTHER_SIDE } from '../known-calls.js';
import { ruleBook } from '../packet.js';
import type { AppDiagnostic, AppMessage, AppPacket, AppProtocol, AppReader, AppRule } from '../packet.js';

const NAME = 'trpc';
const SPECIFICATION = 'tRPC, WebSocket RPC specification';

const RULES = {
  json: {
    reference: SPECIFICATION,
    requirement: 'A message is a JSON object, a batch of them, PING or PONG.',
    message: 'the message is no JSON object, no batch, and not PING or PONG (error -32700)',
  },
  object: {
    reference: SPECIFICATION,
    requirement: 'An object is a request, a response, or asks to reconnect.',
    message: 'this is no request and no response (error -32600)',
  },
  method: {
    reference: SPECIFICATION,
    requirement: 'The method of a request is query, mutation, subscription or subscription.stop.',
    message: '"{method}" is no method of tRPC (error -32600)',
  },
  path: {
    reference: SPECIFICATION,
    requirement: 'A request has the path of a procedure.',
    message: 'the {method} has no path (error -32600)',
  },
  'connection-params': {
    reference: SPECIFICATION,
    requirement: 'The first message of a client that announces connectionParams has them.',
    message: 'the first message has no connectionParams, which the URL announces',
  },
  'before-started': {
    reference: SPECIFICATION,
    requirement: 'A subscription is started before it has data.',
    message: 'data of the subscription {id}, which has not started',
  },
  'id-in-use': {
    reference: SPECIFICATION,
    requirement: 'The id of a request is not that of a request that runs.',
    message: 'a request with the id {id} runs already',
  },
  'unknown-id': {
    reference: SPECIFICATION,
    requirement: 'A response has the id of a request that runs.',
    message: 'a response for the id {id}, with which no request runs',
  },
} as const satisfies Record<string, AppRule>;

const broken = ruleBook(NAME, RULES);
const CALLS: ReadonlySet<unknown> = new Set(['query', 'mutation', 'subscription']);

/** One object of a message, with its bytes. */
interface TrpcItem {
  readonly said: JsonObject;
  readonly bytes: Uint8Array;
}

const MOST_STARTED = 10_000;

class TrpcReader implements AppReader {
  private readonly calls: KnownCalls<string>;
  /** Keys of subscriptions that have started. */
  private readonly started = new Set<string>();
  private isFirst: boolean;

  constructor(isJoined: boolean, target: string) {
    this.calls = new KnownCalls(isJoined);
    this.isFirst = !isJoined && /[?&]connectionParams=1(?:&|$)/.test(target);
  }

  read(message: AppMessage): readonly AppPacket[] {
    const beat = beatOf(message);
    if (beat !== undefined) return [this.beat(beat, message)];
    const content = parseJson(message.bytes);
    const { bytes } = message;
    const value = content?.value;
    if (!isObject(value) && (!Array.isArray(value) || value.length === 0)) return [invalid(message, bytes, 'json')];
    if (hasUnreadParts(value)) this.lost();
    return jsonParts(bytes, value).map(({ said, bytes: part }) =>
      said === undefined ? invalid(message, part, 'object') : this.item({ said, bytes: part }, message),
    );
  }

  lost(): void {
    this.isFirst = false;
    this.calls.lost();
    this.started.clear();
  }

  private beat(type: 'PING' | 'PONG', message: AppMessage): AppPacket {
    const fields = [{ name: 'type', span: { start: 0, end: 4 }, value: type }];
    const links = type === 'PING' ? { asks: 'ping' } : { answers: [{ key: 'ping' }] };
    return messagePacket(message, { protocol: NAME, type, fields: () => fields, ...links });
  }

  private item(item: TrpcItem, message: AppMessage): AppPacket {
    const { said, bytes } = item;
    const type = typeOf(said);
    const id = idOf(said['id']);
    const key = idKey(said['id']);
    const links = key === undefined ? {} : linksOf(type, key, this.isLast(type, key, message));
    const path = isObject(said['params']) ? said['params']['path'] : undefined;
    return messagePacket(message, {
      protocol: NAME,
      type,
      ...(CALLS.has(type) && isText(path) && { name: path }),
      ...(id !== undefined && { id }),
      summary: summaryOf(type, said),
      payload: payloadOf(type, said),
      bytes,
      fields: () => jsonFields(bytes),
      diagnostics: [...shapeOf(type, item), ...this.stateOf(type, item, message)],
      ...links,
      ...(type === 'error' && { isError: true }),
    });
  }

  /** Data of a subscription that was seen, and that has not started. */
  private isEarly(type: string, key: string, direction: AppMessage['direction'], isLast: boolean): boolean {
    const { started } = this;
    const isEarly = type === 'data' && this.calls.find(direction, key) === 'subscription' && !started.has(key);
    if (type === 'started' || isEarly) started.add(key);
    if (isLast) started.delete(key);
    if (started.size > MOST_STARTED) this.lost();
    return isEarly;
  }

  private isLast(type: string, key: string, { direction }: Pick<AppMessage, 'direction'>): boolean {
    if (type !== 'data' && type !== 'started') return true;
    const called = this.calls.find(direction, key);
    return called !== undefined && called !== 'subscription';
  }

  private stateOf(type: string, { said, bytes }: TrpcItem, { direction }: AppMessage): AppDiagnostic[] {
    const span = { start: 0, end: bytes.length };
    const isFirst = this.isFirst && direction === 'client';
    if (isFirst) this.isFirst = false;
    const faults = isFirst && type !== 'connectionParams' ? [broken('connection-params', span)] : [];
    const id = idOf(said['id']);
    const key = idKey(said['id']);
    if (id === undefined || key === undefined) return faults;
    if (CALLS.has(type)) {
      const isUsed = this.calls.find(OTHER_SIDE[direction], key) !== undefined;
      this.calls.ask(direction, key, type);
      return isUsed ? [...faults, broken('id-in-use', span, { id })] : faults;
    }
    if (!isResponse(type)) return faults;
    const isLast = this.isLast(type, key, { direction });
    if (this.isEarly(type, key, direction, isLast)) faults.push(broken('before-started', span, { id }));
    return this.calls.answer(direction, key, isLast) ? faults : [...faults, broken('unknown-id', span, { id })];
  }
}

/** Both sides' keepalive. */
function beatOf({ bytes, length }: AppMessage): 'PING' | 'PONG' | undefined {
  const text = length === 4 ? String.fromCharCode(...[...bytes.subarray(0, 4)]) : '';
  return text === 'PING' || text === 'PONG' ? text : undefined;
}

const isResponse = (type: string): boolean => ['data', 'started', 'stopped', 'error'].includes(type);

function typeOf({ method, result, error }: JsonObject): string {
  if (isText(method)) {
    const isKnown = CALLS.has(method) || ['subscription.stop', 'connectionParams', 'reconnect'].includes(method);
    return isKnown ? method : 'invalid';
  }
  if (error !== undefined) return 'error';
  if (!isObject(result)) return 'invalid';
  const { type = 'data' } = result;
  return type === 'data' || type === 'started' || type === 'stopped' ? type : 'invalid';
}

/** `isLast`: a query has one reply, a subscription several. */
function linksOf(type: string, key: string, isLast: boolean): Pick<AppPacket, 'asks' | 'answers'> {
  if (CALLS.has(type)) return { asks: key };
  if (type === 'subscription.stop') return { answers: [{ key, isLast: false, isOwn: true }] };
  if (!isResponse(type)) return {};
  return { answers: [{ key, isLast }] };
}

function shapeOf(type: string, { said, bytes }: TrpcItem): AppDiagnostic[] {
  const span = { start: 0, end: bytes.length };
  const { method, params } = said;
  if (type === 'invalid') return [isText(method) ? broken('method', span, { method }) : broken('object', span)];
  const hasPath = isObject(params) && isText(params['path']) && params['path'] !== '';
  return CALLS.has(type) && !hasPath ? [broken('path', span, { method: type })] : [];
}

function payloadOf(type: string, { params, result, error }: JsonObject): unknown {
  if (type === 'error') return error;
  if (isObject(result)) return result['data'];
  return isObject(params) ? params['input'] : undefined;
}

/** What comes with connectionParams are credentials, as a rule. */
function summaryOf(type: string, said: JsonObject): string {
  const payload = payloadOf(type, said);
  if (type !== 'error' || !isObject(payload)) return jsonText(payload);
  const { code, message, data } = payload;
  const word = isObject(data) && isText(data['code']) ? data['code'] : '';
  return line(jsonText(code), word, isText(message) ? message : jsonText(payload));
}

function invalid(message: AppMessage, bytes: Uint8Array, rule: 'json' | 'object'): AppPacket {
  return invalidPacket(message, NAME, broken(rule, { start: 0, end: bytes.length }), bytes);
}

export const TRPC: AppProtocol = {
  name: NAME,
  title: 'tRPC',
  rules: RULES,
  open: ({ handshake, isJoined }) => new TrpcReader(isJoined, handshake.target ?? ''),
};
