import type { Direction } from '../../codec/messages/records.js';
import { messagePacket, wholeSpan } from '../build-packet.js';
import { jsonText, parseJson } from '../forms/json.js';
import { idKey, idOf, isObject, isText, isWhole, line, type JsonObject } from '../forms/kinds.js';
import { KnownCalls } from '../known-calls.js';
import { ruleBook } from '../packet.js';
import type { AppDiagnostic, AppMessage, AppPacket, AppProtocol, AppReader, AppRule } from '../packet.js';
import { LanguageServerRules, LSP_RULES } from './json-rpc-lsp.js';

const NAME = 'json-rpc';

const RULES = {
  json: {
    reference: 'JSON-RPC 2.0 §4',
    requirement: 'A message is JSON.',
    message: 'the message is no JSON (error -32700)',
  },
  object: {
    reference: 'JSON-RPC 2.0 §4, §5',
    requirement: 'A message is a request, a notification, a response, or a batch of them.',
    message: 'this is no request, no notification and no response (error -32600)',
  },
  version: {
    reference: 'JSON-RPC 2.0 §4, §5',
    requirement: 'Each request and response has the member jsonrpc with the value "2.0".',
    message: 'jsonrpc is not "2.0"',
  },
  id: {
    reference: 'JSON-RPC 2.0 §4',
    requirement: 'An id is text, an integer, or null.',
    message: 'the id is no text, no integer and not null',
  },
  params: {
    reference: 'JSON-RPC 2.0 §4.2',
    requirement: 'Params are an array or an object.',
    message: 'params are no array and no object',
  },
  'reserved-method': {
    reference: 'JSON-RPC 2.0 §4',
    requirement: 'Methods whose names begin with rpc. are those of JSON-RPC and its extensions.',
    message: 'the method "{method}" begins with rpc., which is reserved',
  },
  'result-and-error': {
    reference: 'JSON-RPC 2.0 §5',
    requirement: 'A response has either a result or an error.',
    message: 'the response has a result and an error',
  },
  error: {
    reference: 'JSON-RPC 2.0 §5.1',
    requirement: 'An error has an integer as code and text as message.',
    message: 'the error has no {member}',
  },
  'response-without-id': {
    reference: 'JSON-RPC 2.0 §5',
    requirement: 'A response has the id of its request, or null.',
    message: 'the response has no id',
  },
  'unknown-id': {
    reference: 'JSON-RPC 2.0 §5',
    requirement: 'A response answers a request of the other side, once.',
    message: 'a response for the id {id}, with which no request waits',
  },
  'empty-batch': {
    reference: 'JSON-RPC 2.0 §6',
    requirement: 'A batch has at least one item.',
    message: 'the batch is empty (error -32600)',
  },
  ...LSP_RULES,
} as const satisfies Record<string, AppRule>;

const broken = ruleBook(NAME, RULES);

/** Methods of extensions in use: rpc-websockets, OpenRPC. */
const EXTENSIONS = new Set(['rpc.login', 'rpc.on', 'rpc.off', 'rpc.emit', 'rpc.listMethods', 'rpc.discover']);
const EVENT = 'rpc-websockets event';
/** Items of a batch that are judged, and subscriptions that are remembered. */
const MOST_ITEMS = 10_000;
const MOST_SUBSCRIPTIONS = 10_000;

type RpcType = 'request' | 'notification' | 'result' | 'error' | 'invalid' | typeof EVENT;

/** One object of a message. */
interface RpcItem {
  readonly type: RpcType;
  readonly said: JsonObject;
  readonly name?: string;
}

interface Called {
  readonly isSubscribe: boolean;
}

class JsonRpcReader implements AppReader {
  private readonly calls: KnownCalls<Called>;
  private readonly language: LanguageServerRules;
  /** Keys of the calls that subscribed, by the subscription. */
  private readonly subscriptions = new Map<unknown, string>();

  constructor(isJoined: boolean) {
    this.calls = new KnownCalls(isJoined);
    this.language = new LanguageServerRules(isJoined, broken);
  }

