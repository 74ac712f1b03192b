import { concat } from '../../codec/bytes/byte-collector.js';
import { decodeUtf8, utf8Error } from '../../codec/bytes/utf8.js';
import type { AppField } from '../packet.js';
import type { FormFault, FormValue } from './form.js';
import { dateText, FormError, FormReader, readForm, shortNumber, wholeForm } from './form-reader.js';

/** A tag whose meaning is not known here, with what it is put on (RFC 8949 §3.4). */
export interface CborTag {
  readonly tag: number | bigint;
  readonly tagged: unknown;
}

/** A simple value without a meaning of its own (RFC 8949 §3.3). */
export interface CborSimple {
  readonly simple: number;
}

/** Reads one CBOR item from `start` on (RFC 8949). Never throws. */
export function readCbor(bytes: Uint8Array, start = 0, name = 'value'): FormValue | FormFault {
  return readForm(new CborReader(bytes, start), name);
}

/** All of `bytes` as one item; undefined where they are none, or more. */
export function wholeCbor(bytes: Uint8Array): FormValue | undefined {
  return wholeForm(readCbor(bytes), bytes);
}

/** The major types (RFC 8949 §3.1). */
const MAJOR = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 } as const;
const INDEFINITE = 31;
const BREAK = 0xff;
const SIMPLE: Readonly<Record<number, unknown>> = { 20: false, 21: true, 22: null, 23: undefined };
const TAG = { date: 0, epoch: 1, bignum: 2, negativeBignum: 3, selfDescribed: 55799 } as const;
/** Bytes of a bignum that are shown as a number: the cost of a larger one grows with its square. */
const LONGEST_BIGNUM = 64;

class CborReader extends FormReader {
  protected readonly units = 'items';

  protected read(first: number, start: number, depth: number, fields: AppField[]): unknown {
    const [major, info] = [first >> 5, first & 0x1f];
    if (major === MAJOR.simple) return this.simple(info, start);
    const isIndefinite = info === INDEFINITE && major >= MAJOR.bytes && major <= MAJOR.map;
    const argument = isIndefinite ? undefined : this.argument(info, start);
    switch (major) {
      case MAJOR.unsigned:
        return argument;
      case MAJOR.negative:
        return shortNumber(-1n - BigInt(argument!));
      case MAJOR.bytes:
        return argument === undefined ? concat(this.chunks(MAJOR.bytes)) : this.part(argument);
      case MAJOR.text:
        return this.text(argument);
      case MAJOR.array:
        return this.array(argument, depth, fields);
      case MAJOR.map:
        return this.map(argument, depth, fields);
      default:
        return this.tag(argument!, depth, fields);
    }
  }

  /** What follows the first byte: a value, a length or a tag's number. */
  private argument(info: number, start: number): number | bigint {
    if (info < 24) return info;
    switch (info) {
      case 24:
        return this.view.getUint8(this.take(1));
      case 25:
        return this.view.getUint16(this.take(2));
      case 26:
        return this.view.getUint32(this.take(4));
      case 27:
        return shortNumber(this.view.getBigUint64(this.take(8)));
      default:
        throw new FormError(
          info === INDEFINITE ? 'an item of this type has no indefinite length' : 'the length is reserved',
          start,
        );
    }
  }

  private simple(info: number, start: number): unknown {
    switch (info) {
      case 24: {
        const simple = this.view.getUint8(this.take(1));
        if (simple < 32) throw new FormError('a simple value below 32 has two bytes', start);
        return { simple } satisfies CborSimple;
      }
      case 25:
        return halfFloat(this.view.getUint16(this.take(2)));
      case 26:
        return this.view.getFloat32(this.take(4));
      case 27:
        return this.view.getFloat64(this.take(8));
      case INDEFINITE:
        throw new FormError('a break outside of an indefinite item', start);
      default:
        if (info > 27) throw new FormError('the simple value is reserved', start);
        return info in SIMPLE ? SIMPLE[info] : ({ simple: info } satisfies CborSimple);
    }
  }

  private text(length: number | bigint | undefined): string {
    const at = this.at;
    const parts = length === undefined ? this.chunks(MAJOR.text) : [this.part(length)];
    // Each chunk is text by itself (RFC 8949 §3.2.3).
    if (parts.some((part) => utf8Error(part) !== undefined)) throw new FormError('text is no UTF-8', at);
    return parts.map((part) => decodeUtf8(part)).join('');
  }

  /** The chunks of an indefinite item: of one type, and definite. */
  private chunks(major: number): Uint8Array[] {
    const chunks: Uint8Array[] = [];
    while (!this.isBreak()) {
      const start = this.take(1);
      const first = this.view.getUint8(start);
      if (first >> 5 !== major || (first & 0x1f) === INDEFINITE)
        throw new FormError('a chunk is of another type', start);
      chunks.push(this.part(this.argument(first & 0x1f, start)));
    }
    return chunks;
  }

  private tag(tag: number | bigint, depth: number, fields: AppField[]): unknown {
    const { value: tagged, field } = this.value(`tag ${tag}`, depth + 1);
    this.list(field, fields);
    switch (tag) {
      case TAG.selfDescribed:
      case TAG.date:
        return tagged;
      case TAG.epoch:
        return (typeof tagged === 'number' ? dateText(tagged) : undefined) ?? { tag, tagged };
      case TAG.bignum:
      case TAG.negativeBignum: {
        const number = tagged instanceof Uint8Array ? bignum(tagged) : undefined;
        if (number === undefined) return { tag, tagged } satisfies CborTag;
        return shortNumber(tag === TAG.bignum ? number : -1n - number);
      }
      default:
        return { tag, tagged } satisfies CborTag;
    }
  }

  /** An indefinite item ends with a break. */
  protected override hasItem(i: number, length: number | bigint | undefined, each: number): boolean {
    return length === undefined ? !this.isBreak() : super.hasItem(i, length, each);
  }

  private isBreak(): boolean {
    this.has(1);
    if (this.view.getUint8(this.at) !== BREAK) return false;
    this.at += 1;
    return true;
  }
}

function bignum(bytes: Uint8Array): bigint | undefined {
  if (bytes.length > LONGEST_BIGNUM) return undefined;
  return bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

/** 16 bits: sign, 5 of the exponent, 10 of the fraction (RFC 8949, appendix D). */
function halfFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent < 31) return sign * (fraction + 1024) * 2 ** (exponent - 25);
  return fraction === 0 ? sign * Infinity : NaN;
}
