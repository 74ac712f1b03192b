import { append } from '../bytes/lists.js';
import { encodeHuffman, huffmanLength } from './huffman.js';
import { hpackInteger } from './hpack-integer.js';
import type { HpackEntry } from './hpack-static.js';
import { HpackTable } from './hpack-table.js';

/** How a field is written (RFC 7541 §6). */
export type HpackForm =
  /** As an index where the table has it, else added to the table. */
  | 'indexing'
  /** Not added to the table. */
  | 'plain'
  /** Nor by anyone on its way: for secrets. */
  | 'never';

/** Strings are Huffman-coded where that is shorter, or as stated. */
export type HpackStrings = 'shorter' | 'huffman' | 'plain';

const FORMS: Readonly<Record<HpackForm, { readonly bits: number; readonly first: number }>> = {
  indexing: { bits: 6, first: 0x40 },
  plain: { bits: 4, first: 0 },
  never: { bits: 4, first: 0x10 },
};

/** Writes the blocks of one direction, in their order. Each character of a name or value is one byte. */
export class HpackEncoder {
  private readonly table = new HpackTable();
  /** Sizes to be reported with the next block (RFC 7541 §4.2). */
  private sizes: number[] = [];

  constructor(private readonly strings: HpackStrings = 'shorter') {}

  /** Changes the size of the table, with the next block. */
  resize(size: number): void {
    this.sizes.push(size);
  }

  encode(fields: readonly (HpackEntry & { readonly form?: HpackForm })[]): Uint8Array {
    const out: number[] = [];
    for (const size of this.sizes.splice(0)) {
      append(out, hpackInteger(size, 5, 0x20));
      this.table.resize(size);
    }
    for (const { name, value, form = 'indexing' } of fields) this.field({ name, value }, form, out);
    return Uint8Array.from(out);
  }

  private field(entry: HpackEntry, form: HpackForm, out: number[]): void {
    const found = this.table.find(entry);
    if (found?.isWhole && form === 'indexing') {
      append(out, hpackInteger(found.index, 7, 0x80));
      return;
    }
    const { bits, first } = FORMS[form];
    append(out, hpackInteger(found?.index ?? 0, bits, first));
    if (found === undefined) this.string(entry.name, out);
    this.string(entry.value, out);
    if (form === 'indexing') this.table.add(entry);
  }

  private string(text: string, out: number[]): void {
    const coded = huffmanLength(text);
    const isCoded = this.strings === 'huffman' || (this.strings === 'shorter' && coded < text.length);
    append(out, hpackInteger(isCoded ? coded : text.length, 7, isCoded ? 0x80 : 0));
    const bytes = isCoded ? encodeHuffman(text) : Array.from(text, (char) => char.charCodeAt(0));
    for (const byte of bytes) out.push(byte);
  }
}
