import { invalidPacket, messagePacket, wholeSpan } from '../build-packet.js';
import { jsonText, parseJson } from '../forms/json.js';
import { isObject, isText, type JsonObject } from '../forms/kinds.js';
import { ruleBook } from '../packet.js';
import type { AppDiagnostic, AppMessage, AppPacket, AppProtocol, AppReader, AppRule } from '../packet.js';

const NAME = 'vite-hmr';
const SPECIFICATION = 'Vite, HMR payload types';

const RULES = {
  json: {
    reference: SPECIFICATION,
    requirement: 'A message is a JSON object with a type.',
    message: 'the message is no JSON object with a type',
  },
  'unknown-type': {
    reference: SPECIFICATION,
    requirement: 'A message has one of the types of Vite.',
    message: 'Vite has no message of type "{type}"',
  },
  sender: {
    reference: SPECIFICATION,
    requirement: 'A client sends custom and ping.',
    message: '"{type}" is a message of the server',
  },
  'missing-field': {
    reference: SPECIFICATION,
    requirement: 'A message has the members of its type.',
    message: '"{type}" has no {field}',
  },
  'connected-first': {
    reference: SPECIFICATION,
    requirement: 'The first message of the server is connected.',
    message: '"{type}" before connected',
  },
} as const satisfies Record<string, AppRule>;

const broken = ruleBook(NAME, RULES);

type ViteKind = 'array' | 'object' | 'text';
/** Types, with the member that each one has to have. */
const TYPES: Readonly<Record<string, readonly [string, ViteKind] | undefined>> = {
  connected: undefined,
  update: ['updates', 'array'],
  'full-reload': undefined,
  prune: ['paths', 'array'],
  error: ['err', 'object'],
  custom: ['event', 'text'],
  ping: undefined,
  pong: undefined,
};
const OF_BOTH = new Set(['custom', 'ping', 'pong']);
const IS: Readonly<Record<ViteKind, (value: unknown) => boolean>> = {
  array: Array.isArray,
  object: isObject,
  text: isText,
};

class ViteReader implements AppReader {
  /** `isBegun`: connected was seen, or may have been before. */
  constructor(private isBegun: boolean) {}

  read(message: AppMessage): readonly AppPacket[] {
    const said = parseJson(message.bytes)?.value;
    if (!isObject(said) || !isText(said['type'])) {
      return [invalidPacket(message, NAME, broken('json', wholeSpan(message)))];
    }
    const { type, event } = said;
    const isKnown = Object.hasOwn(TYPES, type);
    return [
      messagePacket(message, {
        protocol: NAME,
        type: isKnown ? type : 'invalid',
        ...(type === 'custom' && isText(event) && { name: event }),
        summary: summaryOf(said),
        payload: said,
        diagnostics: isKnown ? this.judge(type, said, message) : [broken('unknown-type', wholeSpan(message), { type })],
        ...invokeOf(said),
        ...(type === 'error' && { isError: true }),
      }),
    ];
  }

  lost(): void {
    this.isBegun = true;
  }

  private judge(type: string, said: JsonObject, message: AppMessage): AppDiagnostic[] {
    const span = wholeSpan(message);
    const { direction } = message;
    const [field, kind] = TYPES[type] ?? [];
    const isEarly = !this.isBegun && direction === 'server' && type !== 'connected';
    if (direction === 'server') this.isBegun = true;
    return [
      ...(direction === 'client' && !OF_BOTH.has(type) ? [broken('sender', span, { type })] : []),
      ...(field !== undefined && !IS[kind!](said[field]) ? [broken('missing-field', span, { type, field })] : []),
      ...(isEarly ? [broken('connected-first', span, { type })] : []),
    ];
  }
}

/** `vite:invoke` is a call: its id begins with `send:`, that of its reply with `response:`. */
function invokeOf({ event, data }: JsonObject): Pick<AppPacket, 'asks' | 'answers' | 'id'> {
  const id = event === 'vite:invoke' && isObject(data) && isText(data['id']) ? data['id'] : '';
  const [, kind, key] = /^(send|response):(.{1,200})$/.exec(id) ?? [];
  if (key === undefined) return {};
  return kind === 'send' ? { id, asks: key } : { id, answers: [{ key }] };
}

function summaryOf({ type, updates, paths, path, err, data }: JsonObject): string {
  switch (type) {
    case 'update':
      return Array.isArray(updates) ? updates.slice(0, 20).map(updateText).join(', ') : '';
    case 'prune':
      return jsonText(paths);
    case 'full-reload':
      return isText(path) ? path : '';
    case 'error':
      return isObject(err) && isText(err['message']) ? (err['message'].split('\n')[0] ?? '') : '';
    default:
      return jsonText(data);
  }
}

function updateText(update: unknown): string {
  const { type, path } = isObject(update) ? update : {};
  return [type, path].filter(isText).join(' ');
}

export const VITE_HMR: AppProtocol = {
  name: NAME,
  title: 'Vite HMR',
  rules: RULES,
  open: ({ isJoined }) => new ViteReader(isJoined),
};
