import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import { SecretSpans } from './secret-spans.js';

const ESCAPE = /\\(?:u([\da-fA-F]{4})|(.))/gs;
const CONTROLS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/**
 * Finds in the text that a string of JSON stands for (RFC 8259 §7), from `start` to `end` without its quotes: what is found
 * there is covered here.
 */
export function findInString(
  spans: SecretSpans,
  [start, end]: readonly [start: number, end: number],
  find: (inner: SecretSpans) => void,
): void {
  const text = spans.text.slice(start, end);
  const parts: string[] = [];
  const places = new Uint32Array(text.length + 1);
  let length = 0;
  let from = 0;
  const take = (part: string, at: (index: number) => number): void => {
    for (let i = 0; i < part.length; i++) places[length++] = start + at(i);
    parts.push(part);
  };
  for (const { index, 0: whole, 1: unit, 2: char = '' } of text.matchAll(ESCAPE)) {
    const begin = from;
    take(text.slice(begin, index), (i) => begin + i);
    take(unit === undefined ? (CONTROLS[char] ?? char) : bytesOf(unit), () => index);
    from = index + whole.length;
  }
  take(text.slice(from), (i) => from + i);
  places[length] = end;
  const inner = new SecretSpans(parts.join(''));
  find(inner);
  spans.addAll(inner, (offset) => places[offset]!);
}

/** A character for each byte; never more of them than the escape has. */
function bytesOf(unit: string): string {
  const bytes = encodeUtf8(String.fromCharCode(parseInt(unit, 16)));
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}
