import { append } from '../../codec/bytes/lists.js';
import { decodeUtf8, utf8Error } from '../../codec/bytes/utf8.js';
import type { AppField } from '../packet.js';
import { DEEPEST_VALUE, keyText, MOST_LISTED, shownValue, type FormFault, type FormValue } from './form.js';
import { protobufFields, protobufValue, readVarint, type ProtobufField, type ProtobufWire } from './protobuf.js';

/** A message type of a schema. Types may hold themselves: they are looked up when they are needed. */
export interface ProtobufType {
  readonly name: string;
  readonly fieldOf: (number: number) => ProtobufMember | undefined;
  /** Numbers of the fields that each message has (proto2). */
  readonly required?: readonly number[];
}

/** A message, and why it is none of the type that was stated; undefined: it may be one. */
export interface TypedMessage extends FormValue {
  readonly misfit: string | undefined;
}

/** A field of a message type. */
export interface ProtobufMember {
  readonly name: string;
  readonly kind: ProtobufScalar | 'message' | 'group' | 'enum';
  /** A list; `map`: entries of a map, each a message of the fields 1 and 2. */
  readonly label: 'single' | 'repeated' | 'map';
  /** Of a message, a group or the entries of a map. */
  readonly type?: () => ProtobufType;
  /** Of an enum: the name of a value. */
  readonly nameOf?: (value: number) => string | undefined;
}

export type ProtobufScalar = keyof typeof SCALARS;

type Numeric = number | bigint;
interface Scalar {
  readonly wire: ProtobufWire;
  readonly value: (raw: Numeric) => Numeric | boolean;
}

const whole = (value: bigint): Numeric =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
const signed =
  (bits: number) =>
  (raw: Numeric): Numeric =>
    whole(BigInt.asIntN(bits, BigInt(raw)));
const unsigned =
  (bits: number) =>
  (raw: Numeric): Numeric =>
    whole(BigInt.asUintN(bits, BigInt(raw)));
const zigzag =
  (bits: number) =>
  (raw: Numeric): Numeric => {
    const value = BigInt.asUintN(bits, BigInt(raw));
    return whole((value >> 1n) ^ -(value & 1n));
  };

function floating(size: 4 | 8): (raw: Numeric) => number {
  const view = new DataView(new ArrayBuffer(8));
  return (raw) => {
    view.setBigUint64(0, BigInt(raw));
    return size === 8 ? view.getFloat64(0) : view.getFloat32(4);
  };
}

/** The scalar types (Protocol Buffers, Language Guide): how each is written, and what its bits mean. */
const SCALARS = {
  int32: { wire: 'varint', value: signed(32) },
  int64: { wire: 'varint', value: signed(64) },
  uint32: { wire: 'varint', value: unsigned(32) },
  uint64: { wire: 'varint', value: unsigned(64) },
  sint32: { wire: 'varint', value: zigzag(32) },
  sint64: { wire: 'varint', value: zigzag(64) },
  bool: { wire: 'varint', value: (raw) => BigInt(raw) !== 0n },
  fixed32: { wire: '32 bits', value: unsigned(32) },
  sfixed32: { wire: '32 bits', value: signed(32) },
  float: { wire: '32 bits', value: floating(4) },
  fixed64: { wire: '64 bits', value: unsigned(64) },
  sfixed64: { wire: '64 bits', value: signed(64) },
  double: { wire: '64 bits', value: floating(8) },
  string: { wire: 'length', value: (raw) => raw },
  bytes: { wire: 'length', value: (raw) => raw },
} as const satisfies Readonly<Record<string, Scalar>>;

const ENUM: Scalar = { wire: 'varint', value: signed(32) };
const SIZES: Partial<Record<ProtobufWire, number>> = { '32 bits': 4, '64 bits': 8 };

/** All of the bytes as a message of that type: what the schema does not have, or has otherwise, is shown by its number. Never throws. */
export function readTyped(bytes: Uint8Array, type: ProtobufType): TypedMessage | FormFault {
  const reader = new TypedReader(bytes);
  const read = reader.message(type, 0, bytes.length, 0);
  if ('fault' in read) return read;
  const span = { start: 0, end: bytes.length };
  return {
    value: read.value,
    misfit: reader.misfit ?? (read.isStrange ? `${type.name} has none of its fields` : undefined),
    end: bytes.length,
    field: { name: type.name, span, value: shownValue(read.value), fields: read.fields },
  };
}

interface TypedTree {
  readonly value: Record<string, unknown>;
  readonly fields: readonly AppField[];
  /** It has fields, and the type has none of them. */
  readonly isStrange: boolean;
}

interface TypedValue {
  readonly value: unknown;
  readonly fields?: readonly AppField[] | undefined;
}

class TypedReader {
  /** The first part that is not as the schema says. */
  misfit: string | undefined;
  private listed = 0;

  constructor(private readonly bytes: Uint8Array) {}

