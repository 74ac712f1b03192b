import type { Direction } from '../../codec/messages/records.js';
import { concat } from '../../codec/bytes/byte-collector.js';
import { messagePacket } from '../build-packet.js';
import { jsonFields, jsonText, parseJson } from '../forms/json.js';
import { idOf, isObject, isText, line, type JsonObject } from '../forms/kinds.js';
import { KnownCalls, OTHER_SIDE } from '../known-calls.js';
import { MOST_APP_BYTES, ruleBook } from '../packet.js';
import type { AppDiagnostic, AppMessage, AppPacket, AppProtocol, AppReader, AppRule } from '../packet.js';

const NAME = 'nes';
const SPECIFICATION = 'nes protocol 2';

const RULES = {
  json: {
    reference: SPECIFICATION,
    requirement: 'A message is a JSON object with a type.',
    message: 'the message is no JSON object with a type',
  },
  'unknown-type': {
    reference: SPECIFICATION,
    requirement: 'A message has one of the types of nes.',
    message: 'nes has no message of type "{type}"',
  },
  'hello-first': {
    reference: `${SPECIFICATION}, Hello`,
    requirement: 'The first message of a client is hello.',
    message: '"{type}" before hello',
  },
  id: {
    reference: `${SPECIFICATION}, Client messages`,
    requirement: 'A message of a client has an id.',
    message: '"{type}" has no id',
  },
  path: {
    reference: SPECIFICATION,
    requirement: 'A request and a message of a subscription have a path.',
    message: '"{type}" has no path',
  },
  'id-in-use': {
    reference: `${SPECIFICATION}, Client messages`,
    requirement: 'The id of a message of a client is not that of one that waits.',
    message: 'a message with the id {id} waits already',
  },
  'unknown-id': {
    reference: `${SPECIFICATION}, Server messages`,
    requirement: 'A response has the id of a message of the client.',
    message: 'a response for the id {id}, with which no message waits',
  },
} as const satisfies Record<string, AppRule>;

const broken = ruleBook(NAME, RULES);

const TYPES = new Set(['hello', 'reauth', 'request', 'message', 'sub', 'unsub', 'pub', 'update', 'revoke', 'ping']);
const CHUNK = 0x2b;
const LAST_CHUNK = 0x21;

/** A message in parts: each begins with `+`, the last one with `!`. */
interface NesChunks {
  readonly parts: Uint8Array[];
  readonly messages: number[];
  bytes: number;
}

/** A whole message. */
interface Whole {
  readonly bytes: Uint8Array;
  readonly messages: readonly number[];
}

class NesReader implements AppReader {
  private readonly calls: KnownCalls;
  private readonly chunks: Partial<Record<Direction, NesChunks>> = {};

  /** `isBegun`: hello was seen, or may have been before. */
  constructor(private isBegun: boolean) {
    this.calls = new KnownCalls(isBegun);
  }

  read(message: AppMessage): readonly AppPacket[] {
    const whole = this.wholeOf(message);
    return whole === undefined ? [] : [this.packet(whole, message)];
  }

  lost(direction: Direction): void {
    delete this.chunks[direction];
    this.isBegun = true;
    this.calls.lost();
  }

  /** The message, or what its last part completes. */
  private wholeOf({ bytes, index, direction }: AppMessage): Whole | undefined {
    const [first] = bytes;
    const before = this.chunks[direction];
    if (first !== CHUNK && (first !== LAST_CHUNK || before === undefined)) {
      delete this.chunks[direction];
      return { bytes, messages: [index] };
    }
    const chunks = before ?? { parts: [], messages: [], bytes: 0 };
    chunks.bytes += bytes.length;
    chunks.messages.push(index);
    // One that is too long is read up to this length, and is no JSON then: nothing is kept of it.
    if (chunks.bytes > MOST_APP_BYTES) {
      this.lost(direction);
      return undefined;
    }
    chunks.parts.push(bytes.slice(1));
    this.chunks[direction] = chunks;
    if (first === CHUNK) return undefined;
    delete this.chunks[direction];
    return { bytes: concat(chunks.parts), messages: chunks.messages };
  }

