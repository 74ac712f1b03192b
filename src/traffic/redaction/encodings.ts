import { encodeUtf8 } from '../../codec/bytes/utf8.js';

/** A way in which a text stands for another one. All texts have a character for each byte. */
export interface Encoding {
  /** The first character of each escape. */
  readonly mark: string;
  /** One escape; global. None is shorter than what it stands for. */
  readonly escape: RegExp;
  /** What it stands for. */
  readonly plain: (escape: string, first?: string, second?: string, third?: string) => string;
  /** What is encoded so does not go on beyond one of these, with the backslashes before it. */
  readonly bounds: RegExp;
  /** Whether bounds can be escaped themselves: one after an odd number of backslashes is none. */
  readonly escapesBounds?: true;
  /** Another character that stands for a blank. */
  readonly blank?: string;
}

const CONTROLS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const ENTITIES: Readonly<Record<string, string>> = { quot: '"', apos: "'", amp: '&', lt: '<', gt: '>' };
const MOST_CODE = 0x10_ff_ff;

export const ENCODINGS: readonly Encoding[] = [
  // RFC 3986 §2.1; in forms a plus stands for a blank.
  {
    mark: '%',
    escape: /%([\da-fA-F]{2})/g,
    plain: (_, code) => String.fromCharCode(parseInt(code!, 16)),
    bounds: /"/g,
    blank: '+',
  },
  // Strings of JSON (RFC 8259 §7).
  {
    mark: '\\',
    escape: /\\(?:u([\da-fA-F]{4})|(["\\/bfnrt]))/g,
    plain: (_, unit, char) => (unit === undefined ? (CONTROLS[char!] ?? char!) : bytesOf(parseInt(unit, 16))),
    bounds: /"/g,
    escapesBounds: true,
  },
  // XML 1.0 §4.1, §4.6.
  {
    mark: '&',
    escape: /&(?:#(\d{2,7})|#x([\da-fA-F]{1,6})|(quot|apos|amp|lt|gt));/g,
    plain: (_, decimal, hex, name) =>
      name === undefined ? bytesOf(decimal === undefined ? parseInt(hex!, 16) : Number(decimal)) : ENTITIES[name]!,
    bounds: /["<]/g,
  },
];

/** The bytes of a character, a character for each. */
export function bytesOf(code: number): string {
  const bytes = encodeUtf8(String.fromCodePoint(Math.min(code, MOST_CODE)));
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}

/** What the text stands for. */
export function decoded(text: string, { escape, plain }: Encoding): string {
  return text.replace(escape, (...[whole, first, second, third]: string[]) => plain(whole!, first, second, third));
}

/** The parts of a text that have escapes, each within its bounds. */
export function* encodedParts(text: string, encoding: Encoding): Generator<[start: number, end: number]> {
  if (!text.includes(encoding.mark)) return;
  let start = 0;
  for (const { index, 0: bound } of text.matchAll(encoding.bounds)) {
    const begin = beginOfBackslashes(text, index);
    if (encoding.escapesBounds && (index - begin) % 2 === 1) continue;
    const end = encoding.escapesBounds ? index : Math.max(start, begin);
    if (hasEscape(text.slice(start, end), encoding)) yield [start, end];
    start = index + bound.length;
  }
  if (hasEscape(text.slice(start), encoding)) yield [start, text.length];
}

function hasEscape(text: string, { mark, escape }: Encoding): boolean {
  return text.includes(mark) && text.search(escape) >= 0;
}

function beginOfBackslashes(text: string, index: number): number {
  let begin = index;
  while (begin > 0 && text[begin - 1] === '\\') begin--;
  return begin;
}

/** Offsets in the text, by those of the same characters in what it stands for. */
export function placesOf(
  text: string,
  { escape, plain }: Encoding,
  offsets: readonly number[],
): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  const sorted = [...offsets].sort((a, b) => a - b);
  let next = 0;
  let shift = 0;
  for (const match of text.matchAll(escape)) {
    const at = match.index - shift;
    for (; next < sorted.length && sorted[next]! <= at; next++) places.set(sorted[next]!, sorted[next]! + shift);
    if (next === sorted.length) break;
    const { length } = plain(match[0], match[1], match[2], match[3]);
    // Within the bytes of one character: all of it.
    for (; next < sorted.length && sorted[next]! < at + length; next++) places.set(sorted[next]!, match.index);
    shift += match[0].length - length;
  }
  for (; next < sorted.length; next++) places.set(sorted[next]!, sorted[next]! + shift);
  return places;
}
