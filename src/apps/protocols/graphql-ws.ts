import type { Span } from '../../codec/bytes/span.js';
import type { Direction } from '../../codec/messages/records.js';
import { invalidPacket, messagePacket, wholeSpan } from '../build-packet.js';
import { jsonText, parseJson } from '../forms/json.js';
import { idOf, isObject, isText } from '../forms/kinds.js';
import { ruleBook } from '../packet.js';
import type { AppDiagnostic, AppMessage, AppPacket, AppProtocol, AppReader, AppRule } from '../packet.js';

const NAME = 'graphql-ws';
const SPECIFICATION = 'subscriptions-transport-ws, PROTOCOL.md';

const RULES = {
  json: {
    reference: SPECIFICATION,
    requirement: 'Each message is a JSON object with a type.',
    message: 'the message is no JSON object with a type',
  },
  'unknown-type': {
    reference: SPECIFICATION,
    requirement: 'A message has one of the types of the protocol.',
    message: 'the protocol has no message of type "{type}"',
  },
  sender: {
    reference: SPECIFICATION,
    requirement: 'A message is sent by the side whose message it is.',
    message: '"{type}" is a message of the other side',
  },
  'missing-field': {
    reference: SPECIFICATION,
    requirement: 'A message has the fields of its type.',
    message: '"{type}" has no {field}',
  },
  'before-init': {
    reference: `${SPECIFICATION}, GQL_START`,
    requirement: 'The client starts operations after connection_init.',
    message: 'start before connection_init',
  },
  'id-in-use': {
    reference: `${SPECIFICATION}, GQL_START`,
    requirement: 'The id of a start is not that of a running operation.',
    message: 'the id "{id}" is that of a running operation, which is replaced',
  },
  'unknown-id': {
    reference: `${SPECIFICATION}, GQL_DATA`,
    requirement: 'The server answers operations that were started.',
    message: '"{type}" for the id "{id}", which no running operation has',
  },
  'complete-after-error': {
    reference: `${SPECIFICATION}, GQL_ERROR`,
    requirement: 'An operation ends with either error or complete.',
    message: '"{type}" for the id "{id}", whose operation ended with an error',
  },
} as const satisfies Record<string, AppRule>;

const broken = ruleBook(NAME, RULES);

interface TypeRow {
  readonly by: 'client' | 'server';
  readonly needs?: readonly ('id' | 'payload')[];
}

/** `start_ack` is AWS AppSync's. */
const TYPES: Readonly<Record<string, TypeRow>> = {
  connection_init: { by: 'client' },
  start: { by: 'client', needs: ['id', 'payload'] },
  stop: { by: 'client', needs: ['id'] },
  connection_terminate: { by: 'client' },
  connection_ack: { by: 'server' },
  connection_error: { by: 'server' },
  ka: { by: 'server' },
  start_ack: { by: 'server', needs: ['id'] },
  data: { by: 'server', needs: ['id', 'payload'] },
  error: { by: 'server' },
  complete: { by: 'server', needs: ['id'] },
};
const ENDS_OR_CARRIES = new Set(['data', 'error', 'complete']);
const MOST_OPERATIONS = 10_000;

interface LegacyGraphqlWords {
  readonly type: string;
  readonly id: string | number | undefined;
  readonly payload: unknown;
}

/** `failed`: ended with an error. `stopped`: the server may not know yet. */
type State = 'running' | 'stopped' | 'failed';

class LegacyGraphqlReader implements AppReader {
  private isInit = false;
  private readonly operations = new Map<string, State>();

  /** `isPartial`: operations may run whose start was not seen. */
  constructor(private isPartial: boolean) {}

  read(message: AppMessage): readonly AppPacket[] {
    const value = parseJson(message.bytes)?.value;
    if (!isObject(value) || !isText(value['type'])) {
      return [invalidPacket(message, NAME, broken('json', wholeSpan(message)))];
    }
    const { type, payload } = value;
    const said: LegacyGraphqlWords = { type, id: idOf(value['id']), payload };
    const row = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
    const diagnostics =
      row === undefined
        ? [broken('unknown-type', wholeSpan(message), { type })]
        : [...shapeOf(said, row, message), ...this.stateOf(said, message)];
    return [
      messagePacket(message, {
        protocol: NAME,
        type: row === undefined ? 'invalid' : type,
        ...(said.id !== undefined && { id: said.id }),
        ...nameOf(said),
        summary: summaryOf(said),
        ...(payload !== undefined && { payload }),
        diagnostics,
        ...linksOf(said, message.direction),
        ...((type === 'error' || type === 'connection_error') && { isError: true }),
      }),
    ];
  }

