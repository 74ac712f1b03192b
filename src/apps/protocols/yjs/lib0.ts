import { decodeUtf8 } from '../../../codec/bytes/utf8.js';
import { DEEPEST_VALUE } from '../../forms/form.js';
import type { AppField } from '../../packet.js';

/** Ends the reading of a message; it never leaves the reader. */
export class Lib0Fault extends Error {
  constructor(
    readonly field: string,
    readonly at: number,
    readonly why = 'goes beyond the end',
  ) {
    super(field);
  }
}

const LARGEST = Number.MAX_SAFE_INTEGER;

/** Bytes of the values of any type, by its number: undefined, null, true, false, and numbers. */
const FIXED: Readonly<Record<number, number>> = { 127: 0, 126: 0, 124: 4, 123: 8, 122: 8, 121: 0, 120: 0 };
const INTEGER = 125;
const TEXT = 119;
const OBJECT = 118;
const LIST = 117;
const BYTES = 116;

/** Reads the encoding of lib0, the library that Yjs encodes with: numbers of seven bits a byte, sized texts and bytes. */
export class Lib0Reader {
  readonly fields: AppField[] = [];
  at = 0;
  private readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    /** Where its bytes begin in the packet. */
    private readonly offset = 0,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  uint8(name: string): number {
    if (this.left < 1) throw new Lib0Fault(name, this.at);
    return this.bytes[this.at++]!;
  }

  varuint(name: string): number {
    const start = this.at;
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.uint8(name);
      value += (byte & 0x7f) * scale;
      if (value > LARGEST) throw new Lib0Fault(name, start, 'is larger than 2^53');
      if (byte < 0x80) return value;
      if (scale > LARGEST) throw new Lib0Fault(name, start, 'has too many bytes');
    }
  }

  sized(name: string): Uint8Array {
    const start = this.at;
    const length = this.varuint(name);
    if (length > this.left) throw new Lib0Fault(name, start);
    return this.bytes.subarray(this.at, (this.at += length));
  }

  text(name: string): string {
    return decodeUtf8(this.sized(name));
  }

  skip(count: number, name: string): void {
    if (count > this.left) throw new Lib0Fault(name, this.at);
    this.at += count;
  }

  /** What `read` reads as a field. */
  field<T>(name: string, read: () => T, shown: (value: T) => AppField['value']): T {
    const start = this.at;
    const value = read();
    const { offset } = this;
    this.fields.push({ name, span: { start: offset + start, end: offset + this.at }, value: shown(value) });
    return value;
  }

  /** Passes over a value of any type. */
  any(depth = 0): void {
    const start = this.at;
    const type = this.uint8('value');
    if (depth > DEEPEST_VALUE) throw new Lib0Fault('value', start, 'is too deep');
    const fixed = FIXED[type];
    if (fixed !== undefined) return this.skip(fixed, 'value');
    switch (type) {
      case INTEGER:
        while (this.uint8('integer') >= 0x80);
        return;
      case TEXT:
      case BYTES:
        return void this.sized('value');
      case OBJECT:
      case LIST:
        for (let left = this.varuint('count'); left > 0; left--) {
          if (type === OBJECT) this.sized('key');
          this.any(depth + 1);
        }
        return;
      default:
        throw new Lib0Fault('value', start, `has the unknown type ${type}`);
    }
  }
}
