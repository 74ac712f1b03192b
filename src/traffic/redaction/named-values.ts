import { decodeUtf8 } from '../../codec/bytes/utf8.js';
import type { SecretKind } from './choice.js';
import { bytesOf } from './encodings.js';
import { stopsOfLine } from './line-ends.js';
import type { SecretSpans } from './secret-spans.js';

/** Under what a value of that name is a secret; undefined: it is none. `place` says how the name is written. */
export type NamedKind = (name: string, value: () => string, place: NamePlace) => SecretKind | undefined;

/** That of the first of several names that has one. */
export function kindOfAny(
  names: readonly string[],
  value: () => string,
  place: NamePlace,
  kindOf: NamedKind,
): SecretKind | undefined {
  for (const name of names) {
    const kind = kindOf(name, value, place);
    if (kind !== undefined) return kind;
  }
  return undefined;
}

/** `"name": value`, `?name=value`, `name: value` on a line, or another form. */
export type NamePlace = 'json' | 'query' | 'line' | 'text';

const LONGEST_NAME = 200;
/** As much of a value as shows whether it is a secret. */
export const LONGEST_JUDGED = 512;
const NAME_CHARACTER = /[\w.$\-[\]%\x80-\xff]/;
const BLANK = /[ \t\r\n]/;
const STRING_LETTER = /^[bru]["']/i;
/** After a scheme the credentials follow. */
const SCHEME = /^(?:bearer|basic|digest|token|negotiate|apikey|aws4-hmac-sha256)[ \t]{1,4}/i;

export interface NamedPlace {
  readonly name: string;
  /** Where it begins, with its quote. */
  readonly start: number;
  readonly place: NamePlace;
  /** What stands between it and its value, where that is known. */
  readonly separator?: string;
  /** Backslashes before the quotes of the name: those of JSON in a string of JSON are escaped. */
  readonly escapes: number;
}

/**
 * Values that stand after their names: JSON at any depth, also JSON in a string of JSON, parameters of URLs and forms,
 * lines of headers, settings, elements and attributes of XML. The text need not be whole.
 */
export function findNamed(spans: SecretSpans, kindOf: NamedKind): void {
  const { text } = spans;
  const separators = /[=:]/g;
  for (let found = separators.exec(text); found !== null; found = separators.exec(text)) {
    const named = nameBefore(text, found.index);
    if (named === undefined) continue;
    const at = beginOfValue(text, found.index, named);
    const kind = kindOf(named.name, () => beginningOfValue(text, at, named), named.place);
    if (kind === undefined) continue;
    const end = endOfProse(text, endOfValue(text, at, named), named, kind);
    separators.lastIndex = Math.max(found.index + 1, coverValue(spans, kind, at, end, named));
  }
}

function nameBefore(text: string, separator: number): NamedPlace | undefined {
  let end = separator;
  while (end > 0 && BLANK.test(text[end - 1]!)) end--;
  const quote = text[end - 1];
  if (quote === '"' || quote === "'") return quotedName(text, end - 1, quote);
  let start = end;
  while (start > 0 && end - start < LONGEST_NAME && NAME_CHARACTER.test(text[start - 1]!)) start--;
  if (start === end) return undefined;
  const place = placeOf(text[separator]!, text[start - 1] ?? '\n');
  return { name: plainName(text.slice(start, end)), start, place, separator: text[separator]!, escapes: 0 };
}

/** Where the value begins that a separator precedes: after an arrow of Ruby and PHP too, and after the letter of a string of Python. */
function beginOfValue(text: string, separator: number, { place }: NamedPlace): number {
  const isArrow = text.startsWith('=>', separator);
  const at = skipBlanks(text, separator + (isArrow ? 2 : 1), place === 'json' ? undefined : 4);
  return STRING_LETTER.test(text.slice(at, at + 2)) ? at + 1 : at;
}

function placeOf(separator: string, before: string): NamePlace {
  if (separator === '=' && '?&#;'.includes(before)) return 'query';
  return separator === ':' && '\r\n'.includes(before) ? 'line' : 'text';
}

/** The string in quotes that ends with the quote at `close`. */
export function quotedName(text: string, close: number, quote: string): NamedPlace | undefined {
  let end = close;
  while (end > 0 && text[end - 1] === '\\') end--;
  const escapes = close - end;
  const open = end === 0 ? -1 : text.lastIndexOf(quote, end - 1);
  if (open < 0 || end - open > LONGEST_NAME) return undefined;
  const start = open - escapes;
  return { name: plainName(text.slice(open + 1, end)), start, place: 'json', escapes };
}

/** As it is meant: escapes of JSON and of URLs resolved. The text has a character for each byte. */
function plainName(name: string): string {
  let plain = name;
  if (plain.includes('\\')) {
    plain = plain.replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => bytesOf(parseInt(code, 16)));
    plain = plain.replaceAll('\\', '');
  }
  if (plain.includes('%')) {
    plain = plain.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  }
  return decodeUtf8(Uint8Array.from(plain, (char) => char.charCodeAt(0)));
}

export function skipBlanks(text: string, from: number, most = text.length): number {
  let at = from;
  while (at < text.length && at - from < most && BLANK.test(text[at]!)) at++;
  return at;
}

/** Backslashes at `at` that a quote follows; undefined: none follows. */
export function quoteAt(text: string, at: number): { readonly escapes: number; readonly quote: string } | undefined {
  let end = at;
  while (text[end] === '\\') end++;
  const quote = text[end];
  return quote === '"' || quote === "'" ? { escapes: end - at, quote } : undefined;
}

