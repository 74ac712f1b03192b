import {
  beginningOfValue,
  coverValue,
  endOfString,
  endOfValue,
  quoteAt,
  quotedName,
  skipBlanks,
  type NamedKind,
  type NamedPlace,
} from './named-values.js';
import type { SecretSpans } from './secret-spans.js';

/** The member of which such a name is the value. */
const BEFORE_NAME = /["'](?:name|key|header)\\*["']\s{0,8}:\s{0,8}$/i;
const LONGEST_BEFORE = 40;
/** Up to where it is looked for the end of a value. */
const LONGEST_VALUE = 4096;
/** Such names are those of headers, anywhere in a list of names and values. */
const HEADER_NAME = /^(?:x-[\w-]{1,60}|[\w-]{0,60}cookie|[\w-]{0,60}authorization)$/i;

/**
 * Values that follow their names, where these are strings: `{"name": NAME, "value": VALUE}`, `[NAME, VALUE]` as in events and
 * lists of headers. All of a value that is an object or a list is covered.
 */
export function findNamedPairs(spans: SecretSpans, kindOf: NamedKind): void {
  const { text } = spans;
  let done = 0;
  for (const { 0: found, index: close } of text.matchAll(/["']\s{0,8},/g)) {
    // What is within a value was covered with it.
    if (close < done) continue;
    const named = quotedName(text, close, text[close]!);
    if (named === undefined) continue;
    const at = valueAfter(text, close + found.length - 1, named);
    if (at === undefined) continue;
    const kind = kindOf(named.name, () => beginningOfValue(text, at, named), 'json');
    if (kind !== undefined) done = coverValue(spans, kind, at, endOfValue(text, at, named), named);
  }
}

/** A member that is a value, up to its string. */
const VALUE_FIRST = /["']value\\*["']\s{0,8}:\s{0,8}(\\*)["']/gi;
/** The member after it, which is its name. */
const NAME_AFTER = /\s{0,64},\s{0,64}\\*["'](?:name|key|header)\\*["']\s{0,8}:\s{0,8}\\*["']([^"'\\]{1,200})/iy;

/** The same, where the value is the first of the two: `{"value": VALUE, "name": NAME}`. */
export function findValuesBeforeNames(spans: SecretSpans, kindOf: NamedKind): void {
  const { text } = spans;
  for (const { 0: found, 1: backslashes, index } of text.matchAll(VALUE_FIRST)) {
    const start = index + found.length;
    const value = text.slice(start, start + LONGEST_VALUE);
    const length = endOfString(value, 0, found.at(-1)!, backslashes!.length);
    NAME_AFTER.lastIndex = start + length + backslashes!.length + 1;
    const name = NAME_AFTER.exec(text)?.[1];
    const kind = name === undefined ? undefined : kindOf(name, () => value.slice(0, length), 'json');
    if (kind !== undefined) spans.add(kind, start, start + length);
  }
}

/** Where the value begins that a name before the comma has; undefined: the two are no such pair. */
function valueAfter(text: string, comma: number, { name, start, escapes }: NamedPlace): number | undefined {
  const next = skipBlanks(text, comma + 1);
  // Only in a list such a value has no name of its own.
  if (/[{[]/.test(text[next] ?? '')) return next;
  const quoted = quoteAt(text, next);
  const before = text.slice(Math.max(0, start - LONGEST_BEFORE), start);
  const isListed = HEADER_NAME.test(name) || before.trimEnd().endsWith('[');
  if (quoted === undefined) return isListed && /[-\d]/.test(text[next] ?? '') ? next : undefined;
  if (quoted.escapes !== escapes) return undefined;
  const from = next + escapes + 1;
  const end = from + endOfString(text.slice(from, from + LONGEST_VALUE), 0, quoted.quote, escapes);
  const colon = skipBlanks(text, end + escapes + 1);
  if (text[colon] !== ':' || end - from === LONGEST_VALUE) return isListed ? next : undefined;
  const isPair = text.slice(from, end).toLowerCase() === 'value' && BEFORE_NAME.test(before);
  return isPair ? skipBlanks(text, colon + 1) : undefined;
}