  read(message: AppMessage): readonly AppPacket[] {
    const content = parseJson(message.bytes);
    if (content === undefined) return [invalid(message, 'json')];
    const { value } = content;
    if (Array.isArray(value))
      return [value.length === 0 ? invalid(message, 'empty-batch') : this.batch(message, value)];
    if (!isObject(value)) return [invalid(message, 'object')];
    return [this.single(message, value)];
  }

  lost(): void {
    this.calls.lost();
    this.language.lost();
    this.subscriptions.clear();
  }

  private single(message: AppMessage, said: JsonObject): AppPacket {
    const item = itemOf(said);
    const { type, name } = item;
    const id = idOf(said['id']);
    const links = this.linksOf(item, message.direction);
    const diagnostics = [...shapeOf(item, message), ...this.stateOf(item, message)];
    return messagePacket(message, {
      protocol: NAME,
      type,
      ...(name !== undefined && { name }),
      ...(id !== undefined && type !== EVENT && { id }),
      summary: summaryOf(item),
      payload: payloadOf(item),
      diagnostics,
      ...links,
      ...(type === 'error' && { isError: true }),
    });
  }

  /** A batch is one packet: it is called, and answered, as one. */
  private batch(message: AppMessage, values: readonly unknown[]): AppPacket {
    const objects = values.slice(0, MOST_ITEMS);
    if (objects.length < values.length) this.lost();
    const items = objects.filter(isObject).map(itemOf);
    const faults = objects.length > items.length ? [broken('object', wholeSpan(message))] : [];
    const links = items.map((item) => this.linksOf(item, message.direction));
    const asks = links.find((link) => link.asks !== undefined)?.asks;
    const answers = links.flatMap((link) => link.answers ?? []);
    return messagePacket(message, {
      protocol: NAME,
      type: 'batch',
      summary: line(
        `${values.length}:`,
        items
          .slice(0, 20)
          .map(({ type, name, said }) => line(name ?? type, shownId(said)))
          .join(', '),
      ),
      payload: values,
      diagnostics: [
        ...faults,
        ...items.flatMap((item) => [...shapeOf(item, message), ...this.stateOf(item, message)]),
      ].slice(0, MOST_ITEMS),
      ...(asks !== undefined && { asks }),
      ...(answers.length > 0 && { answers }),
      ...(items.some(({ type }) => type === 'error') && { isError: true }),
    });
  }

  /** The rules that depend on what came before. */
  private stateOf(item: RpcItem, message: AppMessage): AppDiagnostic[] {
    const { type, said } = item;
    const { direction } = message;
    const span = wholeSpan(message);
    const key = idKey(said['id']);
    const ofLanguage = this.language.judge(item, direction, span);
    if (key === undefined) return ofLanguage;
    if (type === 'request') {
      this.calls.ask(direction, key, { isSubscribe: /subscribe$/i.test(item.name ?? '') });
      return ofLanguage;
    }
    if (type !== 'result' && type !== 'error') return ofLanguage;
    const called = this.calls.find(direction, key);
    const { result } = said;
    if (called?.isSubscribe === true && isSubscription(result) && this.subscriptions.size < MOST_SUBSCRIPTIONS)
      this.subscriptions.set(result, key);
    const isKnown = this.calls.answer(direction, key);
    return isKnown ? ofLanguage : [...ofLanguage, broken('unknown-id', span, { id: jsonText(said['id']) })];
  }

  private linksOf(item: RpcItem, direction: Direction): Pick<AppPacket, 'asks' | 'answers'> {
    const { type, said } = item;
    const key = idKey(said['id']);
    if (type === 'notification') return this.notified(said);
    if (key === undefined) return {};
    if (type === 'request') return { asks: key, ...this.ended(item) };
    if (type !== 'result' && type !== 'error') return {};
    const begins = this.calls.find(direction, key)?.isSubscribe === true && isSubscription(said['result']);
    return { answers: [{ key, isLast: type === 'error' || !begins }] };
  }

