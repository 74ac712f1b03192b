import type { Direction } from '../../../codec/messages/records.js';
import { decodeUtf8, utf8Error } from '../../../codec/bytes/utf8.js';
import { jsonText, parseJson } from '../../forms/json.js';
import { ruleBook } from '../../packet.js';
import type {
  AppContext,
  AppDiagnostic,
  AppMessage,
  AppPacket,
  AppProtocol,
  AppReader,
  AppRule,
  SubscriptionChange,
} from '../../packet.js';
import { jsonPieces, protobufPieces, type CentrifugoPiece } from './parse.js';

const NAME = 'centrifugo';
const SPEC = 'Centrifugo client protocol';

const RULES = {
  json: {
    reference: `${SPEC}, JSON`,
    requirement: 'Each line of a message is a JSON object.',
    message: 'the line is no JSON object',
  },
  protobuf: {
    reference: `${SPEC}, Protobuf`,
    requirement: 'What follows a length is a message of the protocol.',
    message: 'the bytes are no message of the protocol',
  },
  length: {
    reference: `${SPEC}, Protobuf`,
    requirement: 'The length of a message does not go beyond the end.',
    message: 'the length goes beyond the end',
  },
  form: {
    reference: `${SPEC}, Protobuf`,
    requirement: 'Protobuf is in binary messages.',
    message: 'the message is a text message',
  },
  'before-connect': {
    reference: `${SPEC}, Command`,
    requirement: 'The first command of a client is connect.',
    message: '{type} before connect',
  },
  'two-requests': {
    reference: `${SPEC}, Command`,
    requirement: 'A command or reply has one of the methods.',
    message: 'there are {count} methods in one',
  },
  'no-request': {
    reference: `${SPEC}, Command`,
    requirement: 'A command with an id has a method.',
    message: 'the command has no method of the protocol',
  },
  'id-missing': {
    reference: `${SPEC}, Command`,
    requirement: 'A command other than send has an id greater than 0.',
    message: '{type} has no id',
  },
  'unknown-id': {
    reference: `${SPEC}, Reply`,
    requirement: 'A reply has the id of a command.',
    message: 'no command has the id {id}',
  },
  'not-subscribed': {
    reference: `${SPEC}, Push`,
    requirement: 'The server pushes to channels that are subscribed.',
    message: '{type} for the channel "{channel}", which is not subscribed',
  },
  'offset-back': {
    reference: `${SPEC}, Publication`,
    requirement: 'The offsets of a channel grow.',
    message: 'the offset {offset} comes after {last}',
  },
} as const satisfies Record<string, AppRule>;

const broken = ruleBook(NAME, RULES);
type Fault = (rule: keyof typeof RULES, args?: AppDiagnostic['args']) => void;
type Json = Readonly<Record<string, unknown>>;

const METHODS = [
  'connect',
  'subscribe',
  'unsubscribe',
  'publish',
  'presence',
  'presence_stats',
  'history',
  'ping',
  'send',
  'rpc',
  'refresh',
  'sub_refresh',
] as const;
const PUSHES = ['pub', 'join', 'leave', 'unsubscribe', 'message', 'subscribe', 'connect', 'disconnect', 'refresh'];
/** Those of channels that are subscribed. */
const OF_CHANNEL = new Set(['pub', 'join', 'leave']);
const MOST_IDS = 10_000;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
const objectOf = (value: unknown): Json => (isObject(value) ? value : {});

/** What a piece says, in the words of records. */
interface CentrifugoWords {
  readonly type: string;
  readonly name?: string;
  readonly payload?: unknown;
  readonly calls?: Pick<AppPacket, 'asks' | 'answers' | 'isError' | 'subscriptions'>;
}

class CentrifugoReader implements AppReader {
  private isConnecting: boolean;
  private isWhole: boolean;
  /** Commands, with the channel where they subscribe. */
  private readonly ids = new Map<number, string | undefined>();
  /** Channels that were subscribed at any time, with the last offset. */
  private readonly channels = new Map<string, number>();

  constructor(
    private readonly subprotocol: string | undefined,
    isJoined: boolean,
  ) {
    this.isConnecting = isJoined;
    this.isWhole = !isJoined;
  }

