import { decodeUtf8 } from '../../../codec/bytes/utf8.js';
import { hexOf } from '../../../codec/bytes/hex.js';
import type { AppField } from '../../packet.js';
import {
  DEEPEST_VALUE,
  isFault,
  keyText,
  MOST_LISTED,
  shownValue,
  type FormFault,
  type FormValue,
} from '../../forms/form.js';

/** A described value: what its descriptor says of it. */
export class AmqpDescribed {
  constructor(
    readonly descriptor: unknown,
    readonly value: unknown,
  ) {}
}

/** By the first four bits of a format code: bytes of a fixed value, or of the size before a variable one (AMQP 1.0 §1.2). */
const FIXED: Readonly<Record<number, number>> = { 4: 0, 5: 1, 6: 2, 7: 4, 8: 8, 9: 16 };
const SIZED: Readonly<Record<number, 1 | 4>> = { 0xa: 1, 0xb: 4, 0xc: 1, 0xd: 4, 0xe: 1, 0xf: 4 };
const DESCRIBED = 0x00;
const LIST_EMPTY = 0x45;

type Decode = (view: DataView, at: number) => unknown;

/** AMQP 1.0 §1.6, by format code. */
const PLAIN: Readonly<Record<number, Decode>> = {
  0x40: () => null,
  0x41: () => true,
  0x42: () => false,
  0x43: () => 0,
  0x44: () => 0,
  [LIST_EMPTY]: () => [],
  0x50: (view, at) => view.getUint8(at),
  0x51: (view, at) => view.getInt8(at),
  0x52: (view, at) => view.getUint8(at),
  0x53: (view, at) => view.getUint8(at),
  0x54: (view, at) => view.getInt8(at),
  0x55: (view, at) => view.getInt8(at),
  0x56: (view, at) => view.getUint8(at) === 1,
  0x60: (view, at) => view.getUint16(at),
  0x61: (view, at) => view.getInt16(at),
  0x70: (view, at) => view.getUint32(at),
  0x71: (view, at) => view.getInt32(at),
  0x72: (view, at) => view.getFloat32(at),
  0x73: (view, at) => character(view.getUint32(at)),
  0x74: (view, at) => bytesOf(view, at, 4),
  0x80: (view, at) => small(view.getBigUint64(at)),
  0x81: (view, at) => small(view.getBigInt64(at)),
  0x82: (view, at) => view.getFloat64(at),
  0x83: (view, at) => small(view.getBigInt64(at)),
  0x84: (view, at) => bytesOf(view, at, 8),
  0x94: (view, at) => bytesOf(view, at, 16),
  0x98: (view, at) => uuid(bytesOf(view, at, 16)),
};
const VARIABLE: Readonly<Record<number, (bytes: Uint8Array) => unknown>> = {
  0xa0: (bytes) => bytes,
  0xb0: (bytes) => bytes,
  0xa1: decodeUtf8,
  0xb1: decodeUtf8,
  0xa3: decodeUtf8,
  0xb3: decodeUtf8,
};
const COMPOUND: Readonly<Record<number, 'list' | 'map' | 'array'>> = {
  0xc0: 'list',
  0xd0: 'list',
  0xc1: 'map',
  0xd1: 'map',
  0xe0: 'array',
  0xf0: 'array',
};

const bytesOf = (view: DataView, at: number, count: number): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + at, count).slice();
const small = (value: bigint): number | bigint =>
  value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER) ? Number(value) : value;
