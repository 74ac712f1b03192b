/** As in JSON (RFC 8259 §6). */
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** Before a number that is kept as text, in the spelling of JSON. */
const MARK = String.raw`\u0000number `;
/** No value begins like a mark: a string that did has another NUL before it. */
const NUL = String.raw`\u0000`;
const BLANK = /[ \t\r\n]*/y;

/** The effect of a bracket on the depth. */
const NESTING = new Map([
  ['[', 1],
  ['{', 1],
  [']', -1],
  ['}', -1],
]);

/**
 * The same JSON with some numbers as strings that begin with a mark, as a double does not hold all of their digits; what is
 * no JSON stays none. In one pass; undefined where a string has no end, or more than `deepest` values are in one another.
 */
export function withMarkedNumbers(
  text: string,
  isMarked: (number: string) => boolean,
  deepest = Infinity,
): string | undefined {
  const parts: string[] = [];
  let from = 0;
  let depth = 0;
  const put = (at: number, instead: string, next: number): void => {
    parts.push(text.slice(from, at), instead);
    from = next;
  };
  for (let at = 0; at < text.length;) {
    const sign = text[at]!;
    if (sign === '"') {
      const end = stringEnd(text, at);
      if (end < 0) return undefined;
      if (text.startsWith(NUL, at + 1) && !isName(text, end)) put(at, `"${NUL}`, at + 1);
      at = end;
      continue;
    }
    const token = numberAt(text, at, sign);
    if (token !== undefined && isMarked(token)) put(at, `"${MARK}${token}"`, at + token.length);
    depth += NESTING.get(sign) ?? 0;
    if (depth > deepest) return undefined;
    at += token?.length ?? 1;
  }
  return parts.join('') + text.slice(from);
}

/** The number of a string that was one, or the string without the NUL that it had not before. */
export function unmarked(value: string): { readonly number: string } | string {
  if (!value.startsWith('\0')) return value;
  return value.startsWith('\0\0') ? value.slice(1) : { number: value.slice('\0number '.length) };
}

/** The numbers in JSON that was written again, as they were spelled. */
export function withoutMarks(json: string): string {
  return json.replaceAll(/([[,:])"\\u0000number ([^"]*)"(?!:)/g, '$1$2');
}

function numberAt(text: string, at: number, sign: string): string | undefined {
  if (sign !== '-' && (sign < '0' || sign > '9')) return undefined;
  NUMBER.lastIndex = at;
  return NUMBER.exec(text)?.[0];
}

/** The offset after the quote that ends the string which begins at `at`; -1 where none does. */
function stringEnd(text: string, at: number): number {
  for (let next = at + 1; next < text.length; next++) {
    if (text[next] === '\\') next++;
    else if (text[next] === '"') return next + 1;
  }
  return -1;
}

/** The string that ends at `end` is the name of a member. */
function isName(text: string, end: number): boolean {
  BLANK.lastIndex = end;
  return text[end + (BLANK.exec(text)?.[0].length ?? 0)] === ':';
}
