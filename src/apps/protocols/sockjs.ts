import { decodeUtf8 } from '../../codec/bytes/utf8.js';
import { messagePacket, wholeSpan } from '../build-packet.js';
import { jsonFields, jsonText, parseJson } from '../forms/json.js';
import { ruleBook } from '../packet.js';
import type {
  AppContext,
  AppDiagnostic,
  AppField,
  AppMessage,
  AppPacket,
  AppProtocol,
  AppReader,
  AppRule,
  EndDiagnostic,
} from '../packet.js';
import type { Direction } from '../../codec/messages/records.js';

const NAME = 'sockjs';
const SPEC = 'SockJS protocol 0.3.3';

const RULES = {
  'open-first': {
    reference: `${SPEC}, Framing`,
    requirement: 'The first message of the server is an open frame.',
    message: 'the first message of the server is no open frame',
  },
  'unknown-frame': {
    reference: `${SPEC}, Framing`,
    requirement: 'A message of the server is one of the frames o, h, a, m and c.',
    message: 'the message "{text}" is no frame of the server',
  },
  'open-twice': {
    reference: `${SPEC}, Framing`,
    requirement: 'The server opens a session once.',
    message: 'a second open frame',
  },
  json: {
    reference: `${SPEC}, Framing`,
    requirement: 'What a frame carries is JSON.',
    message: 'the message carries no JSON (close code 3000)',
  },
  strings: {
    reference: `${SPEC}, Framing`,
    requirement: 'The messages in a frame are strings.',
    message: 'the frame carries something else than strings',
  },
  'close-frame': {
    reference: `${SPEC}, Framing`,
    requirement: 'A close frame carries a code and a reason.',
    message: 'the close frame carries no code and reason',
  },
  'after-close': {
    reference: `${SPEC}, Framing`,
    requirement: 'The server sends nothing after a close frame.',
    message: 'the message comes after a close frame',
  },
  'binary-message': {
    reference: `${SPEC}, Transports`,
    requirement: 'SockJS messages are text messages.',
    message: 'the message is a binary message',
  },
} as const satisfies Record<string, AppRule>;

const broken = ruleBook(NAME, RULES);

const LETTERS: Readonly<Record<string, string>> = { o: 'open', h: 'heartbeat', a: 'array', m: 'message', c: 'close' };
/** Messages of one frame that are read further. */
const MOST_INNER = 10_000;

/** What a message is, and the messages of the application in it. */
interface SockjsFrame {
  readonly type: string;
  /** Bytes before its JSON. */
  readonly prefix: number;
  readonly payload?: unknown;
  readonly inner: readonly string[];
  readonly diagnostics: readonly AppDiagnostic[];
}

class SockjsReader implements AppReader {
  private isOpen: boolean;
  private isFirst: boolean;
  private isClosed = false;
  private readonly nested: AppReader;

  constructor(context: AppContext) {
    this.isOpen = false;
    this.isFirst = !context.isJoined;
    this.nested = context.nested();
  }

  read(message: AppMessage): readonly AppPacket[] {
    const { direction, isText } = message;
    const begin = decodeUtf8(message.bytes.subarray(0, 1));
    const isClient = direction === 'client' || (direction === 'unknown' && (begin === '[' || begin === '"'));
    const frame = isClient ? fromClient(message) : fromServer(message, begin);
    const span = wholeSpan(message);
    const diagnostics = [
      ...(isText ? [] : [broken('binary-message', span)]),
      ...frame.diagnostics,
      ...(isClient ? [] : this.order(frame.type, span)),
    ];
    const { type, payload, prefix } = frame;
    const outer = messagePacket(message, {
      protocol: NAME,
      type,
      summary: payload === undefined ? '' : jsonText(payload),
      ...(payload !== undefined && { payload }),
      diagnostics,
      fields: () => fieldsOf(message, type, prefix),
    });
    const inner = this.inner(message, frame);
    // As the client meets them: it frames what it has written, and unpacks what it has got.
    return isClient ? [...inner, outer] : [outer, ...inner];
  }

