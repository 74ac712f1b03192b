import type { SecretKind } from './choice.js';

interface SecretSpan {
  readonly kind: SecretKind;
  readonly start: number;
  readonly end: number;
}

/** What stands for each character of a secret. */
const COVER = 'x';
/** What stands for each digit of a number, which must not begin with 0 in JSON. */
const COVER_DIGIT = '1';
/** What does not stay of a secret, of which the form stays; in pieces, as a secret may have millions of characters. */
const COVERED: Partial<Record<SecretKind, RegExp>> = { email: /[^@.]{1,512}/g, jwt: /[^.]{1,512}/g };
const DIGITS = /\d{1,512}/g;

/** The places of secrets in a text with one character for each byte. */
export class SecretSpans {
  private readonly spans: SecretSpan[] = [];
  /** Secrets that may come again elsewhere, with their kinds. */
  readonly learned: (readonly [value: string, kind: SecretKind])[] = [];

  constructor(readonly text: string) {}

  /** Both are offsets in the text. */
  add(kind: SecretKind, start: number, end: number): void {
    if (end > start) this.spans.push({ kind, start, end });
  }

  /** The same, of a value that is looked for elsewhere too. */
  learn(kind: SecretKind, start: number, end: number): void {
    this.add(kind, start, end);
    this.learned.push([this.text.slice(start, end), kind]);
  }

  /** Those of a text that stands for this one; `placeOf` gives the offset here of one there. */
  addAll(inner: SecretSpans, placeOf: (offset: number) => number): void {
    for (const { kind, start, end } of inner.spans) this.add(kind, placeOf(start), placeOf(end));
  }

  get offsets(): number[] {
    return this.spans.flatMap(({ start, end }) => [start, end]);
  }

  get isEmpty(): boolean {
    return this.spans.length === 0;
  }

  /** The text with all of them covered, as long as it was. `count` is called for each that is in no other. */
  covered(count: (kind: SecretKind) => void): string {
    const spans = this.spans.map((span) => withWholeEscapes(this.text, span));
    spans.sort((a, b) => a.start - b.start || b.end - a.end);
    const parts: string[] = [];
    let at = 0;
    for (const { kind, start, end } of spans) {
      if (end <= at) continue;
      const from = Math.max(at, start);
      parts.push(this.text.slice(at, from), covered(this.text.slice(from, end), kind, this.isNumber(start, end)));
      count(kind);
      at = end;
    }
    return parts.join('') + this.text.slice(at);
  }

  /** A number of JSON: nothing beside it makes it part of a text. */
  private isNumber(start: number, end: number): boolean {
    const { text } = this;
    return (
      /^-?\d[\d.eE+-]*$/.test(text.slice(start, Math.min(end, start + 400))) &&
      /[:,[\s]/.test(text[start - 1] ?? '') &&
      /[,\]}\s]/.test(text[end] ?? ' ')
    );
  }
}

/** Up to how many characters before a place an escape of JSON is looked for, with backslashes that are escaped themselves. */
const LONGEST_ESCAPE = 20;
const ESCAPE_BEGUN = /(?<!\\)(\\+)(?:u([\da-fA-F]{0,3}))?$/;
/** The rest of an escape after its backslash, and after `u` and that many digits. */
const ESCAPE_REST = /^(?:u[\da-fA-F]{4}|[^])?/;
const REST_OF_UNIT = [/^[\da-fA-F]{4}/, /^[\da-fA-F]{3}/, /^[\da-fA-F]{2}/, /^[\da-fA-F]/];

interface EscapePlace {
  readonly start: number;
  readonly end: number;
  /** The first of its backslashes is no other one's second: so in JSON that is in no string. */
  readonly isPlain: boolean;
}

/** The escape that a place is within, of JSON or of JSON in strings of it. */
function escapeAround(text: string, place: number): EscapePlace | undefined {
  const [begun, backslashes, digits] = ESCAPE_BEGUN.exec(text.slice(Math.max(0, place - LONGEST_ESCAPE), place)) ?? [];
  if (begun === undefined) return undefined;
  const rest = digits === undefined ? ESCAPE_REST : REST_OF_UNIT[digits.length]!;
  const [ending] = rest.exec(text.slice(place, place + 5)) ?? [];
  if (ending === undefined) return undefined;
  return { start: place - begun.length, end: place + ending.length, isPlain: backslashes!.length % 2 === 1 };
}

/** A span that covers escapes of JSON as a whole: what is left of one would be none. */
function withWholeEscapes(text: string, { kind, start, end }: SecretSpan): SecretSpan {
  const last = escapeAround(text, end);
  return { kind, start: escapeAround(text, start)?.start ?? start, end: last?.isPlain ? last.end : end };
}

function covered(secret: string, kind: SecretKind, isNumber: boolean): string {
  if (isNumber || kind === 'card') return secret.replace(DIGITS, ({ length }) => COVER_DIGIT.repeat(length));
  const goes = COVERED[kind];
  if (goes === undefined) return COVER.repeat(secret.length);
  return secret.replace(goes, ({ length }) => COVER.repeat(length));
}
