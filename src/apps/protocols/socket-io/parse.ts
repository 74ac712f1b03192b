import { latin1 } from '../../../codec/http1/text.js';
import { decodeUtf8 } from '../../../codec/bytes/utf8.js';
import { jsonFields, parseJson } from '../../forms/json.js';
import { idOf, isText } from '../../forms/kinds.js';
import { wholeMsgpack } from '../../forms/msgpack.js';
import type { AppDiagnostic, AppField, AppMessage } from '../../packet.js';
import { broken } from './rules.js';

const TYPES = ['CONNECT', 'DISCONNECT', 'EVENT', 'ACK', 'CONNECT_ERROR', 'BINARY_EVENT', 'BINARY_ACK'] as const;
const RESERVED = new Set(['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener']);
const GRAMMAR = /^(\d)(?:(\d{1,9})-)?(?:(\/[^,]{0,1000})(?:,|$))?(\d{1,100})?/;

export type SocketIoType = (typeof TYPES)[number] | 'ERROR';

/** A packet without its attachments, as either parser has it. */
export interface Parsed {
  readonly type: SocketIoType;
  readonly namespace: string;
  readonly id?: number | string;
  readonly data?: unknown;
  readonly attachments?: number;
  readonly fields: () => readonly AppField[];
  readonly diagnostics: readonly AppDiagnostic[];
}

/** `4<type>[<attachments>-][<namespace>,][<id>][JSON]`; undefined: no type of Socket.IO. */
export function parseText({ bytes }: AppMessage, version: 3 | 4): Parsed | undefined {
  const { digit, count, namespace, id, at } = headOf(bytes);
  const type: SocketIoType | undefined = version === 3 && digit === '4' ? 'ERROR' : TYPES[Number(digit || 'x')];
  if (type === undefined) return undefined;
  const { data, diagnostics } = dataOf(type, bytes, at);
  const isBinary = type === 'BINARY_EVENT' || type === 'BINARY_ACK';
  if (isBinary && count === undefined)
    diagnostics.push(broken('attachment-count', { start: 0, end: bytes.length }, { type }));
  return {
    type,
    namespace,
    ...(id !== undefined && { id: idOfDigits(id) }),
    ...(data !== undefined && { data }),
    ...(isBinary && { attachments: Number(count ?? 0) }),
    diagnostics,
    fields: () => textFields(bytes, { count, namespace: namespace === '/' ? '' : namespace, id, at, type }),
  };
}

/** What comes before the JSON, and where that begins. Each character is a byte: places are right where text is not UTF-8, too. */
function headOf(bytes: Uint8Array): {
  readonly digit: string;
  readonly count: string | undefined;
  readonly namespace: string;
  readonly id: string | undefined;
  readonly at: number;
} {
  const head = latin1(bytes, 1, Math.min(bytes.length, 1100));
  const [matched = '', digit = '', count, named, id] = GRAMMAR.exec(head) ?? [];
  const start = count === undefined ? 2 : 3 + count.length;
  const namespace = named === undefined ? '/' : decodeUtf8(bytes.subarray(start, start + named.length));
  return { digit, count, namespace, id, at: 1 + matched.length };
}

/** As a number where that is exact. */
function idOfDigits(digits: string): number | string {
  const id = Number(digits);
  return Number.isSafeInteger(id) ? id : String(BigInt(digits));
}

function dataOf(type: SocketIoType, bytes: Uint8Array, at: number): { data: unknown; diagnostics: AppDiagnostic[] } {
  const parsed = at < bytes.length ? parseJson(bytes.subarray(at)) : { value: undefined };
  if (parsed === undefined)
    return { data: undefined, diagnostics: [broken('payload', { start: at, end: bytes.length }, { type })] };
  return { data: parsed.value, diagnostics: payloadFaults(type, parsed.value, { start: 0, end: bytes.length }) };
}

function payloadFaults(type: SocketIoType, data: unknown, span: AppDiagnostic['span']): AppDiagnostic[] {
  if (type === 'ACK' || type === 'BINARY_ACK')
    return Array.isArray(data) ? [] : [broken('event-payload', span, { type })];
  if (type !== 'EVENT' && type !== 'BINARY_EVENT') return [];
  const first: unknown = Array.isArray(data) ? data[0] : undefined;
  if (idOf(first) === undefined) return [broken('event-payload', span, { type })];
  return typeof first === 'string' && RESERVED.has(first) ? [broken('reserved-name', span, { name: first })] : [];
}

function textFields(
  bytes: Uint8Array,
  parts: { count: string | undefined; namespace: string; id: string | undefined; at: number; type: string },
): AppField[] {
  const { count, namespace, id, at, type } = parts;
  const fields: AppField[] = [];
  let from = 0;
  const put = (name: string, length: number, value: string | number): void => {
    fields.push({ name, span: { start: from, end: from + length }, value });
    from += length;
  };
  put('engine type', 1, 'message');
  put('type', 1, type);
  if (count !== undefined) put('attachments', count.length + 1, Number(count));
  if (namespace !== '') put('namespace', at - from - (id?.length ?? 0), namespace);
  if (id !== undefined) put('id', id.length, idOfDigits(id));
  if (at < bytes.length)
    fields.push({
      name: 'data',
      span: { start: at, end: bytes.length },
      value: 'JSON',
      fields: jsonFields(bytes.subarray(at), at),
    });
  return fields;
}

/** A packet of the MessagePack parser: a map with type, nsp and data. */
export function parseMsgpack({ bytes }: AppMessage): Parsed | undefined {
  const read = (bytes[0] ?? 0) >= 0x80 ? wholeMsgpack(bytes) : undefined;
  if (read === undefined || typeof read.value !== 'object' || read.value === null) return undefined;
  const { type, nsp, data, id } = read.value as Readonly<Record<string, unknown>>;
  const named = typeof type === 'number' ? TYPES[type] : undefined;
  if (named === undefined || typeof nsp !== 'string') return undefined;
  const span = { start: 0, end: bytes.length };
  return {
    type: named,
    namespace: nsp,
    ...(!isText(id) && idOf(id) !== undefined && { id: idOf(id)! }),
    ...(data !== undefined && { data }),
    diagnostics: payloadFaults(named, data, span),
    fields: () => read.field.fields ?? [],
  };
}

/** The data with its attachments in the places of their placeholders. */
export function withParts(
  data: unknown,
  parts: readonly Uint8Array[],
  length: number,
  faults: AppDiagnostic[],
  depth = 0,
): unknown {
  if (typeof data !== 'object' || data === null || depth > 100) return data;
  if (Array.isArray(data)) return data.map((one) => withParts(one, parts, length, faults, depth + 1));
  const object = data as Readonly<Record<string, unknown>>;
  if (object['_placeholder'] === true) {
    const part = typeof object['num'] === 'number' ? parts[object['num']] : undefined;
    const args = { num: String(object['num']), count: parts.length };
    if (part === undefined) faults.push(broken('placeholder', { start: 0, end: length }, args));
    return part ?? data;
  }
  return Object.fromEntries(
    Object.entries(object).map(([key, one]) => [key, withParts(one, parts, length, faults, depth + 1)]),
  );
}
