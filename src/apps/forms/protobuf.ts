import { decodeUtf8, utf8Error } from '../../codec/bytes/utf8.js';
import type { Span } from '../../codec/bytes/span.js';
import type { AppField } from '../packet.js';
import { DEEPEST_VALUE, MOST_LISTED, shownValue, type FormFault, type FormValue } from './form.js';

/** How a field is written: its wire type; `group` with its end. */
export type ProtobufWire = 'varint' | '64 bits' | 'length' | 'group' | '32 bits';

/** One field of a message, as it is on the wire. */
export interface ProtobufField {
  readonly number: number;
  readonly wire: ProtobufWire;
  /** With its tag. */
  readonly span: Span;
  /** Of the value alone: of `length` and `group` without the length and the end. */
  readonly content: Span;
  /** Unsigned; absent where the content is the value. */
  readonly value?: number | bigint;
}

/** Fields of one message that are read: more are a fault. */
const MOST_FIELDS = 100_000;
const MOST_VARINT_BYTES = 10;
const LARGEST_NUMBER = 2 ** 29 - 1;

/** A varint at `at`; undefined: the bytes end in it, or it has more than 64 bits. */
export function readVarint(
  bytes: Uint8Array,
  at: number,
  end = bytes.length,
): { readonly value: number | bigint; readonly end: number } | undefined {
  let value = 0n;
  let small = 0;
  for (let i = 0; i < MOST_VARINT_BYTES && at + i < end; i++) {
    const byte = bytes[at + i]!;
    const part = byte & 0x7f;
    if (i === MOST_VARINT_BYTES - 1 && byte > 1) return undefined;
    if (i < 7) small += part * 128 ** i;
    else value = (i === 7 ? BigInt(small) : value) | (BigInt(part) << BigInt(7 * i));
    if (byte < 0x80) return { value: i < 7 ? small : short(value), end: at + i + 1 };
  }
  return undefined;
}

function short(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** The fields of one message, without those in them (Protocol Buffers, Encoding). Never throws. */
export function protobufFields(bytes: Uint8Array, start = 0, end = bytes.length): readonly ProtobufField[] | FormFault {
  const reader = new FieldReader(bytes, start, end);
  const fields: ProtobufField[] = [];
  while (reader.at < end) {
    const field = fields.length < MOST_FIELDS ? reader.field(0) : reader.fault('a message has too many fields');
    if (field === undefined) return reader.failure;
    if (field === 'end') return { fault: 'a group ends that has not begun', at: reader.at };
    fields.push(field);
  }
  return fields;
}

class FieldReader {
  failure: FormFault = { fault: '', at: 0 };
  /** The number of the group that ended last. */
  private ended = 0;

  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
    private readonly end: number,
  ) {}

  fault(fault: string): undefined {
    this.failure = { fault, at: this.at };
    return undefined;
  }

  field(depth: number): ProtobufField | 'end' | undefined {
    const start = this.at;
    const tag = this.varint();
    if (tag === undefined) return undefined;
    const number = typeof tag === 'number' ? Math.floor(tag / 8) : 0;
    if (number < 1 || number > LARGEST_NUMBER) {
      this.at = start;
      return this.fault('a field has a number that none may have');
    }
    return this.content(number, Number(tag) % 8, start, depth);
  }

  private content(number: number, wire: number, start: number, depth: number): ProtobufField | 'end' | undefined {
    const from = this.at;
    switch (wire) {
      case 0: {
        const value = this.varint();
        return value === undefined ? undefined : this.made(number, 'varint', start, from, this.at, value);
      }
      case 1: {
        const view = this.view(8);
        return view && this.made(number, '64 bits', start, from, this.at, short(view.getBigUint64(0, true)));
      }
      case 2:
        return this.delimited(number, start);
      case 3:
        return this.group(number, start, depth);
      case 4:
        this.ended = number;
        return 'end';
      case 5: {
        const view = this.view(4);
        return view && this.made(number, '32 bits', start, from, this.at, view.getUint32(0, true));
      }
      default:
        this.at = start;
        return this.fault(`there is no wire type ${wire}`);
    }
  }

  private delimited(number: number, start: number): ProtobufField | undefined {
    const length = this.varint();
    if (length === undefined) return undefined;
    if (length > this.end - this.at) return this.fault('a length goes beyond the end');
    const from = this.at;
    this.at += Number(length);
    return this.made(number, 'length', start, from, this.at);
  }

  private group(number: number, start: number, depth: number): ProtobufField | undefined {
    if (depth >= DEEPEST_VALUE) return this.fault('groups are nested too deeply');
    const from = this.at;
    for (;;) {
      const before = this.at;
      if (before >= this.end) return this.fault('the bytes end in a group');
      const field = this.field(depth + 1);
      if (field === undefined) return undefined;
      if (field !== 'end') continue;
      if (this.ended === number) return this.made(number, 'group', start, from, before);
      return this.fault('a group ends that has not begun');
    }
  }

  private made(
    number: number,
    wire: ProtobufWire,
    start: number,
    from: number,
    to: number,
    value?: number | bigint,
  ): ProtobufField {
    const span = { start, end: this.at };
    return { number, wire, span, content: { start: from, end: to }, ...(value !== undefined && { value }) };
  }

  private varint(): number | bigint | undefined {
    const read = readVarint(this.bytes, this.at, this.end);
    if (read === undefined) return this.fault('a varint does not end, or has more than 64 bits');
    this.at = read.end;
    return read.value;
  }

  private view(size: number): DataView | undefined {
    if (this.end - this.at < size) return this.fault('the bytes end in a value');
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + this.at, size);
    this.at += size;
    return view;
  }
}