  private packet({ bytes, messages }: Whole, message: AppMessage): AppPacket {
    const span = { start: 0, end: bytes.length };
    const said = parseJson(bytes)?.value;
    const fields = (): ReturnType<typeof jsonFields> => jsonFields(bytes);
    if (!isObject(said) || !isText(said['type'])) {
      // The last part of a message whose beginning was not seen.
      const diagnostics = this.calls.isPartial ? [] : [broken('json', span)];
      return messagePacket(message, { protocol: NAME, type: 'invalid', bytes, messages, fields, diagnostics });
    }
    const { type, path } = said;
    const isKnown = TYPES.has(type);
    const id = idOf(said['id']);
    const diagnostics = isKnown ? this.judge(type, said, message, span) : [broken('unknown-type', span, { type })];
    return messagePacket(message, {
      protocol: NAME,
      type: isKnown ? type : 'invalid',
      ...(isText(path) && { name: path }),
      ...(id !== undefined && { id }),
      summary: summaryOf(said),
      payload: said['payload'] ?? said['message'],
      bytes,
      messages,
      fields,
      diagnostics,
      ...linksOf(type, id, message.direction),
      ...this.subscriptionsOf(said, message.direction),
      ...(isFailure(said) && { isError: true }),
    });
  }

  private judge(type: string, said: JsonObject, message: AppMessage, span: AppDiagnostic['span']): AppDiagnostic[] {
    const { direction } = message;
    const id = idOf(said['id']);
    const needsPath =
      type === 'sub' || type === 'unsub' || type === 'pub' || (type === 'request' && direction === 'client');
    const faults = needsPath && direction === 'client' && !isText(said['path']) ? [broken('path', span, { type })] : [];
    if (direction === 'client') return [...faults, ...this.ofClient(type, id, span)];
    if (id === undefined || direction !== 'server') return faults;
    return this.calls.answer(direction, String(id)) ? faults : [...faults, broken('unknown-id', span, { id })];
  }

  /** The answer to a sub has its path only where it fails. */
  private subscriptionsOf(said: JsonObject, direction: Direction): Pick<AppPacket, 'subscriptions'> {
    const { type, path } = said;
    if (!isText(path)) return {};
    const isRefused = direction === 'server' && type === 'sub' && isFailure(said);
    if (isRefused || type === 'unsub' || type === 'revoke') return { subscriptions: [{ key: path }] };
    return direction === 'client' && type === 'sub' ? { subscriptions: [{ key: path, topic: path }] } : {};
  }

  private ofClient(type: string, id: string | number | undefined, span: AppDiagnostic['span']): AppDiagnostic[] {
    const isEarly = !this.isBegun && type !== 'hello';
    this.isBegun = true;
    const faults = isEarly ? [broken('hello-first', span, { type })] : [];
    if (id === undefined) return [...faults, broken('id', span, { type })];
    const isUsed = this.calls.find(OTHER_SIDE.client, String(id)) === true;
    this.calls.ask('client', String(id), true);
    return isUsed ? [...faults, broken('id-in-use', span, { id })] : faults;
  }
}

const isFailure = ({ statusCode }: JsonObject): boolean => typeof statusCode === 'number' && statusCode >= 400;

/** A ping of the server is answered with one of the client, which has an id and is answered in its turn. */
function linksOf(
  type: string,
  id: string | number | undefined,
  direction: Direction,
): Pick<AppPacket, 'asks' | 'answers'> {
  if (type === 'ping' && direction === 'server' && id === undefined) return { asks: 'ping' };
  const ofPing = type === 'ping' && direction === 'client' ? { answers: [{ key: 'ping' }] } : {};
  if (id === undefined) return ofPing;
  return direction === 'server' ? { answers: [{ key: String(id) }] } : { asks: String(id), ...ofPing };
}

/** Without `auth`, which has credentials. */
function summaryOf({ method, statusCode, payload, message }: JsonObject): string {
  const carried = payload ?? message;
  return line(isText(method) ? method : '', jsonText(statusCode), carried === undefined ? '' : jsonText(carried));
}

export const NES: AppProtocol = {
  name: NAME,
  title: 'nes (hapi)',
  rules: RULES,
  open: ({ isJoined }) => new NesReader(isJoined),
};