  message(type: ProtobufType, start: number, end: number, depth: number): TypedTree | FormFault {
    const found = protobufFields(this.bytes, start, end);
    if ('fault' in found) return found;
    const values = new Map<string, unknown>();
    const fields: AppField[] = [];
    for (const field of found) {
      const member = type.fieldOf(field.number);
      const typed = member && this.typed(member, field, depth);
      const { value, fields: inner } = typed ?? protobufValue(this.bytes, field, depth);
      const name = typed === undefined ? String(field.number) : member!.name;
      put(values, name, value, typed === undefined ? 'single' : member!.label);
      if (this.listed++ >= MOST_LISTED) continue;
      const shown = typed === undefined ? `${name} ${field.wire}` : name;
      fields.push({ name: shown, span: field.span, value: shownValue(value), ...(inner?.length && { fields: inner }) });
    }
    this.misfit ??= missingIn(type, found);
    const isStrange = found.length > 0 && found.every(({ number }) => type.fieldOf(number) === undefined);
    return { value: plainMap(values), fields, isStrange };
  }

  /** Undefined: it is not written as the schema says. */
  private typed(member: ProtobufMember, field: ProtobufField, depth: number): TypedValue | undefined {
    const typed = this.known(member, field, depth);
    if (typed === undefined) this.misfit ??= misfitOf(member, field);
    return typed;
  }

  private known(member: ProtobufMember, field: ProtobufField, depth: number): TypedValue | undefined {
    const { kind } = member;
    if (kind === 'string' || kind === 'bytes') return field.wire === 'length' ? this.content(field, kind) : undefined;
    if (kind === 'message' || kind === 'group') return this.nested(member, field, depth);
    const { wire, value } = kind === 'enum' ? ENUM : SCALARS[kind];
    const shown = (raw: Numeric): unknown => {
      const known = value(raw);
      return (kind === 'enum' && member.nameOf?.(Number(known))) || known;
    };
    if (field.wire === wire) return field.value === undefined ? undefined : { value: shown(field.value) };
    if (field.wire !== 'length' || member.label !== 'repeated') return undefined;
    const packed = this.packed(wire, field.content.start, field.content.end);
    return packed && { value: packed.map(shown) };
  }

  private nested(
    { kind, type }: ProtobufMember,
    { wire, content }: ProtobufField,
    depth: number,
  ): TypedValue | undefined {
    if (wire !== wireOf(kind) || type === undefined || depth >= DEEPEST_VALUE) return undefined;
    const inner = this.message(type(), content.start, content.end, depth + 1);
    return 'fault' in inner ? undefined : inner;
  }

  private content({ content: { start, end } }: ProtobufField, kind: 'string' | 'bytes'): TypedValue | undefined {
    const bytes = this.bytes.subarray(start, end);
    if (kind === 'bytes') return { value: bytes.slice() };
    return utf8Error(bytes) === undefined ? { value: decodeUtf8(bytes) } : undefined;
  }

  /** Numbers of a list, without their tags. */
  private packed(wire: ProtobufWire, start: number, end: number): Numeric[] | undefined {
    const numbers: Numeric[] = [];
    const size = SIZES[wire];
    if (size !== undefined) {
      if ((end - start) % size !== 0) return undefined;
      const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + start, end - start);
      for (let at = 0; at < end - start; at += size)
        numbers.push(size === 4 ? view.getUint32(at, true) : view.getBigUint64(at, true));
      return numbers;
    }
    for (let at = start; at < end;) {
      const read = readVarint(this.bytes, at, end);
      if (read === undefined) return undefined;
      numbers.push(read.value);
      at = read.end;
    }
    return numbers;
  }
}

function missingIn(type: ProtobufType, found: readonly ProtobufField[]): string | undefined {
  const missing = type.required?.find((number) => found.every((field) => field.number !== number));
  if (missing === undefined) return undefined;
  return `the field ${missing} of ${type.name}, ${type.fieldOf(missing)?.name ?? ''}, is required, and missing`;
}

function misfitOf(member: ProtobufMember, { number, wire }: ProtobufField): string {
  const { name, kind, label, type } = member;
  const what = type === undefined ? kind : type().name;
  const isWritten = wire === wireOf(kind) || (wire === 'length' && label === 'repeated');
  const found = isWritten ? 'these bytes are none' : `has the wire type ${wire} here`;
  return `the field ${number}, ${name}, is ${label === 'repeated' ? 'repeated ' : ''}${what}, and ${found}`;
}

function wireOf(kind: ProtobufMember['kind']): ProtobufWire {
  if (kind === 'message') return 'length';
  if (kind === 'group') return kind;
  return kind === 'enum' ? ENUM.wire : SCALARS[kind].wire;
}

/** Lists grow, maps get their entry, and of a single field that comes twice the last one counts. */
function put(values: Map<string, unknown>, name: string, value: unknown, label: ProtobufMember['label']): void {
  const before = values.get(name);
  if (label === 'map') {
    const { key = '', value: entry = null } = value as Record<string, unknown>;
    const entries = before instanceof Map ? (before as Map<string, unknown>) : new Map<string, unknown>();
    values.set(name, entries.set(keyText(key), entry));
  } else if (label === 'repeated') {
    const list = Array.isArray(before) ? (before as unknown[]) : [];
    values.set(name, list);
    if (Array.isArray(value)) append(list, value as unknown[]);
    else list.push(value);
  } else values.set(name, value);
}

function plainMap(values: ReadonlyMap<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    [...values].map(([name, value]) => [name, value instanceof Map ? plainMap(value as Map<string, unknown>) : value]),
  );
}
