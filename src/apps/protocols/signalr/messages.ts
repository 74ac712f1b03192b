import { isFault } from '../../forms/form.js';
import { jsonFields, parseJson } from '../../forms/json.js';
import { readMsgpack } from '../../forms/msgpack.js';
import type { AppDiagnostic, AppField } from '../../packet.js';
import { broken, TYPES } from './rules.js';

const SEPARATOR = 0x1e;
const MOST_LENGTH_BYTES = 5;
/** Messages of one WebSocket message that are listed. */
const MOST_MESSAGES = 10_000;

/** A hub message, or one of the handshake, of either form. */
export interface HubMessage {
  /** Its number; undefined: it is of the handshake, or none. */
  readonly type?: number;
  readonly members: Readonly<Record<string, unknown>>;
  readonly bytes: Uint8Array;
  readonly fields: () => readonly AppField[];
  readonly diagnostics: readonly AppDiagnostic[];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

/** The first JSON text and its separator. */
export function jsonMessage(bytes: Uint8Array): HubMessage {
  const end = bytes.indexOf(SEPARATOR);
  const text = end < 0 ? bytes : bytes.subarray(0, end);
  const all = end < 0 ? bytes : bytes.subarray(0, end + 1);
  const value = parseJson(text)?.value;
  const span = { start: 0, end: all.length };
  const diagnostics: AppDiagnostic[] = [];
  if (end < 0) diagnostics.push(broken('terminator', span));
  if (!isObject(value)) diagnostics.push(broken('json', span));
  const members = isObject(value) ? value : {};
  const { type } = members;
  const fields = (): AppField[] => [
    ...(text.length === 0
      ? []
      : [{ name: 'message', span: { start: 0, end: text.length }, value: 'JSON', fields: jsonFields(text) }]),
    ...(end < 0 ? [] : [{ name: 'record separator', span: { start: end, end: end + 1 }, value: SEPARATOR }]),
  ];
  return { ...(typeof type === 'number' && { type }), members, bytes: all, fields, diagnostics };
}

/** All JSON texts of a message. */
export function jsonMessages(bytes: Uint8Array): HubMessage[] {
  const found: HubMessage[] = [];
  for (let at = 0; at < bytes.length && found.length < MOST_MESSAGES;) {
    const one = jsonMessage(bytes.subarray(at));
    found.push(one);
    at += one.bytes.length;
  }
  return found;
}

/** All MessagePack messages, each after its length. */
export function msgpackMessages(bytes: Uint8Array): HubMessage[] {
  const found: HubMessage[] = [];
  for (let at = 0; at < bytes.length && found.length < MOST_MESSAGES;) {
    const rest = bytes.subarray(at);
    const length = lengthBefore(rest);
    if (length === undefined || length.end > rest.length) {
      const diagnostics = [broken('length', { start: 0, end: rest.length })];
      const field: AppField = { name: 'unread', span: { start: 0, end: rest.length }, value: `${rest.length} bytes` };
      found.push({ members: {}, bytes: rest, fields: () => [field], diagnostics });
      break;
    }
    found.push(msgpackMessage(rest.subarray(0, length.end), length.start));
    at += length.end;
  }
  return found;
}

/** Where the message of that length begins and ends. */
function lengthBefore(bytes: Uint8Array): { readonly start: number; readonly end: number } | undefined {
  let length = 0;
  for (let i = 0; i < MOST_LENGTH_BYTES; i++) {
    const byte = bytes[i];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 128 ** i;
    if (byte < 0x80) return { start: i + 1, end: i + 1 + length };
  }
  return undefined;
}

function msgpackMessage(bytes: Uint8Array, start: number): HubMessage {
  const read = readMsgpack(bytes, start, 'message');
  const prefix: AppField = { name: 'length', span: { start: 0, end: start }, value: bytes.length - start };
  const list: unknown = isFault(read) ? undefined : read.value;
  const [type, ...rest] = Array.isArray(list) ? (list as unknown[]) : [];
  if (isFault(read) || typeof type !== 'number') {
    const field: AppField = {
      name: 'unread',
      span: { start, end: bytes.length },
      value: `${bytes.length - start} bytes`,
    };
    const diagnostics = [broken('msgpack', { start: 0, end: bytes.length })];
    return { members: {}, bytes, fields: () => [prefix, field], diagnostics };
  }
  const names = Object.hasOwn(TYPES, type) ? TYPES[type]!.members : [];
  const members = Object.fromEntries(rest.slice(0, names.length).map((value, i) => [names[i]!, value] as const));
  const left: AppField = {
    name: 'left over',
    span: { start: read.end, end: bytes.length },
    value: bytes.length - read.end,
  };
  const isLeft = read.end < bytes.length;
  return {
    type,
    members,
    bytes,
    fields: () => [prefix, named(read.field, names), ...(isLeft ? [left] : [])],
    diagnostics: isLeft ? [broken('msgpack', left.span)] : [],
  };
}

/** The items of the array by the names of its type. */
function named(field: AppField, names: readonly string[]): AppField {
  const fields = field.fields?.map((item, i) => ({ ...item, name: i === 0 ? 'type' : (names[i - 1] ?? item.name) }));
  return fields === undefined ? field : { ...field, fields };
}
