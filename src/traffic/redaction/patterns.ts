import type { SecretSpans } from './secret-spans.js';

/** Secrets that are known by their form, wherever they stand. Each finder looks at a character a bounded number of times. */

const LOCAL_PART = /[\w.%+\-!#$&'*/?^`{|}~\x80-\xff]/;
/** What a backslash of JSON precedes: the address begins after it. */
const ESCAPED = /^(?:u[\da-f]{4}|[/bfnrt])/i;
const DOMAIN_CHARACTER = /[\w.\-\x80-\xff]/;
const LONGEST_LOCAL = 128;

/** E-mail addresses, the at sign also as in a URL or escaped in JSON. */
export function findEmails(spans: SecretSpans): void {
  const { text } = spans;
  let from = 0;
  for (const { 0: sign, index } of text.matchAll(/@|%40|\\u0040/gi)) {
    let start = index;
    const least = Math.max(from, index - LONGEST_LOCAL);
    while (start > least && LOCAL_PART.test(text[start - 1]!)) start--;
    if (text[start - 1] === '\\') start += ESCAPED.exec(text.slice(start, start + 5))?.[0].length ?? 0;
    let end = index + sign.length;
    const domain = end;
    while (end < text.length && DOMAIN_CHARACTER.test(text[end]!)) end++;
    if (start >= index || !/[^.][.][^.]/.test(text.slice(domain, end))) continue;
    // A full stop ends a sentence.
    while (text[end - 1] === '.') end--;
    spans.add('email', start, end);
    from = end;
  }
}

const BASE64URL = /[\w-]/;
/** `{"` in Base64: what the header of a token begins with (RFC 7519 §3, RFC 7515 §3.3). */
const JWT_START = /e[yw][IJK0A-Za-z]/g;

/** JSON Web Tokens, signed or encrypted, whole or cut. */
export function findJwts(spans: SecretSpans): void {
  const { text } = spans;
  JWT_START.lastIndex = 0;
  for (let found = JWT_START.exec(text); found !== null; found = JWT_START.exec(text)) {
    let end = found.index;
    let dots = 0;
    while (end < text.length && (BASE64URL.test(text[end]!) || text[end] === '.')) if (text[end++] === '.') dots++;
    const isToken = dots >= 1 && text.startsWith('eyJ', found.index) && end - found.index >= 12;
    if (isToken) spans.add('jwt', found.index, end);
    JWT_START.lastIndex = Math.max(end, found.index + 1);
  }
}

/** ISO/IEC 7812: digits of a card number. */
const CARD = { least: 13, most: 19 };
/** The issuers' first digits: others are times and counters. */
const CARD_START = /^[2-6]/;
/** Digits in groups, as people write them. */
const DIGIT_RUN = /\d(?:[ -]?\d)*/g;

/** Card numbers that their check digit proves (ISO/IEC 7812-1, annex B). */
export function findCards(spans: SecretSpans): void {
  for (const { 0: run, index } of spans.text.matchAll(DIGIT_RUN)) {
    if (run.length < CARD.least) continue;
    let next = 0;
    for (let start = 0; start < run.length; start++) {
      if (start < next || (start > 0 && isDigit(run[start - 1]))) continue;
      const end = cardEnd(run, start);
      if (end === undefined) continue;
      spans.add('card', index + start, index + end);
      next = end;
    }
  }
}

/** Where the longest card number ends that begins at `start` of a run of digits. */
function cardEnd(run: string, start: number): number | undefined {
  let digits = '';
  let found: number | undefined;
  for (let at = start; at < run.length && digits.length < CARD.most; at++) {
    if (!isDigit(run[at])) continue;
    digits += run[at]!;
    const isEnd = !isDigit(run[at + 1]);
    if (isEnd && digits.length >= CARD.least && CARD_START.test(digits) && hasCheckDigit(digits)) found = at + 1;
  }
  return found;
}

function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9';
}

function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit;
  }
  return sum % 10 === 0;
}