  read(message: AppMessage): readonly AppPacket[] {
    const { isText, bytes, length, direction } = message;
    const isProtobuf = this.subprotocol === 'centrifuge-protobuf' || (this.subprotocol === undefined && !isText);
    const isAll = bytes.length === length;
    if (!isAll) this.lost(direction);
    const type = direction === 'client' ? 'Command' : 'Reply';
    const pieces = isProtobuf ? protobufPieces(type, bytes) : jsonPieces(bytes);
    const packets = pieces.map((piece, i) => this.packet(piece, message, isAll || i < pieces.length - 1));
    const [first, ...more] = packets;
    if (!isProtobuf || !isText || first === undefined) return packets;
    return [{ ...first, diagnostics: [broken('form', { start: 0, end: 1 }), ...first.diagnostics] }, ...more];
  }

  lost(direction: Direction): void {
    this.isWhole = false;
    if (direction !== 'server') this.isConnecting = true;
    this.channels.clear();
  }

  private packet(piece: CentrifugoPiece, { direction, index }: AppMessage, isAll: boolean): AppPacket {
    const { members, bytes, fields } = piece;
    const diagnostics: AppDiagnostic[] = [];
    const fault: Fault = (rule, args) => diagnostics.push(broken(rule, { start: 0, end: bytes.length }, args));
    if (piece.fault !== undefined && isAll) fault(piece.fault);
    const id = members?.['id'];
    const number = typeof id === 'number' && id > 0 ? id : undefined;
    const isClient = direction === 'client';
    const said: CentrifugoWords =
      members === undefined
        ? { type: 'invalid' }
        : isClient
          ? this.command(members, number, fault)
          : this.reply(members, number, fault);
    const payload = shown(said.payload, 0);
    return {
      protocol: NAME,
      type: said.type,
      ...(said.name !== undefined && { name: said.name }),
      ...(number !== undefined && { id: number }),
      summary: payload === undefined ? '' : jsonText(payload),
      ...(payload !== undefined && { payload }),
      bytes,
      messages: [index],
      fields,
      diagnostics,
      ...said.calls,
    };
  }

  private command(members: Json, id: number | undefined, fault: Fault): CentrifugoWords {
    if (Object.keys(members).length === 0) return { type: 'pong', calls: { answers: [{ key: 'ping' }] } };
    const { found, body } = methodsOf(members);
    const [type] = found;
    if (found.length > 1) fault('two-requests', { count: found.length });
    if (type === undefined) {
      fault('no-request');
      return { type: 'invalid', payload: members };
    }
    const { channel, method } = objectOf(body);
    this.commanded(type, id, fault);
    if (id !== undefined) this.remember(id, type === 'subscribe' && typeof channel === 'string' ? channel : undefined);
    if ((type === 'subscribe' || type === 'unsubscribe') && typeof channel === 'string') this.subscribe(channel);
    if (type === 'connect') this.subscribeAll(body);
    const name = type === 'rpc' ? method : channel;
    return {
      type,
      ...(typeof name === 'string' && { name }),
      payload: body,
      ...(id !== undefined && { calls: { asks: `id ${id}`, ...(type === 'unsubscribe' && ended(channel)) } }),
    };
  }

  private commanded(type: string, id: number | undefined, fault: Fault): void {
    if (!this.isConnecting && type !== 'connect') fault('before-connect', { type });
    this.isConnecting = true;
    if (id === undefined && type !== 'send') fault('id-missing', { type });
  }

  private subscribeAll(body: unknown): void {
    for (const sub of Object.keys(objectOf(objectOf(body)['subs']))) this.subscribe(sub);
  }

  private reply(members: Json, id: number | undefined, fault: Fault): CentrifugoWords {
    if (Object.keys(members).length === 0) return { type: 'ping', calls: { asks: 'ping' } };
    if (id === undefined && isObject(members['push'])) return this.push(members['push'], fault);
    const found = METHODS.filter((name) => name in members);
    if (found.length > 1) fault('two-requests', { count: found.length });
    const [type = 'result' in members ? 'result' : 'invalid'] = found;
    if (id !== undefined && this.isWhole && !this.ids.has(id)) fault('unknown-id', { id });
    const body = members[type];
    this.subscribeAll(body);
    const answers = id === undefined ? [] : [{ key: `id ${id}` }];
    const isError = members['error'] !== undefined;
    return {
      type: isError ? 'error' : type,
      payload: isError ? members['error'] : body,
      calls: { answers, ...(isError ? { isError } : { subscriptions: this.begun(type, id, body) }) },
    };
  }