  lost(direction: Direction): void {
    if (direction !== 'client') this.isFirst = false;
    this.nested.lost?.(direction);
  }

  end(): readonly EndDiagnostic[] {
    return this.nested.end?.() ?? [];
  }

  private order(type: string, span: AppDiagnostic['span']): AppDiagnostic[] {
    const { isFirst, isOpen, isClosed } = this;
    this.isFirst = false;
    this.isOpen ||= type === 'open';
    this.isClosed ||= type === 'close';
    return [
      ...(isFirst && type !== 'open' ? [broken('open-first', span)] : []),
      ...(isOpen && type === 'open' ? [broken('open-twice', span)] : []),
      ...(isClosed ? [broken('after-close', span)] : []),
    ];
  }

  private inner(message: AppMessage, { inner }: SockjsFrame): AppPacket[] {
    const packets: AppPacket[] = [];
    for (const text of inner.slice(0, MOST_INNER)) {
      const bytes = new TextEncoder().encode(text);
      const read = this.nested.read({ ...message, isText: true, bytes, length: bytes.length }) ?? [];
      for (const packet of read) packets.push(packet);
    }
    if (inner.length > MOST_INNER) this.nested.lost?.(message.direction);
    return packets;
  }
}

function fromClient(message: AppMessage): SockjsFrame {
  return strings(message, decodeUtf8(message.bytes.subarray(0, 1)) === '"' ? 'message' : 'array', 0);
}

function fromServer(message: AppMessage, begin: string): SockjsFrame {
  const { bytes, length } = message;
  const type = Object.hasOwn(LETTERS, begin) ? LETTERS[begin] : undefined;
  const span = wholeSpan(message);
  const isBare = type === 'open' || type === 'heartbeat';
  if (type === undefined || (isBare && length > 1)) {
    const text = decodeUtf8(bytes.subarray(0, 20));
    return { type: 'invalid', prefix: 0, inner: [], diagnostics: [broken('unknown-frame', span, { text })] };
  }
  if (isBare) return { type, prefix: 1, inner: [], diagnostics: [] };
  if (type === 'array' || type === 'message') return strings(message, type, 1);
  const parsed = parseJson(bytes.subarray(1));
  const payload = parsed?.value;
  const [code, reason] = Array.isArray(payload) ? (payload as unknown[]) : [];
  const isRight = typeof code === 'number' && typeof reason === 'string';
  return {
    type,
    prefix: 1,
    ...(payload !== undefined && { payload }),
    inner: [],
    diagnostics: isRight ? [] : [broken('close-frame', span)],
  };
}

/** A frame that carries strings. */
function strings(message: AppMessage, type: 'array' | 'message', prefix: number): SockjsFrame {
  const { bytes, length } = message;
  // An empty one says nothing.
  if (length === 0) return { type, prefix, inner: [], diagnostics: [] };
  const parsed = parseJson(bytes.subarray(prefix));
  const span = wholeSpan(message);
  if (parsed === undefined) return { type, prefix, inner: [], diagnostics: [broken('json', span)] };
  const { value: payload } = parsed;
  const items: readonly unknown[] = Array.isArray(payload) && type === 'array' ? payload : [payload];
  const inner = items.filter((item) => typeof item === 'string');
  const isRight = inner.length === items.length;
  return { type, prefix, payload, inner, diagnostics: isRight ? [] : [broken('strings', span)] };
}

function fieldsOf({ bytes }: AppMessage, type: string, prefix: number): AppField[] {
  const letter: AppField[] = prefix === 0 ? [] : [{ name: 'type', span: { start: 0, end: prefix }, value: type }];
  if (bytes.length <= prefix) return letter;
  const fields = jsonFields(bytes.subarray(prefix), prefix);
  return [...letter, { name: 'content', span: { start: prefix, end: bytes.length }, value: 'JSON', fields }];
}

export const SOCKJS: AppProtocol = {
  name: NAME,
  title: 'SockJS',
  rules: RULES,
  open: (context) => new SockjsReader(context),
};
