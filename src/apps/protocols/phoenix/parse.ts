import { decodeUtf8 } from '../../../codec/bytes/utf8.js';
import { jsonFields, parseJson } from '../../forms/json.js';
import type { AppField, AppMessage } from '../../packet.js';

/** A message of any serializer; a part that is of another kind than it has to be is left out. */
export interface PhoenixMessage {
  readonly joinRef?: string | null;
  readonly ref?: string | null;
  readonly topic?: string;
  readonly event?: string;
  readonly payload?: unknown;
  readonly fields: () => readonly AppField[];
  /** Why it is none. */
  readonly fault?: 'json' | 'shape' | 'ref' | 'binary';
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `vsn` decides between the two forms; where it is not known, the shape does. */
export function parseText({ bytes }: AppMessage, version: 1 | 2 | undefined): PhoenixMessage {
  const value = parseJson(bytes)?.value;
  const fields = (): readonly AppField[] => named(jsonFields(bytes), Array.isArray(value));
  if (value === undefined) return { fields, fault: 'json' };
  if (Array.isArray(value) && version !== 1) {
    const [joinRef, ref, topic, event, payload] = value as unknown[];
    const isRight = value.length === 5 && typeof topic === 'string' && typeof event === 'string';
    return checked({ join_ref: joinRef, ref, topic, event, payload }, isRight, fields);
  }
  if (!isObject(value) || version === 2) return { fields, fault: 'shape' };
  const { topic, event } = value;
  return checked(value, typeof topic === 'string' && typeof event === 'string' && 'payload' in value, fields);
}

const MEMBERS = ['join_ref', 'ref', 'topic', 'event', 'payload'];

function named(fields: readonly AppField[], isArray: boolean): readonly AppField[] {
  return isArray ? fields.map((field, i) => ({ ...field, name: MEMBERS[i] ?? field.name })) : fields;
}

const isRef = (value: unknown): value is string | null => typeof value === 'string' || value === null;

function checked(value: Json, isShaped: boolean, fields: PhoenixMessage['fields']): PhoenixMessage {
  const { join_ref: joinRef = null, ref = null, topic, event, payload } = value;
  const isRight = isRef(joinRef) && isRef(ref);
  return {
    ...(isRef(joinRef) && { joinRef }),
    ...(isRef(ref) && { ref }),
    ...(typeof topic === 'string' && { topic }),
    ...(typeof event === 'string' && { event }),
    payload,
    fields,
    ...(!isShaped ? { fault: 'shape' as const } : !isRight && { fault: 'ref' as const }),
  };
}

const PUSH = 0;
const REPLY = 1;
const KINDS = ['push', 'reply', 'broadcast'];

/** The texts of a binary message by its kind, in their order; a push of the server has no ref. */
function textsOf(kind: number, isServer: boolean): readonly string[] {
  if (kind === PUSH) return isServer ? ['join_ref', 'topic', 'event'] : ['join_ref', 'ref', 'topic', 'event'];
  return kind === REPLY ? ['join_ref', 'ref', 'topic', 'status'] : ['topic', 'event'];
}

/** A message of the binary serializer: kind, lengths of one byte, texts, data. */
export function parseBinary({ bytes, length, direction }: AppMessage): PhoenixMessage {
  const kind = bytes[0] ?? KINDS.length;
  const names = kind < KINDS.length ? textsOf(kind, direction === 'server') : [];
  const texts: Record<string, string> = {};
  const fields: AppField[] = [{ name: 'kind', span: { start: 0, end: 1 }, value: KINDS[kind] ?? kind }];
  let at = 1 + names.length;
  const whole = names.reduce((sum, _, i) => sum + (bytes[1 + i] ?? 0), at);
  if (names.length === 0 || whole > length || at > bytes.length) {
    const field: AppField = { name: 'unread', span: { start: 0, end: bytes.length }, value: `${bytes.length} bytes` };
    return { fields: () => (bytes.length === 0 ? [] : [field]), fault: 'binary' };
  }
  names.forEach((name, i) =>
    fields.push({ name: `${name} length`, span: { start: 1 + i, end: 2 + i }, value: bytes[1 + i]! }),
  );
  names.forEach((name, i) => {
    const end = Math.min(at + bytes[1 + i]!, bytes.length);
    texts[name] = decodeUtf8(bytes.subarray(at, end));
    if (end > at) fields.push({ name, span: { start: at, end }, value: texts[name] });
    at = end;
  });
  const data = bytes.slice(at);
  if (data.length > 0)
    fields.push({ name: 'data', span: { start: at, end: bytes.length }, value: `${data.length} bytes` });
  const { join_ref: joinRef = '', ref = '', topic = '', event = 'phx_reply', status } = texts;
  return {
    joinRef: joinRef === '' ? null : joinRef,
    ref: ref === '' ? null : ref,
    topic,
    event,
    payload: status === undefined ? data : { status, response: data },
    fields: () => fields,
  };
}