  lost(): void {
    this.operations.clear();
    this.isPartial = true;
  }

  /** The rules that depend on what came before. */
  private stateOf({ type, id }: LegacyGraphqlWords, message: AppMessage): AppDiagnostic[] {
    const span = wholeSpan(message);
    if (type === 'connection_init') this.isInit = true;
    if (id === undefined) return [];
    const key = String(id);
    const state = this.operations.get(key);
    if (type === 'start') {
      this.note(key, 'running');
      return [
        ...(this.isInit || this.isPartial ? [] : [broken('before-init', span)]),
        ...(state === 'running' ? [broken('id-in-use', span, { id })] : []),
      ];
    }
    if (type === 'stop' && state === 'running') this.operations.set(key, 'stopped');
    return ENDS_OR_CARRIES.has(type) ? this.reply(type, key, span) : [];
  }

  private reply(type: string, id: string, span: Span): AppDiagnostic[] {
    const state = this.operations.get(id);
    if (type === 'error') this.note(id, 'failed');
    if (type === 'complete') this.operations.delete(id);
    if (state === 'failed') return [broken('complete-after-error', span, { type, id })];
    return state === undefined && !this.isPartial ? [broken('unknown-id', span, { type, id })] : [];
  }

  private note(key: string, state: State): void {
    if (this.operations.size >= MOST_OPERATIONS) this.lost();
    this.operations.set(key, state);
  }
}

function shapeOf(
  { type, id, payload }: LegacyGraphqlWords,
  { by, needs = [] }: TypeRow,
  message: AppMessage,
): AppDiagnostic[] {
  const span = wholeSpan(message);
  const { direction } = message;
  const missing = needs.filter((field) => (field === 'id' ? id : payload) === undefined);
  return [
    ...(direction !== 'unknown' && by !== direction ? [broken('sender', span, { type })] : []),
    ...missing.map((field) => broken('missing-field', span, { type, field })),
  ];
}

function nameOf({ type, payload }: LegacyGraphqlWords): { name?: string } {
  if (type !== 'start' || !isObject(payload)) return {};
  const { operationName, query } = payload;
  if (isText(operationName)) return { name: operationName };
  const named = isText(query) ? /^\s*(?:query|mutation|subscription)\s+([_A-Za-z]\w{0,200})/.exec(query) : null;
  return named === null ? {} : { name: named[1]! };
}

/** What comes with an init are credentials, as a rule. */
function summaryOf({ type, payload }: LegacyGraphqlWords): string {
  if (type === 'connection_init') return '';
  if (isObject(payload) && isText(payload['query'])) return payload['query'].replace(/\s+/g, ' ').trim();
  return payload === undefined || payload === null ? '' : jsonText(payload);
}

/** Init and its answer, and each operation with what the server says of it. */
function linksOf({ type, id }: LegacyGraphqlWords, direction: Direction): Pick<AppPacket, 'asks' | 'answers'> {
  if (type === 'connection_init') return { asks: 'init' };
  if (type === 'connection_ack' || type === 'connection_error') return { answers: [{ key: 'init' }] };
  if (id === undefined) return {};
  const key = `id ${id}`;
  if (type === 'start') return { asks: key };
  if (type === 'stop') return { answers: [{ key, isLast: false, isOwn: true }] };
  const isReply = type === 'data' || type === 'error' || type === 'complete' || type === 'start_ack';
  const isLast = type === 'error' || type === 'complete';
  return isReply && direction !== 'client' ? { answers: [{ key, isLast }] } : {};
}

export const GRAPHQL_WS: AppProtocol = {
  name: NAME,
  title: 'GraphQL over WebSocket, legacy (graphql-ws)',
  rules: RULES,
  open: ({ isJoined }) => new LegacyGraphqlReader(isJoined),
};
