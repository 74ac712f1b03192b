import type { AppField } from '../packet.js';
import { DEEPEST_VALUE, isFault, keyText, MOST_LISTED, shownValue, type FormFault, type FormValue } from './form.js';

/** Ends the reading of a value; it never leaves `readForm`. */
export class FormError extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

interface FormItem {
  readonly value: unknown;
  readonly field: AppField;
}

/** Reads values of a binary form whose first byte says what they are, with a field for each: what its forms have in common. */
export abstract class FormReader {
  protected readonly view: DataView;
  /** What its standard calls them. */
  protected abstract readonly units: 'items' | 'values';
  private listed = 0;

  /** `at`: where the value begins, and the next byte while it is read. */
  constructor(
    protected readonly bytes: Uint8Array,
    public at: number,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(name: string, depth: number): FormItem {
    const start = this.at;
    if (depth > DEEPEST_VALUE) throw new FormError(`${this.units} are nested too deeply`, start);
    const fields: AppField[] = [];
    const value = this.read(this.view.getUint8(this.take(1)), start, depth, fields);
    const span = { start, end: this.at };
    return { value, field: { name, span, value: shownValue(value), ...(fields.length > 0 && { fields }) } };
  }

  /** What `first` begins. `start`: its offset; the fields of what is in it are put into `fields`. */
  protected abstract read(first: number, start: number, depth: number, fields: AppField[]): unknown;

  /** Whether another one follows: `each` bytes at least for each that is declared have to be there. Of unknown length: what the form says. */
  protected hasItem(i: number, length: number | bigint | undefined, each: number): boolean {
    if (i === 0) this.has(Number(length) * each);
    return i < length!;
  }

  protected array(length: number | bigint | undefined, depth: number, fields: AppField[]): unknown[] {
    const values: unknown[] = [];
    for (let i = 0; this.hasItem(i, length, 1); i++) {
      const { value, field } = this.value(String(i), depth + 1);
      values.push(value);
      this.list(field, fields);
    }
    return values;
  }

  protected map(length: number | bigint | undefined, depth: number, fields: AppField[]): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    for (let i = 0; this.hasItem(i, length, 2); i++) {
      const start = this.at;
      const name = keyText(this.value('key', depth + 1).value);
      const { value, field } = this.value(name, depth + 1);
      entries.push([name, value]);
      this.list({ ...field, span: { start, end: this.at } }, fields);
    }
    return Object.fromEntries(entries);
  }

  protected list(field: AppField, fields: AppField[]): void {
    if (this.listed++ < MOST_LISTED) fields.push(field);
  }

  protected part(length: number | bigint): Uint8Array {
    const at = this.take(Number(length));
    return this.bytes.subarray(at, this.at);
  }

  /** The offset of that many bytes, which count as read. */
  protected take(length: number): number {
    this.has(length);
    this.at += length;
    return this.at - length;
  }

  protected has(length: number): void {
    if (this.at + length > this.bytes.length) throw new FormError('a length goes beyond the end', this.at);
  }
}

/** The value at the place of the reader. Never throws. */
export function readForm(reader: FormReader, name: string): FormValue | FormFault {
  try {
    const { value, field } = reader.value(name, 0);
    return { value, field, end: reader.at };
  } catch (error) {
    if (error instanceof FormError) return { fault: error.message, at: error.at };
    throw error;
  }
}

/** A value that is all of `bytes`; undefined: it is not. */
export function wholeForm(read: FormValue | FormFault, bytes: Uint8Array): FormValue | undefined {
  return isFault(read) || read.end !== bytes.length ? undefined : read;
}

/** As a number where that is exact. */
export function shortNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** A time as text (ISO 8601); undefined: out of the range of dates. */
export function dateText(seconds: number, nanoseconds = 0): string | undefined {
  const date = new Date(seconds * 1000 + nanoseconds / 1e6);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
