import { jsonText, parseJson } from '../forms/json.js';
import { messagePacket, wholeSpan } from '../build-packet.js';
import { ruleBook } from '../packet.js';
import type { AppAnswer, AppDiagnostic, AppMessage, AppPacket, AppProtocol, AppReader, AppRule } from '../packet.js';
import type { Direction } from '../../codec/messages/records.js';

const NAME = 'graphql-transport-ws';
const SPECIFICATION = 'GraphQL over WebSocket Protocol';

const RULES = {
  json: {
    reference: `${SPECIFICATION}, Communication`,
    requirement: 'Each message is a JSON object with a type.',
    message: 'the message is no JSON object with a type (close code 4400)',
  },
  'unknown-type': {
    reference: `${SPECIFICATION}, Message types`,
    requirement: 'A message has one of the types of the protocol.',
    message: 'the protocol has no message of type "{type}" (close code 4400)',
  },
  sender: {
    reference: `${SPECIFICATION}, Message types`,
    requirement: 'A message is sent by the side whose message it is.',
    message: '"{type}" is a message of the other side (close code 4400)',
  },
  'missing-field': {
    reference: `${SPECIFICATION}, Message types`,
    requirement: 'A message has the fields of its type.',
    message: '"{type}" has no {field} (close code 4400)',
  },
  'before-ack': {
    reference: `${SPECIFICATION}, Subscribe`,
    requirement: 'The client subscribes after the connection_ack.',
    message: 'subscribe before connection_ack (close code 4401)',
  },
  'second-init': {
    reference: `${SPECIFICATION}, ConnectionInit`,
    requirement: 'The client sends one connection_init.',
    message: 'a second connection_init (close code 4429)',
  },
  'id-in-use': {
    reference: `${SPECIFICATION}, Subscribe`,
    requirement: 'The id of a subscribe is not that of a running operation.',
    message: 'the id "{id}" is that of a running operation (close code 4409)',
  },
  'unknown-id': {
    reference: `${SPECIFICATION}, Next`,
    requirement: 'The server answers running operations.',
    message: '"{type}" for the id "{id}", which no running operation has',
  },
  'error-payload': {
    reference: `${SPECIFICATION}, Error`,
    requirement: 'The payload of an error is a list of GraphQL errors.',
    message: 'the payload of error is no list',
  },
} as const satisfies Record<string, AppRule>;

const broken = ruleBook(NAME, RULES);
/** Operations whose state is kept. */
const MOST_OPERATIONS = 10_000;

interface TypeRow {
  readonly by: 'client' | 'server' | 'both';
  readonly needs: readonly ('id' | 'payload')[];
}

const TYPES: Readonly<Record<string, TypeRow>> = {
  connection_init: { by: 'client', needs: [] },
  connection_ack: { by: 'server', needs: [] },
  ping: { by: 'both', needs: [] },
  pong: { by: 'both', needs: [] },
  subscribe: { by: 'client', needs: ['id', 'payload'] },
  next: { by: 'server', needs: ['id', 'payload'] },
  error: { by: 'server', needs: ['id', 'payload'] },
  complete: { by: 'both', needs: ['id'] },
};

/** What is said in one message, its kinds of values checked. */
interface GraphqlWords {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

class GraphqlReader implements AppReader {
  private isInit = false;
  private isAcknowledged = false;
  /** Operations that run; false: the client has ended it, and the server may not know yet. */
  private readonly running = new Map<string, boolean>();

  /** `isJoined`: what came before is not known. */
  constructor(private isJoined: boolean) {
    this.isAcknowledged = isJoined;
  }

  lost(): void {
    this.running.clear();
    this.isJoined = true;
    this.isAcknowledged = true;
  }

  read(message: AppMessage): readonly AppPacket[] {
    const value = message.isText ? parseJson(message.bytes)?.value : undefined;
    if (!isObject(value) || typeof value['type'] !== 'string') {
      return [
        messagePacket(message, { protocol: NAME, type: 'invalid', diagnostics: [broken('json', wholeSpan(message))] }),
      ];
    }
    const { type, id, payload } = value;
    const said = { type, ...(typeof id === 'string' && { id }), ...(payload !== undefined && { payload }) };
    const row = TYPES[type];
    const span = wholeSpan(message);
    const diagnostics =
      row === undefined
        ? [broken('unknown-type', span, { type })]
        : [...shapeOf(said, row, message), ...this.stateOf(said, message)];
    return [
      messagePacket(message, {
        protocol: NAME,
        type: row === undefined ? 'invalid' : type,
        ...(said.id !== undefined && { id: said.id }),
        ...nameOf(said),
        summary: summaryOf(said),
        payload,
        diagnostics,
        ...callOf(said, message.direction),
        isError: type === 'error',
      }),
    ];
  }