const character = (code: number): string | number => (code <= 0x10ffff ? String.fromCodePoint(code) : code);
const uuid = (bytes: Uint8Array): string => hexOf(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** Reads values of the AMQP type system (AMQP 1.0 §1), each with its bytes. */
export class AmqpValues {
  private readonly view: DataView;
  private listed = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly end: number,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The value at `at`. `names`: of the members of a described list, by its descriptor. */
  read(
    name: string,
    at: number,
    names?: (descriptor: unknown) => readonly string[] | undefined,
  ): FormValue | FormFault {
    return this.value(name, at, this.end, 0, names);
  }

  private value(
    name: string,
    at: number,
    end: number,
    depth: number,
    names?: (descriptor: unknown) => readonly string[] | undefined,
  ): FormValue | FormFault {
    if (at >= end) return { fault: `${name} goes beyond the end`, at };
    if (depth > DEEPEST_VALUE) return { fault: `${name} is too deep`, at };
    const code = this.bytes[at]!;
    if (code !== DESCRIBED) return this.coded(name, code, at, at + 1, end, depth);
    const descriptor = this.value('descriptor', at + 1, end, depth + 1);
    if (isFault(descriptor)) return descriptor;
    const start = descriptor.end;
    if (start >= end) return { fault: `${name} goes beyond the end`, at: start };
    const inner = this.bytes[start]!;
    const value =
      inner === DESCRIBED
        ? this.value(name, start, end, depth + 1)
        : this.coded(name, inner, start, start + 1, end, depth + 1, names?.(descriptor.value));
    if (isFault(value)) return value;
    const fields = [descriptor.field, ...(value.field.fields ?? [value.field])];
    const field = { name, span: { start: at, end: value.end }, value: value.field.value, fields };
    return { value: new AmqpDescribed(descriptor.value, value.value), end: value.end, field };
  }

  /** The value of a format code whose data begins at `from`. */
  private coded(
    name: string,
    code: number,
    start: number,
    from: number,
    end: number,
    depth: number,
    names?: readonly string[],
  ): FormValue | FormFault {
    const plain = PLAIN[code];
    const fixed = FIXED[code >> 4];
    if (plain !== undefined && fixed !== undefined) {
      if (from + fixed > end) return { fault: `${name} goes beyond the end`, at: start };
      return valueOf(name, start, from + fixed, plain(this.view, from));
    }
    const width = SIZED[code >> 4];
    const isKnown = VARIABLE[code] !== undefined || COMPOUND[code] !== undefined;
    if (width === undefined || !isKnown)
      return { fault: `${name} has the unknown format code 0x${hexOf(Uint8Array.of(code))}`, at: start };
    if (from + width > end) return { fault: `${name} goes beyond the end`, at: start };
    const size = this.number(from, width);
    const data = from + width;
    if (data + size > end) return { fault: `${name} goes beyond the end`, at: start };
    const variable = VARIABLE[code];
    if (variable !== undefined) {
      const content = variable(this.bytes.subarray(data, data + size));
      return valueOf(name, start, data + size, content instanceof Uint8Array ? content.slice() : content);
    }
    if (size < width) return { fault: `${name} has no count`, at: start };
    const count = this.number(data, width);
    const inside = { start, at: data + width, end: data + size, count, depth: depth + 1 };
    if (COMPOUND[code] === 'array') return this.array(name, inside);
    return COMPOUND[code] === 'map' ? this.map(name, inside) : this.list(name, inside, names);
  }

  private list(name: string, inside: Inside, names?: readonly string[]): FormValue | FormFault {
    const values: unknown[] = [];
    const fields: AppField[] = [];
    let { at } = inside;
    for (let i = 0; i < inside.count; i++) {
      const read = this.value(names?.[i] ?? String(i), at, inside.end, inside.depth);
      if (isFault(read)) return read;
      values.push(read.value);
      if (this.listed++ < MOST_LISTED) fields.push(read.field);
      at = read.end;
    }
    return this.ended(name, inside, at, values, fields);
  }

  private map(name: string, inside: Inside): FormValue | FormFault {
    if (inside.count % 2 !== 0) return { fault: `${name} has a key without value`, at: inside.start };
    const entries: [string, unknown][] = [];
    const fields: AppField[] = [];
    let { at } = inside;
    for (let i = 0; i < inside.count; i += 2) {
      const key = this.value('key', at, inside.end, inside.depth);
      if (isFault(key)) return key;
      const read = this.value(keyText(key.value), key.end, inside.end, inside.depth);
      if (isFault(read)) return read;
      entries.push([keyText(key.value), read.value]);
      if (this.listed++ < MOST_LISTED) fields.push({ ...read.field, span: { start: at, end: read.end } });
      at = read.end;
    }
    return this.ended(name, inside, at, Object.fromEntries(entries), fields);
  }

  /** The elements of an array have one constructor. Those without bytes are bounded, as their count costs nothing. */
  private array(name: string, inside: Inside): FormValue | FormFault {
    const { start, end, count, depth } = inside;
    let { at } = inside;
    if (at < end && this.bytes[at] === DESCRIBED) {
      const descriptor = this.value('descriptor', at + 1, end, depth);
      if (isFault(descriptor)) return descriptor;
      at = descriptor.end;
    }
    if (at >= end)
      return count === 0 ? valueOf(name, start, end, []) : { fault: `${name} has no constructor`, at: start };
    const code = this.bytes[at++]!;
    const isBodiless = FIXED[code >> 4] === 0;
    if (count > (isBodiless ? MOST_LISTED : end - at)) return { fault: `${name} has too many elements`, at: start };
    const values: unknown[] = [];
    const fields: AppField[] = [];
    for (let i = 0; i < count; i++) {
      const read = this.coded(String(i), code, at, at, end, depth);
      if (isFault(read)) return read;
      values.push(read.value);
      if (this.listed++ < MOST_LISTED) fields.push(read.field);
      at = read.end;
    }
    return this.ended(name, inside, at, values, fields);
  }

  private ended(
    name: string,
    { start, end }: Inside,
    at: number,
    value: unknown,
    fields: AppField[],
  ): FormValue | FormFault {
    if (at !== end) return { fault: `${name} has ${end - at} bytes left over`, at };
    return { value, end, field: { name, span: { start, end }, value: shownValue(value), fields } };
  }

  private number(at: number, width: 1 | 4): number {
    return width === 1 ? this.view.getUint8(at) : this.view.getUint32(at);
  }
}

interface Inside {
  readonly start: number;
  readonly at: number;
  readonly end: number;
  readonly count: number;
  readonly depth: number;
}

function valueOf(name: string, start: number, end: number, value: unknown): FormValue {
  return { value, end, field: { name, span: { start, end }, value: shownValue(value) } };
}
