import { decodeUtf8, utf8Error } from '../../../codec/bytes/utf8.js';
import type { AppDiagnostic, AppField } from '../../packet.js';
import { broken } from './rules.js';

/** Ends the reading of a packet's fields; it never leaves the reader. */
export class Malformed extends Error {
  constructor(
    readonly field: string,
    readonly at: number,
  ) {
    super(field);
  }
}

/** Reads the fields of one packet one after another, each with its bytes (MQTT 5.0 §1.5). */
export class MqttBody {
  readonly fields: AppField[] = [];
  readonly diagnostics: AppDiagnostic[] = [];
  private readonly view: DataView;
  private list = this.fields;

  constructor(
    readonly bytes: Uint8Array,
    public at: number,
    public end: number,
    readonly type: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.end - this.at;
  }

  uint8(name: string, shown?: (value: number) => string | number): number {
    return this.number(name, 1, shown);
  }

  uint16(name: string): number {
    return this.number(name, 2);
  }

  uint32(name: string): number {
    return this.number(name, 4);
  }

  /** A variable byte integer. */
  varint(name: string): number {
    const start = this.at;
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.view.getUint8(this.take(1, name));
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return (this.put(name, start, value), value);
    }
    throw new Malformed(name, start);
  }

  text(name: string): string {
    const start = this.at;
    const part = this.sized(name);
    const value = decodeUtf8(part);
    if (part.includes(0) || utf8Error(part) !== undefined) this.break('utf8', start, { type: this.type, field: name });
    this.put(name, start, value);
    return value;
  }

  binary(name: string): Uint8Array {
    const start = this.at;
    const part = this.sized(name);
    this.put(name, start, `${part.length} bytes`);
    return part;
  }

  rest(name: string): Uint8Array {
    const start = this.at;
    this.at = this.end;
    if (start < this.end) this.put(name, start, `${this.end - start} bytes`);
    return this.bytes.subarray(start, this.end);
  }

  /** What `read` reads is one field, its parts are fields of that. */
  group<T>(name: string, value: string, read: () => T): T {
    const { list, at: start } = this;
    const fields: AppField[] = [];
    this.list = fields;
    try {
      return read();
    } finally {
      this.list = list;
      list.push({ name, span: { start, end: this.at }, value, fields });
    }
  }

  break(rule: Parameters<typeof broken>[0], start: number, args: AppDiagnostic['args'] = {}): void {
    this.diagnostics.push(broken(rule, { start, end: Math.max(start + 1, this.at) }, args));
  }

  private number(name: string, size: 1 | 2 | 4, shown?: (value: number) => string | number): number {
    const start = this.take(size, name);
    const { view } = this;
    const value = size === 1 ? view.getUint8(start) : size === 2 ? view.getUint16(start) : view.getUint32(start);
    this.put(name, start, shown?.(value) ?? value);
    return value;
  }

  private sized(name: string): Uint8Array {
    const length = this.view.getUint16(this.take(2, name));
    const start = this.take(length, name);
    return this.bytes.subarray(start, start + length);
  }

  private take(count: number, name: string): number {
    const start = this.at;
    if (start + count > this.end) throw new Malformed(name, start);
    this.at += count;
    return start;
  }

  private put(name: string, start: number, value: AppField['value']): void {
    this.list.push({ name, span: { start, end: this.at }, value });
  }
}