  private note(id: string): void {
    if (this.running.size >= MOST_OPERATIONS) this.lost();
    this.running.set(id, true);
  }

  /** The rules that depend on what came before. */
  private stateOf({ type, id }: GraphqlWords, message: AppMessage): AppDiagnostic[] {
    const span = wholeSpan(message);
    const { running } = this;
    const isServer = message.direction === 'server';
    if (type === 'connection_init') {
      const isSecond = this.isInit;
      this.isInit = true;
      return isSecond ? [broken('second-init', span)] : [];
    }
    if (type === 'connection_ack') this.isAcknowledged = true;
    if (id === undefined) return [];
    if (type === 'subscribe') {
      const isUsed = running.get(id) === true;
      this.note(id);
      if (!this.isAcknowledged) return [broken('before-ack', span)];
      return isUsed ? [broken('id-in-use', span, { id })] : [];
    }
    const isKnown = running.has(id) || this.isJoined;
    if (isServer && (type === 'error' || type === 'complete')) running.delete(id);
    else if (type === 'complete' && running.has(id)) running.set(id, false);
    return isServer && !isKnown ? [broken('unknown-id', span, { type, id })] : [];
  }
}

function shapeOf({ type, id, payload }: GraphqlWords, { by, needs }: TypeRow, message: AppMessage): AppDiagnostic[] {
  const span = wholeSpan(message);
  const { direction } = message;
  const missing = needs.filter((field) => (field === 'id' ? id : payload) === undefined);
  return [
    ...(by !== 'both' && direction !== 'unknown' && by !== direction ? [broken('sender', span, { type })] : []),
    ...missing.map((field) => broken('missing-field', span, { type, field })),
    ...(type === 'error' && payload !== undefined && !Array.isArray(payload) ? [broken('error-payload', span)] : []),
  ];
}

function nameOf({ type, payload }: GraphqlWords): { name?: string } {
  if (type !== 'subscribe' || !isObject(payload)) return {};
  const { operationName, query } = payload;
  if (typeof operationName === 'string') return { name: operationName };
  const named =
    typeof query === 'string' ? /^\s*(?:query|mutation|subscription)\s+([_A-Za-z]\w{0,200})/.exec(query) : null;
  return named === null ? {} : { name: named[1]! };
}

/** What comes with an init are credentials, as a rule. */
function summaryOf({ type, payload }: GraphqlWords): string {
  if (type === 'connection_init') return '';
  if (isObject(payload) && typeof payload['query'] === 'string') return payload['query'].replace(/\s+/g, ' ').trim();
  return payload === undefined ? '' : jsonText(payload);
}

/** Calls and replies: init and ack, ping and pong, and each operation with what the server says of it. */
function callOf({ type, id }: GraphqlWords, direction: Direction): Pick<AppPacket, 'asks' | 'answers'> {
  if (type === 'connection_init') return { asks: 'init' };
  if (type === 'ping') return { asks: 'ping' };
  if (type === 'subscribe' && id !== undefined) return { asks: `id ${id}` };
  const answer = (key: string, isLast = true): { answers: AppAnswer[] } => ({ answers: [{ key, isLast }] });
  if (type === 'connection_ack') return answer('init');
  if (type === 'pong') return answer('ping');
  if (type === 'complete' && direction === 'client' && id !== undefined) {
    return { answers: [{ key: `id ${id}`, isLast: false, isOwn: true }] };
  }
  const ofServer =
    id !== undefined && direction === 'server' && (type === 'next' || type === 'error' || type === 'complete');
  return ofServer ? answer(`id ${id}`, type !== 'next') : {};
}

export const GRAPHQL_TRANSPORT_WS: AppProtocol = {
  name: NAME,
  title: 'GraphQL over WebSocket (graphql-transport-ws)',
  rules: RULES,
  open: ({ isJoined }) => new GraphqlReader(isJoined),
};
