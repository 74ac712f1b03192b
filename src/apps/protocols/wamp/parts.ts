import { wholeCbor } from '../../forms/cbor.js';
import { jsonFields, parseJson } from '../../forms/json.js';
import { wholeMsgpack } from '../../forms/msgpack.js';
import type { AppField } from '../../packet.js';

/** A serialization: `wamp.2.<form>`, and whether several messages go in one. */
export interface Serialization {
  readonly form: 'json' | 'msgpack' | 'cbor';
  readonly isBatched: boolean;
}

export const FORM_NAMES = { json: 'JSON', msgpack: 'MessagePack', cbor: 'CBOR' } as const;

export function serializationOf(subprotocol: string | undefined): Serialization | undefined {
  const [, form, batched] = /^wamp\.2\.(json|msgpack|cbor)(\.batched)?$/.exec(subprotocol ?? '') ?? [];
  return form === undefined ? undefined : { form: form as Serialization['form'], isBatched: batched !== undefined };
}

/** One message of WAMP: what it is parsed from, after what separates it from the one before. */
export interface WampPart {
  /** Its bytes, with those of its length or its separator. */
  readonly bytes: Uint8Array;
  /** Where its content begins, and ends. */
  readonly start: number;
  readonly end: number;
  /** Its length goes beyond the end. */
  readonly isCut?: boolean;
}

/** The separator is 1E; Autobahn for Python writes 18. */
const isSeparator = (byte: number): boolean => byte === 0x1e || byte === 0x18;
const LENGTH_BYTES = 4;

export function partsOf(bytes: Uint8Array, { form, isBatched }: Serialization): readonly WampPart[] {
  if (!isBatched) return [{ bytes, start: 0, end: bytes.length }];
  return form === 'json' ? separated(bytes) : counted(bytes);
}

function separated(bytes: Uint8Array): WampPart[] {
  const parts: WampPart[] = [];
  let start = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (!isSeparator(bytes[at]!)) continue;
    parts.push({ bytes: bytes.subarray(start, at + 1), start: 0, end: at - start });
    start = at + 1;
  }
  if (start < bytes.length) parts.push({ bytes: bytes.subarray(start), start: 0, end: bytes.length - start });
  return parts;
}

function counted(bytes: Uint8Array): WampPart[] {
  const parts: WampPart[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    const end = at + LENGTH_BYTES <= bytes.length ? at + LENGTH_BYTES + view.getUint32(at) : Infinity;
    const isCut = end > bytes.length;
    const part = bytes.subarray(at, isCut ? bytes.length : end);
    parts.push({ bytes: part, start: Math.min(LENGTH_BYTES, part.length), end: part.length, ...(isCut && { isCut }) });
    at = end;
  }
  return parts;
}

/** What a part holds; undefined where it holds no whole value. */
export interface Content {
  readonly value: unknown;
  readonly fields: () => readonly AppField[];
}

export function contentOf({ bytes, start, end }: WampPart, form: Serialization['form']): Content | undefined {
  const inner = bytes.subarray(start, end);
  if (form === 'json') {
    const parsed = parseJson(inner);
    return parsed && { value: parsed.value, fields: () => jsonFields(inner, start) };
  }
  const read = form === 'cbor' ? wholeCbor(inner) : wholeMsgpack(inner);
  return (
    read && { value: read.value, fields: () => (read.field.fields ?? [read.field]).map((one) => moved(one, start)) }
  );
}

function moved(field: AppField, by: number): AppField {
  const { span, fields } = field;
  if (by === 0) return field;
  return {
    ...field,
    span: { start: span.start + by, end: span.end + by },
    ...(fields && { fields: fields.map((inner) => moved(inner, by)) }),
  };
}