/**
 * All of the bytes as one message without a schema: its fields by their numbers, repeated ones as arrays. What a delimited field
 * holds is a guess: text, else a message where it reads as one, else bytes. Numbers are unsigned. Never throws.
 */
export function readProtobuf(bytes: Uint8Array, start = 0, name = 'message'): FormValue | FormFault {
  const read = new TreeReader(bytes).message(start, bytes.length, 0);
  if ('fault' in read) return read;
  const span = { start, end: bytes.length };
  const field = { name, span, value: shownValue(read.value), fields: read.fields };
  return { value: read.value, end: bytes.length, field };
}

/** What a field holds, as far as that shows without a schema, and the fields in it. */
export function protobufValue(
  bytes: Uint8Array,
  field: ProtobufField,
  depth: number,
): { readonly value: unknown; readonly fields?: readonly AppField[] | undefined } {
  const { value, inner } = new TreeReader(bytes).value(field, depth);
  return { value, fields: inner };
}

interface Tree {
  readonly value: Readonly<Record<string, unknown>>;
  readonly fields: readonly AppField[];
}

class TreeReader {
  private listed = 0;

  constructor(private readonly bytes: Uint8Array) {}

  message(start: number, end: number, depth: number): Tree | FormFault {
    const found = protobufFields(this.bytes, start, end);
    if ('fault' in found) return found;
    const values = new Map<string, unknown[]>();
    const fields: AppField[] = [];
    for (const field of found) {
      const { value, inner } = this.value(field, depth);
      const key = String(field.number);
      const before = values.get(key);
      if (before === undefined) values.set(key, [value]);
      else before.push(value);
      if (this.listed++ >= MOST_LISTED) continue;
      fields.push({
        name: `${key} ${field.wire}`,
        span: field.span,
        value: shownValue(value),
        ...(inner && inner.length > 0 && { fields: inner }),
      });
    }
    const value = Object.fromEntries([...values].map(([key, all]) => [key, all.length === 1 ? all[0] : all]));
    return { value, fields };
  }

  value(field: ProtobufField, depth: number): { value: unknown; inner?: readonly AppField[] } {
    if (field.value !== undefined) return { value: field.value };
    const { start, end } = field.content;
    const bytes = this.bytes.subarray(start, end);
    if (field.wire === 'length' && isPlainText(bytes)) return { value: decodeUtf8(bytes) };
    const inner = depth < DEEPEST_VALUE ? this.message(start, end, depth + 1) : undefined;
    if (inner === undefined || 'fault' in inner) return { value: bytes.slice() };
    return { value: inner.value, inner: inner.fields };
  }
}

/** UTF-8 without other controls than tabs and line ends. */
function isPlainText(bytes: Uint8Array): boolean {
  const isPlain = (byte: number): boolean =>
    (byte >= 0x20 && byte !== 0x7f) || byte === 9 || byte === 10 || byte === 13;
  return bytes.every(isPlain) && utf8Error(bytes) === undefined;
}
