import type { Direction } from '../../../codec/messages/records.js';
import { decodeUtf8 } from '../../../codec/bytes/utf8.js';
import { jsonText, parseJson } from '../../forms/json.js';
import { idOf } from '../../forms/kinds.js';
import { messagePacket, wholeSpan } from '../../build-packet.js';
import { DIRECTIONS, KnownCalls, OTHER_SIDE } from '../../known-calls.js';
import type {
  AppDiagnostic,
  AppField,
  AppMessage,
  AppPacket,
  AppProtocol,
  AppReader,
  EndDiagnostic,
} from '../../packet.js';
import { engineVersion } from '../../polled-packets.js';
import { parseMsgpack, parseText, withParts, type Parsed } from './parse.js';
import { broken, ENGINE, NAME, RULES } from './rules.js';

const ENGINE_TYPES = ['open', 'close', 'ping', 'pong', 'message', 'upgrade', 'noop'] as const;
const MESSAGE_BYTE = 4;
/** Attachments of one packet that are waited for: parsers take 10 by default. */
const MOST_ATTACHMENTS = 1000;
const MOST_NAMESPACES = 10_000;

/** A packet that waits for its attachments. */
interface Waiting {
  readonly parsed: Parsed;
  readonly bytes: Uint8Array;
  readonly messages: number[];
  readonly parts: Uint8Array[];
}

class SocketIoReader implements AppReader {
  private readonly waiting: Partial<Record<Direction, Waiting>> = {};
  /** Namespaces that the client asked to join. */
  private readonly joined = new Set<string>();
  /** Events that wait for an ACK. */
  private readonly events: KnownCalls;
  /** Seconds, of the open packet; undefined where that was not seen. */
  private pingTimeout: number | undefined;
  private readonly pinged: Partial<Record<Direction, number>> = {};

  constructor(
    private readonly version: 3 | 4,
    /** What came before is not known. */
    private isJoined: boolean,
  ) {
    this.events = new KnownCalls(isJoined);
  }

  read(message: AppMessage): readonly AppPacket[] {
    if (!message.isText) return this.binary(message);
    const type = ENGINE_TYPES[(message.bytes[0] ?? 0) - 0x30];
    if (type === 'message') return this.text(message);
    if (type === undefined) {
      const begin = message.length === 0 ? 'nothing' : `"${decodeUtf8(message.bytes.subarray(0, 1))}"`;
      return [this.engine(message, 'invalid', '', [broken('engine-type', wholeSpan(message), { begin })])];
    }
    return [this.enginePacket(message, type)];
  }

  lost(direction: Direction): void {
    delete this.waiting[direction];
    this.isJoined = true;
    this.joined.clear();
    this.events.lost();
    delete this.pinged[OTHER_SIDE[direction]];
    delete this.pinged[direction];
  }

  end(): readonly EndDiagnostic[] {
    return DIRECTIONS.flatMap((direction) => {
      const waiting = this.waiting[direction];
      return waiting === undefined ? [] : [{ ...missingOf(waiting), direction }];
    });
  }

  private engine(
    message: AppMessage,
    type: string,
    data: string,
    diagnostics: readonly AppDiagnostic[],
    more: Partial<AppPacket> = {},
  ): AppPacket {
    const { bytes } = message;
    const fields = (): AppField[] => [
      { name: 'type', span: { start: 0, end: Math.min(1, bytes.length) }, value: type },
      ...(bytes.length > 1 ? [{ name: 'data', span: { start: 1, end: bytes.length }, value: data }] : []),
    ];
    return messagePacket(message, { protocol: ENGINE, type, summary: data, fields, diagnostics, ...more });
  }

  private enginePacket(message: AppMessage, type: (typeof ENGINE_TYPES)[number]): AppPacket {
    const data = decodeUtf8(message.bytes.subarray(1));
    const { direction } = message;
    const asked =
      type === 'ping' ? { asks: `ping ${data}` } : type === 'pong' ? { answers: [{ key: `ping ${data}` }] } : {};
    const payload = type === 'open' ? parseJson(message.bytes.subarray(1))?.value : data === '' ? undefined : data;
    // A probe is the client's in every version.
    const pinger = this.version === 3 || data === 'probe' ? 'client' : 'server';
    const isOther = type === 'ping' && direction !== 'unknown' && direction !== pinger;
    const diagnostics = isOther
      ? [broken('sender', wholeSpan(message), { type, side: direction })]
      : [...openFaults(type, payload, message), ...this.beat(type, payload, message)];
    return this.engine(message, type, data, diagnostics, { ...asked, ...(payload !== undefined && { payload }) });
  }

