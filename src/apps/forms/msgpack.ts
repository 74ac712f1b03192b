import { decodeUtf8, utf8Error } from '../../codec/bytes/utf8.js';
import type { AppField } from '../packet.js';
import type { FormFault, FormValue } from './form.js';
import { dateText, FormError, FormReader, readForm, shortNumber, wholeForm } from './form-reader.js';

/** Reads one MessagePack value from `start` on. Never throws. */
export function readMsgpack(bytes: Uint8Array, start = 0, name = 'value'): FormValue | FormFault {
  return readForm(new MsgpackReader(bytes, start), name);
}

/** All of `bytes` as one value; undefined where they are none, or more. */
export function wholeMsgpack(bytes: Uint8Array): FormValue | undefined {
  return wholeForm(readMsgpack(bytes), bytes);
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

class MsgpackReader extends FormReader {
  protected readonly units = 'values';

  protected read(first: number, start: number, depth: number, fields: AppField[]): unknown {
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
        return shortNumber(this.view.getBigUint64(this.take(8)));
      case 0xd0:
        return this.view.getInt8(this.take(1));
      case 0xd1:
        return this.view.getInt16(this.take(2));
      case 0xd2:
        return this.view.getInt32(this.take(4));
      case 0xd3:
        return shortNumber(this.view.getBigInt64(this.take(8)));
      default:
        throw new FormError('the byte c1 is never used', start);
    }
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

  private uint(size: number): number {
    const at = this.take(size);
    if (size === 1) return this.view.getUint8(at);
    return size === 2 ? this.view.getUint16(at) : this.view.getUint32(at);
  }
}