/**
 * Where the text ends that a quote with these escapes has begun: at the first backslash of the closing one, at that of a quote
 * with fewer, which ends a string that all of this is in, or at the end of all.
 */
export function endOfString(text: string, from: number, quote: string, escapes: number): number {
  const unit = 2 * (escapes + 1);
  for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 1)) {
    let run = at;
    while (run > from && text[run - 1] === '\\') run--;
    const backslashes = at - run;
    if (backslashes % unit === escapes) return at - escapes;
    if (backslashes < escapes) return run;
  }
  return text.length;
}

/** As much of a value as shows whether it is a secret: one that does not end would be read again for each name in it. */
export function beginningOfValue(text: string, at: number, named: NamedPlace): string {
  const beginning = text.slice(at, at + LONGEST_JUDGED);
  return beginning.slice(0, endOfValue(beginning, 0, named));
}

export function endOfValue(text: string, at: number, { place }: NamedPlace): number {
  const quoted = quoteAt(text, at);
  if (quoted !== undefined) {
    const from = at + quoted.escapes + 1;
    return endOfString(text, from, quoted.quote, quoted.escapes);
  }
  if (text[at] === '{' || text[at] === '[') return at;
  const ends = place === 'line' ? '\r\n\0' : place === 'query' ? '\r\n\0 \t&"<>#\\' : '\r\n\0 \t&;,"\'<>}])#\\';
  const stop = (from: number): number => {
    let end = from;
    while (end < text.length && !ends.includes(text[end]!)) end++;
    return place === 'query' ? withoutClosing(text, from, end) : end;
  };
  const scheme = place === 'text' || place === 'line' ? SCHEME.exec(text.slice(at, at + 32)) : null;
  return stop(scheme === null ? at : at + scheme[0].length);
}

/** The next name and what precedes it, in a line of several. */
const NEXT_NAME = /[\s,;&|]{1,4}["']?[\w.$[\]-]{1,64}["']?[ \t]{0,4}=/y;
const NEXT_OF_LINE = /[\s,;&|]{1,4}["']?[\w.$[\]-]{1,64}["']?[ \t]{0,4}[=:]/y;
/** A blank, or an apostrophe within a word. */
const GOES_ON = /^(?:[ \t]|'[a-z])/i;
/** Names of what people choose: other secrets have no blanks. */
const OWN_WORDS = /pass|pwd|secret/i;

/**
 * Where a value ends that a blank does not end: words that people choose have blanks, and in no form or URL one would be
 * there. So it continues to the next name, or to the end of the line. After a colon that is not so for tokens: prose may follow.
 */
function endOfProse(text: string, end: number, { name, place, separator }: NamedPlace, kind: SecretKind): number {
  if (place !== 'text' || !GOES_ON.test(text.slice(end, end + 2))) return end;
  if (separator === ':' && kind !== 'field' && !OWN_WORDS.test(name)) return end;
  const stops = stopsOfLine(text, end);
  const next = separator === ':' ? NEXT_OF_LINE : NEXT_NAME;
  let at = end;
  for (; at < text.length && !stops.includes(text[at]!); at++) {
    next.lastIndex = at;
    if (next.test(text)) break;
  }
  while (at > end && BLANK.test(text[at - 1]!)) at--;
  return at;
}

/** Without what closes the quote or the bracket that the URL is in. */
function withoutClosing(text: string, from: number, end: number): number {
  let at = end;
  while (at > from && "',;)}]".includes(text[at - 1]!)) at--;
  return at;
}

/** Gives where the search continues. */
export function coverValue(spans: SecretSpans, kind: SecretKind, at: number, end: number, named: NamedPlace): number {
  const { text } = spans;
  const quoted = quoteAt(text, at);
  if (quoted !== undefined) {
    const from = at + quoted.escapes + 1;
    spans.add(kind, from, end);
    return end;
  }
  if (text[at] === '{' || text[at] === '[') return coverAll(spans, kind, at, named.escapes);
  if (named.place === 'json' && /^(?:true|false|null)\b/.test(text.slice(at, at + 6))) return end;
  const hasScheme = named.place === 'text' || named.place === 'line';
  const scheme = hasScheme ? (SCHEME.exec(text.slice(at, at + 32))?.[0].length ?? 0) : 0;
  spans.add(kind, at + scheme, end);
  return end;
}

/** All values within an object or a list of JSON, names excepted. */
function coverAll(spans: SecretSpans, kind: SecretKind, start: number, escapes: number): number {
  const { text } = spans;
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const char = text[at]!;
    if (char === '{' || char === '[') depth++;
    if (char === '}' || char === ']') depth--;
    if (depth === 0) return at + 1;
    const quoted = quoteAt(text, at);
    if (quoted !== undefined) {
      // The string that all of this is in has ended.
      if (quoted.escapes < escapes) return at;
      const from = at + quoted.escapes + 1;
      const end = endOfString(text, from, quoted.quote, quoted.escapes);
      at = Math.min(text.length, end + quoted.escapes + 1);
      if (text[skipBlanks(text, at)] !== ':') spans.add(kind, from, end);
    } else if (/[-\d]/.test(char)) {
      const from = at;
      while (at < text.length && /[-+.\deE]/.test(text[at]!)) at++;
      spans.add(kind, from, at);
    } else at++;
  }
  return at;
}