  /** A pong that comes later than the open packet allows (Engine.IO, Heartbeat). */
  private beat(type: string, payload: unknown, message: AppMessage): AppDiagnostic[] {
    const { direction, time } = message;
    if (type === 'open') this.pingTimeout = timeoutOf(payload);
    if (type === 'ping' && payload === undefined) this.pinged[direction] = time;
    if (type !== 'pong' || payload !== undefined) return [];
    const since = time - (this.pinged[OTHER_SIDE[direction]] ?? NaN);
    delete this.pinged[OTHER_SIDE[direction]];
    const { pingTimeout: timeout = Infinity } = this;
    if (!(since > timeout)) return [];
    return [broken('pong-late', wholeSpan(message), { seconds: since.toFixed(1), timeout })];
  }

  /** A text message of the type `message`: a Socket.IO packet, or what another application of Engine.IO says. */
  private text(message: AppMessage): AppPacket[] {
    const before = this.given(message);
    const parsed = parseText(message, this.version);
    if (parsed === undefined) {
      const data = decodeUtf8(message.bytes.subarray(1, 200));
      const isKnown = this.joined.size > 0;
      const type = data.slice(0, 1);
      return [
        ...before,
        this.engine(message, 'message', data, isKnown ? [broken('packet-type', wholeSpan(message), { type })] : []),
      ];
    }
    const { attachments = 0 } = parsed;
    if (attachments === 0 || attachments > MOST_ATTACHMENTS) {
      return [...before, this.packet(parsed, message, message.bytes, [message.index], [])];
    }
    this.waiting[message.direction] = { parsed, bytes: message.bytes.slice(), messages: [message.index], parts: [] };
    return before;
  }

  /** The packet whose attachments do not come any more. */
  private given(message: AppMessage): AppPacket[] {
    const { direction } = message;
    const waiting = this.waiting[direction];
    if (waiting === undefined) return [];
    delete this.waiting[direction];
    const { parsed, bytes, messages, parts } = waiting;
    const faulty = { ...parsed, diagnostics: [...parsed.diagnostics, missingOf(waiting)] };
    return [this.packet(faulty, message, bytes, messages, parts)];
  }

  private binary(message: AppMessage): readonly AppPacket[] {
    const waiting = this.waiting[message.direction];
    if (waiting !== undefined) return this.attachment(message, waiting);
    const parsed = parseMsgpack(message);
    if (parsed !== undefined) return [this.packet(parsed, message, message.bytes, [message.index], [])];
    const isKnown = this.joined.size > 0;
    const diagnostics = isKnown ? [broken('unexpected-binary', wholeSpan(message))] : [];
    return [this.engine(message, 'message', `${message.length} bytes`, diagnostics)];
  }

  private attachment(message: AppMessage, waiting: Waiting): readonly AppPacket[] {
    const { parsed, parts, messages, bytes } = waiting;
    const hasType = this.version === 3 && message.bytes[0] === MESSAGE_BYTE;
    parts.push(message.bytes.slice(hasType ? 1 : 0));
    messages.push(message.index);
    if (parts.length < (parsed.attachments ?? 0)) return [];
    delete this.waiting[message.direction];
    const isWrong = this.version === 3 && !hasType;
    const begin = `${(message.bytes[0] ?? 0).toString(16).padStart(2, '0')}`;
    const more = isWrong ? [broken('binary-type', { start: 0, end: 1 }, { begin })] : [];
    return [this.packet({ ...parsed, diagnostics: [...parsed.diagnostics, ...more] }, message, bytes, messages, parts)];
  }

  private packet(
    parsed: Parsed,
    { direction }: AppMessage,
    bytes: Uint8Array,
    messages: readonly number[],
    parts: readonly Uint8Array[],
  ): AppPacket {
    const { type, namespace, id, fields } = parsed;
    const faults: AppDiagnostic[] = [];
    const data = parts.length === 0 ? parsed.data : withParts(parsed.data, parts, bytes.length, faults);
    const isEvent = type === 'EVENT' || type === 'BINARY_EVENT';
    const [first, ...rest] = isEvent && Array.isArray(data) ? (data as unknown[]) : [];
    const given = idOf(first);
    const name = given === undefined ? undefined : String(given);
    const shown = name === undefined ? data : rest;
    const words = [namespace === '/' ? '' : namespace, shown === undefined ? '' : jsonText(shown)].filter(
      (word) => word !== '',
    );
    return {
      protocol: NAME,
      type,
      ...(name !== undefined && { name }),
      ...(id !== undefined && { id }),
      summary: words.join(' '),
      payload: data,
      bytes,
      messages,
      fields,
      diagnostics: [...parsed.diagnostics, ...faults, ...this.stateOf(parsed, direction, bytes)],
      ...callOf(parsed, direction),
      ...((type === 'CONNECT_ERROR' || type === 'ERROR') && { isError: true }),
    };
  }

