import { runsOf } from './runs.js';
import type { SecretSpans } from './secret-spans.js';

/** Secrets that are known by their form, wherever they stand. Each finder looks at a character a bounded number of times. */

const LOCAL_PART = /[\w.%+\-!#$&'*/?^`{|}~\x80-\xff]/;
/** What a backslash of JSON precedes: the address begins after it. */
const ESCAPED = /^(?:u[\da-f]{4}|[/bfnrt])/i;
const DOMAIN_CHARACTER = /[\w.\-\x80-\xff]/;
const LONGEST_LOCAL = 128;
/** A local part in quotes (RFC 5322 §3.4.1): what separates strings of JSON begins with a sign. */
const QUOTED_LOCAL = /^[^\s,:[\]{}"][^\r\n"]*$/;
/** An address as a domain (RFC 5321 §4.1.3), and the one name of a host without a dot that is no other word. */
const OTHER_DOMAIN = /^(?:\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[\da-f:.]{2,45})\]|localhost(?![\w.-]))/i;
const LONGEST_OTHER_DOMAIN = 60;

/** E-mail addresses, the at sign also as in a URL or escaped in JSON. */
export function findEmails(spans: SecretSpans): void {
  const { text } = spans;
  let from = 0;
  for (const { 0: sign, index } of text.matchAll(/@|%40|\\u0040/gi)) {
    let start = index;
    const least = Math.max(from, index - LONGEST_LOCAL);
    while (start > least && LOCAL_PART.test(text[start - 1]!)) start--;
    if (text[start - 1] === '\\') start += ESCAPED.exec(text.slice(start, start + 5))?.[0].length ?? 0;
    const end = endOfDomain(text, index + sign.length);
    if (end === undefined) continue;
    const quoted = start === index ? quotedLocal(text, index, least) : undefined;
    if (quoted !== undefined) spans.add('email', quoted, index - 1);
    if (start === index && quoted === undefined) continue;
    spans.add('email', start, end);
    from = end;
  }
}

/** Undefined: what follows the at sign is no domain. */
function endOfDomain(text: string, start: number): number | undefined {
  const other = OTHER_DOMAIN.exec(text.slice(start, start + LONGEST_OTHER_DOMAIN))?.[0].length;
  if (other !== undefined) return start + other;
  let end = start;
  while (end < text.length && DOMAIN_CHARACTER.test(text[end]!)) end++;
  if (!/[^.][.][^.]/.test(text.slice(start, end))) return undefined;
  // A full stop ends a sentence.
  while (text[end - 1] === '.') end--;
  return end;
}

/** Where a local part in quotes begins that ends before the at sign; the quotes stay. */
function quotedLocal(text: string, sign: number, least: number): number | undefined {
  if (text[sign - 1] !== '"') return undefined;
  const before = text.slice(least, sign - 1);
  const open = before.lastIndexOf('"') + 1;
  return open > 0 && QUOTED_LOCAL.test(before.slice(open)) ? least + open : undefined;
}

/** What a token can be part of. */
const TOKEN_RUN = { begin: /[\w.-]{12,512}/g, next: /[\w.-]{1,512}/y };
/** `{` of JSON in Base64, and what follows it there: a quote, a blank or the end of a line (RFC 7519 §3, RFC 7515 §3.3). */
const JWT_START = /e(?:y[A-DI-L]|w[k-r0-3])/g;
/** A header of which no more is read. */
const LONGEST_HEADER_BEGIN = 400;

/** JSON Web Tokens, signed or encrypted: those that begin with a name at once also where they are cut. */
export function findJwts(spans: SecretSpans): void {
  for (const [index, stop] of runsOf(spans.text, TOKEN_RUN.begin, TOKEN_RUN.next)) {
    const run = spans.text.slice(index, stop);
    const lastDot = run.lastIndexOf('.');
    const dotBefore = lastDot < 1 ? -1 : run.lastIndexOf('.', lastDot - 1);
    for (const { index: start } of run.matchAll(JWT_START)) {
      if (start > lastDot || run.length - start < 12) break;
      if (!run.startsWith('eyJ', start) && !(start < dotBefore && beginsObject(run, start))) continue;
      spans.add('jwt', index + start, index + run.length);
      break;
    }
  }
}

/** Whether a name of a member follows the brace. */
function beginsObject(run: string, start: number): boolean {
  const [begin = ''] = run.slice(start, start + LONGEST_HEADER_BEGIN).split('.');
  return /^\{\s*"/.test(
    atob(
      begin
        .replaceAll('-', '+')
        .replaceAll('_', '/')
        .slice(0, begin.length & ~3),
    ),
  );
}

/** ISO/IEC 7812: digits of a card number. */
const CARD = { least: 13, most: 19 };
/** The issuers' first digits: others are times and counters. */
const CARD_START = /^[2-6]/;
/** Digits in groups, as people write them. */
const DIGITS = { begin: /\d/g, next: /[ -]?\d{1,512}/y };
/** Groups of a card with other signs between them: two blanks, those of typography in UTF-8 (U+00A0, U+2009 to U+2015, U+202F). */
const GROUPS = {
  begin: /(?<!\d)\d{4}(?!\d)/g,
  next: /(?:[ ._/-]{1,3}|\xc2\xa0|\xe2\x80[\x89-\x95\xaf])\d{3,6}(?!\d)/y,
};

/** Card numbers that their check digit proves (ISO/IEC 7812-1, annex B). */
export function findCards(spans: SecretSpans): void {
  for (const form of [DIGITS, GROUPS]) findCardsIn(spans, form);
}

function findCardsIn(spans: SecretSpans, { begin, next: following }: typeof DIGITS): void {
  for (const [index, stop] of runsOf(spans.text, begin, following)) {
    if (stop - index < CARD.least) continue;
    const run = spans.text.slice(index, stop);
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
