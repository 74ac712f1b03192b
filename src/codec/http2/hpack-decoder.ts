import { latin1 } from '../http1/text.js';
import { decodeHuffman } from './huffman.js';
import { readHpackInteger } from './hpack-integer.js';
import { entrySize, HpackTable } from './hpack-table.js';

/** Bytes of the fields of one block that are kept, each with its overhead of 32: a few bytes can stand for megabytes. */
const MOST_LIST = 64 * 1024;

/** A field of a block (RFC 7541 §6); a name or value is undefined where it is in an entry of the table that was not seen. */
export interface HpackField {
  readonly name: string | undefined;
  readonly value: string | undefined;
  /** Offsets in the block. */
  readonly start: number;
  readonly end: number;
  /** It must not be compressed again on its way (RFC 7541 §6.2.3). */
  readonly isNeverIndexed?: true;
}

/** Why the rest of a block can't be read (RFC 7541 §2.3.3, §5.1, §5.2, §4.2): a COMPRESSION_ERROR. */
export type HpackFault = 'index' | 'integer' | 'string' | 'huffman' | 'size-update';

export interface HpackBlock {
  readonly fields: readonly HpackField[];
  /** Of all of its fields, each with its overhead of 32, as far as they are known. */
  readonly size: number;
  /** Fields that were not kept: they are too many. */
  readonly omitted: number;
  readonly fault?: { readonly kind: HpackFault; readonly at: number };
}

interface ReadString {
  readonly text: string;
  readonly next: number;
}

/** Reads the blocks of one direction, in their order. */
export class HpackDecoder {
  readonly table = new HpackTable();
  private fields: HpackField[] = [];
  private size = 0;
  private omitted = 0;

  /** Blocks were lost, or it was joined in its middle. */
  lose(): void {
    this.table.lose();
  }

  /** A whole block. After a fault the table is not known any more. */
  decode(bytes: Uint8Array): HpackBlock {
    this.fields = [];
    this.size = 0;
    this.omitted = 0;
    let at = 0;
    while (at < bytes.length) {
      const next = this.field(bytes, at);
      if (typeof next === 'string') {
        this.lose();
        return { ...this.read, fault: { kind: next, at } };
      }
      at = next;
    }
    return this.read;
  }

  private get read(): HpackBlock {
    return { fields: this.fields, size: this.size, omitted: this.omitted };
  }

  /** The offset after it. */
  private field(bytes: Uint8Array, at: number): number | HpackFault {
    const first = bytes[at]!;
    if (first >= 0x80) return this.indexed(bytes, at);
    if (first >= 0x40) return this.literal(bytes, at, 6, true);
    if (first >= 0x20) return this.sizeUpdate(bytes, at);
    return this.literal(bytes, at, 4, false);
  }

  private indexed(bytes: Uint8Array, at: number): number | HpackFault {
    const index = readHpackInteger(bytes, at, 7);
    if (index === undefined) return 'integer';
    const entry = this.table.at(index.value);
    if (entry === 'none') return 'index';
    const { name, value } = entry === 'unknown' ? { name: undefined, value: undefined } : entry;
    this.take({ name, value, start: at, end: index.next });
    return index.next;
  }

  private literal(bytes: Uint8Array, at: number, bits: number, isAdded: boolean): number | HpackFault {
    const index = readHpackInteger(bytes, at, bits);
    if (index === undefined) return 'integer';
    const named = index.value === 0 ? readString(bytes, index.next) : this.nameAt(index.value, index.next);
    if (typeof named === 'string') return named;
    const value = readString(bytes, named.next);
    if (typeof value === 'string') return value;
    const isNever = !isAdded && (bytes[at]! & 0x10) !== 0;
    const range = { start: at, end: value.next, ...(isNever && { isNeverIndexed: true as const }) };
    this.take({ name: named.text, value: value.text, ...range });
    if (isAdded) this.add(named.text, value.text);
    return value.next;
  }

  /** An entry whose name is not known is one that is not known. */
  private add(name: string | undefined, value: string): void {
    if (name === undefined) this.table.lose();
    else this.table.add({ name, value });
  }

  private nameAt(
    index: number,
    next: number,
  ): { readonly text: string | undefined; readonly next: number } | HpackFault {
    const entry = this.table.at(index);
    if (entry === 'none') return 'index';
    return { text: entry === 'unknown' ? undefined : entry.name, next };
  }

  private sizeUpdate(bytes: Uint8Array, at: number): number | HpackFault {
    // Only at the beginning of a block (RFC 7541 §4.2).
    if (this.fields.length + this.omitted > 0) return 'size-update';
    const size = readHpackInteger(bytes, at, 5);
    if (size === undefined) return 'integer';
    this.table.resize(size.value);
    return size.next;
  }

  private take(field: HpackField): void {
    this.size += entrySize({ name: field.name ?? '', value: field.value ?? '' });
    if (this.size > MOST_LIST) this.omitted++;
    else this.fields.push(field);
  }
}

/** A string (RFC 7541 §5.2). */
function readString(bytes: Uint8Array, at: number): ReadString | HpackFault {
  const length = readHpackInteger(bytes, at, 7);
  if (length === undefined) return 'integer';
  const { value, next } = length;
  const end = next + value;
  if (end > bytes.length) return 'string';
  const text = bytes[at]! >= 0x80 ? decodeHuffman(bytes, next, end) : latin1(bytes, next, end);
  return text === undefined ? 'huffman' : { text, next: end };
}