  /** A notification of a subscription belongs to the call that subscribed. */
  private notified({ params }: JsonObject): Pick<AppPacket, 'answers'> {
    const key = isObject(params) ? this.subscriptions.get(params['subscription']) : undefined;
    return key === undefined ? {} : { answers: [{ key, isLast: false }] };
  }

  private ended({ name = '', said: { params } }: RpcItem): Pick<AppPacket, 'answers'> {
    const ends = /unsubscribe$/i.test(name) && Array.isArray(params) ? this.subscriptions.get(params[0]) : undefined;
    return ends === undefined ? {} : { answers: [{ key: ends, isOwn: true }] };
  }
}

/** A subscription is named by the reply: text (Ethereum), or a number. */
const isSubscription = (result: unknown): boolean => idKey(result) !== undefined;

const shownId = ({ id }: JsonObject): string => (idOf(id) === undefined ? '' : `#${idOf(id)}`);

function itemOf(said: JsonObject): RpcItem {
  const { method, notification } = said;
  if (isText(method)) return { type: 'id' in said ? 'request' : 'notification', said, name: method };
  if (isText(notification) && !('jsonrpc' in said) && !('id' in said)) return { type: EVENT, said, name: notification };
  if ('method' in said) return { type: 'invalid', said };
  if ('error' in said && (said['error'] !== null || !('result' in said))) return { type: 'error', said };
  return { type: 'result' in said ? 'result' : 'invalid', said };
}

type RpcCheck = (isWrong: boolean, rule: keyof typeof RULES, args?: AppDiagnostic['args']) => void;

function shapeOf({ type, said, name = '' }: RpcItem, message: AppMessage): AppDiagnostic[] {
  const span = wholeSpan(message);
  const faults: AppDiagnostic[] = [];
  const check: RpcCheck = (isWrong, rule, args = {}) => {
    if (isWrong) faults.push(broken(rule, span, args));
  };
  if (type === EVENT) return [];
  const { id, jsonrpc } = said;
  check(type === 'invalid', 'object');
  check(jsonrpc !== '2.0', 'version');
  check(id !== undefined && id !== null && !isText(id) && !isWhole(id), 'id');
  if (type === 'request' || type === 'notification') checkCall(said, name, check);
  else if (type !== 'invalid') checkResponse(said, check);
  return faults;
}

function checkCall({ params }: JsonObject, name: string, check: RpcCheck): void {
  check(params !== undefined && !Array.isArray(params) && !isObject(params), 'params');
  check(name.startsWith('rpc.') && !EXTENSIONS.has(name), 'reserved-method', { method: name });
}

function checkResponse(said: JsonObject, check: RpcCheck): void {
  check('result' in said && 'error' in said, 'result-and-error');
  check(!('id' in said), 'response-without-id');
  const { error } = said;
  if (error === undefined || ('result' in said && error === null)) return;
  const { code, message } = isObject(error) ? error : {};
  if (!isWhole(code)) check(true, 'error', { member: 'integer code' });
  else check(!isText(message), 'error', { member: 'message' });
}

function payloadOf({ type, said }: RpcItem): unknown {
  if (type === 'result') return said['result'];
  if (type === 'error') return said['error'];
  return type === 'invalid' ? said : said['params'];
}

function summaryOf(item: RpcItem): string {
  const { type, said } = item;
  const { error } = said;
  if (type === 'error' && isObject(error)) {
    const { code, message, data } = error;
    return line(jsonText(code), isText(message) ? message : '', data === undefined ? '' : jsonText(data));
  }
  return jsonText(payloadOf(item));
}

function invalid(message: AppMessage, rule: keyof typeof RULES): AppPacket {
  return messagePacket(message, {
    protocol: NAME,
    type: 'invalid',
    diagnostics: [broken(rule, wholeSpan(message))],
  });
}

export const JSON_RPC: AppProtocol = {
  name: NAME,
  title: 'JSON-RPC 2.0, with the Language Server Protocol',
  rules: RULES,
  open: ({ isJoined }) => new JsonRpcReader(isJoined),
};