  /** A reply to subscribe, or to connect with the channels to which the server subscribes the client. */
  private begun(type: string, id: number | undefined, body: unknown): SubscriptionChange[] {
    const channel = type === 'subscribe' && id !== undefined ? this.ids.get(id) : undefined;
    const channels = type === 'connect' ? Object.keys(objectOf(objectOf(body)['subs'])) : [];
    return [...channels, ...(channel === undefined ? [] : [channel])].map((key) => ({ key, topic: key }));
  }

  private push(push: Json, fault: Fault): CentrifugoWords {
    const kind = PUSHES.find((name) => name in push);
    const { channel } = push;
    const type = kind === undefined ? 'push' : `push ${kind}`;
    const body = kind === undefined ? push : push[kind];
    if (typeof channel === 'string' && channel !== '' && kind !== undefined) {
      if (kind === 'subscribe') this.subscribe(channel);
      else if (OF_CHANNEL.has(kind) && this.isWhole && !this.channels.has(channel))
        fault('not-subscribed', { type, channel: channel.slice(0, 100) });
      if (kind === 'pub') this.published(channel, objectOf(body)['offset'], fault);
    }
    if (kind === 'connect') this.subscribeAll(body);
    return {
      type,
      ...(typeof channel === 'string' && channel !== '' && { name: channel }),
      payload: body,
      ...(kind === 'unsubscribe' && { calls: ended(channel) }),
      ...(kind === 'subscribe' && { calls: began(channel) }),
    };
  }

  private published(channel: string, offset: unknown, fault: Fault): void {
    const last = this.channels.get(channel);
    if (last === undefined || typeof offset !== 'number' || offset === 0) return;
    if (offset < last) fault('offset-back', { offset, last });
    this.channels.set(channel, offset);
  }

  /** A channel that is subscribed again may begin at another position. */
  private subscribe(channel: string): void {
    this.channels.set(channel, 0);
    if (this.channels.size <= MOST_IDS) return;
    this.channels.clear();
    this.isWhole = false;
  }

  private remember(id: number, channel: string | undefined): void {
    this.ids.set(id, channel);
    if (this.ids.size <= MOST_IDS) return;
    for (const oldest of this.ids.keys()) {
      this.ids.delete(oldest);
      break;
    }
    this.isWhole = false;
  }
}

function began(channel: unknown): Pick<AppPacket, 'subscriptions'> {
  return typeof channel === 'string' ? { subscriptions: [{ key: channel, topic: channel }] } : {};
}

function ended(channel: unknown): Pick<AppPacket, 'subscriptions'> {
  return typeof channel === 'string' ? { subscriptions: [{ key: channel }] } : {};
}

/** The methods that a command has, and what the first carries. Protocol 1 numbers its methods. */
function methodsOf(members: Json): { readonly found: readonly string[]; readonly body: unknown } {
  if ('params' in members || 'method' in members)
    return { found: [METHODS[Number(members['method'] ?? 0)] ?? 'invalid'], body: members['params'] };
  const found = METHODS.filter((name) => name in members);
  return { found, body: members[found[0] ?? ''] };
}

/** Bytes that hold JSON, as `data` mostly does, are shown as what they hold. */
function shown(value: unknown, depth: number): unknown {
  if (value instanceof Uint8Array)
    return value.length > 0 && utf8Error(value) === undefined ? (parseJson(value)?.value ?? decodeUtf8(value)) : value;
  if (typeof value !== 'object' || value === null || depth > 8) return value;
  if (Array.isArray(value)) return value.map((one) => shown(one, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shown(one, depth + 1)]));
}

function formOf({ subprotocol }: AppContext['handshake']): string | undefined {
  return subprotocol === 'centrifuge-protobuf' || subprotocol === 'centrifuge-json' ? subprotocol : undefined;
}

export const CENTRIFUGO: AppProtocol = {
  name: NAME,
  title: 'Centrifugo client protocol',
  rules: RULES,
  open: ({ handshake, isJoined }) => new CentrifugoReader(formOf(handshake), isJoined),
};