  /** The rules that depend on which namespaces are joined. */
  private stateOf(parsed: Parsed, direction: Direction, bytes: Uint8Array): AppDiagnostic[] {
    const { type, namespace } = parsed;
    const span = { start: 0, end: bytes.length };
    const [base = namespace] = namespace.split('?');
    if (type === 'CONNECT') return this.connect(parsed, base, direction, span);
    const unknown = this.acknowledged(parsed, base, direction, span);
    const isJoined = this.isIn(base);
    if (type === 'CONNECT_ERROR' || type === 'ERROR' || type === 'DISCONNECT') this.joined.delete(base);
    if (direction !== 'client') return unknown;
    if (type === 'CONNECT_ERROR') return [broken('sender', span, { type, side: direction })];
    return isJoined ? unknown : [broken('before-connect', span, { type, namespace: base })];
  }

  /** Ids count in their namespace. */
  private acknowledged(
    { type, id }: Parsed,
    namespace: string,
    direction: Direction,
    span: AppDiagnostic['span'],
  ): AppDiagnostic[] {
    if (id === undefined) return [];
    const key = `${namespace} ${id}`;
    if (type === 'EVENT' || type === 'BINARY_EVENT') this.events.ask(direction, key, true);
    const isAck = type === 'ACK' || type === 'BINARY_ACK';
    if (!isAck || this.events.answer(direction, key)) return [];
    return [broken('unknown-ack', span, { namespace, id: String(id) })];
  }

  private connect(
    { data }: Parsed,
    namespace: string,
    direction: Direction,
    span: AppDiagnostic['span'],
  ): AppDiagnostic[] {
    if (direction === 'client' && this.version === 3) {
      if (namespace === '/') return [broken('connect-form', span, { why: 'for /, which the server joins unasked' })];
      if (data !== undefined) return [broken('connect-form', span, { why: 'has a payload' })];
    }
    const isTwice = direction === 'client' && this.joined.has(namespace);
    if (this.joined.size < MOST_NAMESPACES) this.joined.add(namespace);
    return isTwice ? [broken('connect-twice', span, { namespace })] : [];
  }

  /** In version 3 the server joins `/` unasked; what came before the first message is not known. */
  private isIn(namespace: string): boolean {
    return this.isJoined || this.joined.has(namespace) || (this.version === 3 && namespace === '/');
  }
}

function openFaults(type: string, payload: unknown, message: AppMessage): AppDiagnostic[] {
  if (type !== 'open') return [];
  const given = typeof payload === 'object' && payload !== null ? payload : {};
  const missing = ['sid', 'upgrades', 'pingInterval', 'pingTimeout'].find((field) => !(field in given));
  return missing === undefined ? [] : [broken('open-without-sid', wholeSpan(message), { field: missing })];
}

/** Seconds that the open packet allows for a pong. */
function timeoutOf(payload: unknown): number | undefined {
  const given = typeof payload === 'object' && payload !== null ? payload : {};
  const timeout = 'pingTimeout' in given ? given.pingTimeout : undefined;
  return typeof timeout === 'number' && timeout > 0 ? timeout / 1000 : undefined;
}

function missingOf({ parsed, parts, bytes }: Waiting): AppDiagnostic {
  const { attachments: count = 0 } = parsed;
  return broken('attachments-missing', { start: 0, end: bytes.length }, { missing: count - parts.length, count });
}

/** An id counts in its namespace; joining is answered with CONNECT or an error. */
function callOf({ type, namespace, id }: Parsed, direction: Direction): Pick<AppPacket, 'asks' | 'answers'> {
  const [base = namespace] = namespace.split('?');
  if (type === 'CONNECT' && direction === 'client') return { asks: `connect ${base}` };
  if (type === 'CONNECT' || type === 'CONNECT_ERROR' || type === 'ERROR')
    return { answers: [{ key: `connect ${base}` }] };
  if (id === undefined) return {};
  const key = `ack ${base} ${id}`;
  if (type === 'EVENT' || type === 'BINARY_EVENT') return { asks: key };
  return type === 'ACK' || type === 'BINARY_ACK' ? { answers: [{ key }] } : {};
}

export const SOCKET_IO: AppProtocol = {
  name: NAME,
  title: 'Engine.IO 3 and 4, Socket.IO 2 to 4',
  rules: RULES,
  open: ({ handshake: { target = '' }, isJoined }) => {
    // With a session's id the connection continues what began by HTTP polling.
    const isUpgrade = /[?&]sid=/.test(target);
    return new SocketIoReader(engineVersion(target), isJoined || isUpgrade);
  },
};
