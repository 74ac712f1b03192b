import { decodeUtf8, utf8Error } from '../../codec/bytes/utf8.js';
import type { AppField } from '../packet.js';
import { DEEPEST_VALUE, isFault, keyText, MOST_LISTED, shownValue, type FormFault, type FormValue } from './form.js';

/** Reads one MessagePack value from `start` on. Never throws. */
export function readMsgpack(bytes: Uint8Array, start = 0, name = 'value'): FormValue | FormFault {
  const reader = new MsgpackReader(bytes, start);
  try {
    const { value, field } = reader.value(name, 0);
    return { value, field, end: reader.at };
  } catch (error) {
    if (error instanceof Fault) return { fault: error.message, at: error.at };
    throw error;
  }
}

/** All of `bytes` as one value; undefined where they are none, or more. */
export function wholeMsgpack(bytes: Uint8Array): FormValue | undefined {
  const read = readMsgpack(bytes);
  return isFault(read) || read.end !== bytes.length ? undefined : read;
}

/** Ends the reading of a value; it never leaves this file. */
class Fault extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

interface Read {
  readonly value: unknown;
  readonly field: AppField;
}

/** A first byte with its own kind: what follows it, and how long its length is. */
type MsgpackKind = 'bin' | 'ext' | 'str' | 'array' | 'map';
const LENGTHS: Readonly<Record<number, readonly [MsgpackKind, number]>> = {
  0xc4: ['bin', 1],
  0xc5: ['bin', 2],
  0xc6: ['bin', 4],
  0xc7: ['ext', 1],
  0xc8: ['ext', 2],
  0xc9: ['ext', 4],
  0xd9: ['str', 1],
  0xda: ['str', 2],
  0xdb: ['str', 4],
  0xdc: ['array', 2],
  0xdd: ['array', 4],
  0xde: ['map', 2],
  0xdf: ['map', 4],
};
const TIMESTAMP = -1;

class MsgpackReader {
  private readonly view: DataView;
  private listed = 0;

  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(name: string, depth: number): Read {
    const start = this.at;
    if (depth > DEEPEST_VALUE) throw new Fault('values are nested too deeply', start);
    const fields: AppField[] = [];
    const value = this.read(this.uint(1), start, depth, fields);
    const span = { start, end: this.at };
    return { value, field: { name, span, value: shownValue(value), ...(fields.length > 0 && { fields }) } };
  }

  private read(first: number, start: number, depth: number, fields: AppField[]): unknown {
    if (first < 0x80) return first;
    if (first >= 0xe0) return first - 0x100;
    if (first < 0x90) return this.map(first & 0x0f, depth, fields);
    if (first < 0xa0) return this.array(first & 0x0f, depth, fields);
    if (first < 0xc0) return this.text(first & 0x1f);
    const sized = LENGTHS[first];
    if (sized !== undefined) return this.sized(sized[0], this.uint(sized[1]), depth, fields);
    if (first >= 0xd4 && first <= 0xd8) return this.extension(2 ** (first - 0xd4));
    return this.scalar(first, start);
  }

  private sized(kind: MsgpackKind, length: number, depth: number, fields: AppField[]): unknown {
    switch (kind) {
      case 'bin':
        return this.part(length);
      case 'ext':
        return this.extension(length);
      case 'str':
        return this.text(length);
      case 'array':
        return this.array(length, depth, fields);
      case 'map':
        return this.map(length, depth, fields);
    }
  }

  private scalar(first: number, start: number): unknown {
    switch (first) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xca:
        return this.view.getFloat32(this.take(4));
      case 0xcb:
        return this.view.getFloat64(this.take(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.uint(2 ** (first - 0xcc));
      case 0xcf:
        return short(this.view.getBigUint64(this.take(8)));
      case 0xd0:
        return this.view.getInt8(this.take(1));
      case 0xd1:
        return this.view.getInt16(this.take(2));
      case 0xd2:
        return this.view.getInt32(this.take(4));
      case 0xd3:
        return short(this.view.getBigInt64(this.take(8)));
      default:
        throw new Fault('the byte c1 is never used', start);
    }
  }

  private array(length: number, depth: number, fields: AppField[]): unknown[] {
    this.has(length);
    const values: unknown[] = [];
    for (let i = 0; i < length; i++) {
      const { value, field } = this.value(String(i), depth + 1);
      values.push(value);
      this.list(field, fields);
    }
    return values;
  }

  private map(length: number, depth: number, fields: AppField[]): Record<string, unknown> {
    this.has(2 * length);
    const entries: [string, unknown][] = [];
    for (let i = 0; i < length; i++) {
      const start = this.at;
      const name = keyText(this.value('key', depth + 1).value);
      const { value, field } = this.value(name, depth + 1);
      entries.push([name, value]);
      this.list({ ...field, span: { start, end: this.at } }, fields);
    }
    return Object.fromEntries(entries);
  }

  private text(length: number): string | Uint8Array {
    const part = this.part(length);
    // Old encoders write bytes as text.
    return utf8Error(part) === undefined ? decodeUtf8(part) : part;
  }

  private extension(length: number): unknown {
    const extension = this.view.getInt8(this.take(1));
    const at = this.at;
    const data = this.part(length);
    return extension === TIMESTAMP ? (this.timestamp(at, length) ?? { extension, data }) : { extension, data };
  }

  /** A timestamp as text, in its three lengths. */
  private timestamp(at: number, length: number): string | undefined {
    const { view } = this;
    if (length === 4) return dateText(view.getUint32(at));
    if (length === 8)
      return dateText((view.getUint32(at) & 3) * 2 ** 32 + view.getUint32(at + 4), view.getUint32(at) >>> 2);
    if (length === 12) return dateText(Number(view.getBigInt64(at + 4)), view.getUint32(at));
    return undefined;
  }

  private list(field: AppField, fields: AppField[]): void {
    if (this.listed++ < MOST_LISTED) fields.push(field);
  }

  private uint(size: number): number {
    const at = this.take(size);
    if (size === 1) return this.view.getUint8(at);
    return size === 2 ? this.view.getUint16(at) : this.view.getUint32(at);
  }

  private part(length: number): Uint8Array {
    const at = this.take(length);
    return this.bytes.subarray(at, at + length);
  }

  private take(length: number): number {
    this.has(length);
    this.at += length;
    return this.at - length;
  }

  /** At least one byte each of what is declared has to be there. */
  private has(length: number): void {
    if (this.at + length > this.bytes.length) throw new Fault('a length goes beyond the end', this.at);
  }
}

function short(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function dateText(seconds: number, nanoseconds = 0): string | undefined {
  const date = new Date(seconds * 1000 + nanoseconds / 1e6);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
