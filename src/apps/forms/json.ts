import { decodeUtf8 } from '../../codec/bytes/utf8.js';
import type { AppField } from '../packet.js';
import { hasLargeInteger, parseExactly } from './exact-json.js';

/** Deeper values, and members after these, are shown as one field. */
const DEEPEST = 32;
const MOST_FIELDS = 10_000;

/** What bytes hold as JSON (RFC 8259), integers that no double holds as bigint; undefined where they hold none. */
export function parseJson(bytes: Uint8Array): { readonly value: unknown } | undefined {
  try {
    const text = decodeUtf8(bytes);
    return { value: hasLargeInteger(bytes) ? parseExactly(text) : (JSON.parse(text) as unknown) };
  } catch {
    return undefined;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const CLOSES: Readonly<Record<number, number>> = { 0x7b: 0x7d, 0x5b: 0x5d };

/** The members of a JSON value with their bytes, `offset` added to their places. What is no JSON gives the fields before it. */
export function jsonFields(bytes: Uint8Array, offset = 0): readonly AppField[] {
  const reader = new JsonFieldReader(bytes, offset);
  const field = reader.value('value', 0);
  return field === undefined ? [] : (field.fields ?? [field]);
}

class JsonFieldReader {
  private at = 0;
  private left = MOST_FIELDS;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly offset: number,
  ) {}

  /** The value that begins here. */
  value(name: string, depth: number): AppField | undefined {
    this.blanks();
    const { bytes, at: start } = this;
    const first = bytes[start];
    if (first === undefined || this.left-- <= 0) return undefined;
    const closing = CLOSES[first];
    if (closing === undefined) {
      if (first === QUOTE) this.string();
      else this.word();
      return this.field(name, start);
    }
    if (depth >= DEEPEST) return undefined;
    const fields = this.members(closing, first === 0x7b, depth);
    return { ...this.field(name, start), value: closing === 0x7d ? 'object' : 'array', fields };
  }

  private members(closing: number, isObject: boolean, depth: number): AppField[] {
    const { bytes } = this;
    const fields: AppField[] = [];
    this.at++;
    for (let i = 0; ; i++) {
      this.blanks();
      if (bytes[this.at] === closing) break;
      const name = isObject ? this.name() : String(i);
      const field = name === undefined ? undefined : this.value(name, depth + 1);
      if (field === undefined) return fields;
      fields.push(field);
      this.blanks();
      if (bytes[this.at] === closing) break;
      if (bytes[this.at] !== 0x2c) return fields;
      this.at++;
    }
    this.at++;
    return fields;
  }

  private name(): string | undefined {
    const { bytes, at: start } = this;
    if (bytes[start] !== QUOTE) return undefined;
    this.string();
    const name = parseJson(bytes.subarray(start, this.at))?.value;
    this.blanks();
    if (typeof name !== 'string' || bytes[this.at] !== 0x3a) return undefined;
    this.at++;
    return name;
  }

  private field(name: string, start: number): AppField {
    const { bytes, offset, at } = this;
    const value = parseJson(bytes.subarray(start, at))?.value;
    const isPlain = typeof value !== 'object' || value === null;
    return {
      name,
      span: { start: offset + start, end: offset + at },
      value: isPlain ? ((value as AppField['value']) ?? null) : null,
    };
  }

  private string(): void {
    const { bytes } = this;
    for (this.at++; this.at < bytes.length; this.at++) {
      if (bytes[this.at] === BACKSLASH) this.at++;
      else if (bytes[this.at] === QUOTE) break;
    }
    this.at = Math.min(this.at + 1, bytes.length);
  }

  private word(): void {
    const { bytes } = this;
    while (this.at < bytes.length && !isBlank(bytes[this.at]) && ![0x2c, 0x5d, 0x7d].includes(bytes[this.at]!))
      this.at++;
  }

  private blanks(): void {
    while (isBlank(this.bytes[this.at])) this.at++;
  }
}

/** A value as a line of JSON, up to `limit` characters; bytes by their number. A cut ends in `…`, and so does what is nested deeply. */
export function jsonText(value: unknown, limit = 200): string {
  if (value === undefined) return '';
  const text = writeJson('', value, limit, 0);
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}

/** `text` with the value after it; where `text` is longer than `limit`, no more of it is looked at. */
function writeJson(text: string, value: unknown, limit: number, depth: number): string {
  if (text.length > limit) return text;
  if (typeof value === 'string') return text + JSON.stringify(value.slice(0, limit + 1));
  if (typeof value === 'bigint' || typeof value === 'number') return text + String(value);
  if (typeof value !== 'object' || value === null)
    return text + ((JSON.stringify(value) as string | undefined) ?? 'null');
  if (value instanceof Uint8Array) return `${text}"<${value.length} bytes>"`;
  if (depth >= DEEPEST) return `${text}…`;
  return Array.isArray(value)
    ? writeItems(`${text}[`, value, limit, depth)
    : writeMembers(`${text}{`, value as Readonly<Record<string, unknown>>, limit, depth);
}

function writeItems(begin: string, values: readonly unknown[], limit: number, depth: number): string {
  let text = begin;
  for (const [i, value] of values.entries()) {
    if (text.length > limit) return text;
    text = writeJson(i === 0 ? text : `${text},`, value, limit, depth + 1);
  }
  return `${text}]`;
}

function writeMembers(begin: string, values: Readonly<Record<string, unknown>>, limit: number, depth: number): string {
  let text = begin;
  for (const name of Object.keys(values)) {
    if (text.length > limit) return text;
    if (values[name] === undefined) continue;
    const comma = text.length > begin.length ? ',' : '';
    text = writeJson(`${text}${comma}${JSON.stringify(name)}:`, values[name], limit, depth + 1);
  }
  return `${text}}`;
}
