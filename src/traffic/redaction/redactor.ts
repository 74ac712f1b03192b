import { latin1 } from '../../codec/http1/text.js';
import { utf8Error } from '../../codec/bytes/utf8.js';
import type { Addresses } from './addresses.js';
import {
  isSecretName,
  isSecretParameter,
  lastName,
  looksRandom,
  type RedactionChoice,
  type RedactionTally,
  type SecretKind,
} from './choice.js';
import { CREDENTIAL_FINDERS } from './credential-forms.js';
import { findInHeader, findInTarget, headersOf, isPlainHeader, partsOf } from './head-secrets.js';
import { findJsonPlaces } from './json-places.js';
import { findFormParts } from './form-parts.js';
import { findNamedMembers } from './named-members.js';
import { findNamedPairs, findValuesBeforeNames } from './named-pairs.js';
import { findNamed, type NamedKind } from './named-values.js';
import { findEncoded } from './encoded-text.js';
import { decoded, ENCODINGS } from './encodings.js';
import { findCards, findEmails, findJwts } from './patterns.js';
import { SecretSpans } from './secret-spans.js';
import { findElements } from './xml-elements.js';
import { findInPaths, findUnnamed } from './url-parts.js';

/** What all connections of a run have in common. */
export interface Redaction {
  readonly choice: RedactionChoice;
  readonly tally: RedactionTally;
  /** Undefined: addresses stay. */
  readonly addresses: Addresses | undefined;
}

/** Values of heads that are looked for in all that follows: their number, and the shortest of them. */
const MOST_LEARNED = 64;
const LEAST_LEARNED = 6;
/** Characters below a blank that text has: tabs, line ends, ESC, and the separators of records. */
const IN_TEXT = '\t\n\v\f\r\x1b\x1e\x1f';

/** Characters of UTF-16. */
const WIDE = /(?:[^\0]\0){4}/;

/** Whether a text, a character for each byte, is none: what it holds is not known. Text messages may be in another encoding. */
function isOpaque(text: string, isText: boolean, isUtf8: boolean): boolean {
  if (WIDE.test(text)) return true;
  if (isText ? isUtf8 : !isUtf8) return !isText;
  for (let at = 0; at < text.length; at++) if (text[at]! < ' ' && !IN_TEXT.includes(text[at]!)) return true;
  return false;
}

/** Undefined: it failed, as a search does that needs more than an engine has. What it was to cover is covered as a whole. */
function attempted<Result>(search: () => Result): Result | undefined {
  try {
    return search();
  } catch {
    return undefined;
  }
}

/** `x`. */
const COVER_OF_TEXT = 0x78;

/** Covers the secrets of one connection. Texts have a character for each byte, and keep their lengths. */
export class Redactor {
  private readonly learned = new Map<string, SecretKind>();
  private readonly fields: ReadonlySet<string>;

  constructor(private readonly redaction: Redaction) {
    this.fields = new Set(redaction.choice.fields.map((name) => name.toLowerCase()));
  }

  /** False: only addresses of ends and in heads are replaced, and messages stay as they are. */
  get coversMessages(): boolean {
    const { kinds, fields, places } = this.redaction.choice;
    return kinds.size > 0 || fields.length > 0 || places.length > 0;
  }

  /** A head as on the wire. */
  head(text: string): string {
    const spans = new SecretSpans(text);
    // A secret is counted as what its header shows it to be.
    for (const header of headersOf(text)) {
      const { name, start, end } = header;
      if (this.isField(name)) spans.add('field', start, end);
      findInHeader(spans, header, (kind) => this.wants(kind));
    }
    // Lines are read by their own rules.
    const kindOf: NamedKind = (name, value, place) => (place === 'line' ? undefined : this.kindOf(name, value, place));
    for (const [start, end] of partsOf(text)) {
      const part = new SecretSpans(text.slice(start, end));
      if (start < text.indexOf('\n')) findInTarget(part, kindOf);
      this.findAnywhere(part, kindOf);
      spans.addAll(part, (offset) => start + offset);
    }
    const plain = [...headersOf(text)].filter(({ name, start, end }) => isPlainHeader(name, text.slice(start, end)));
    const covered = this.covered(spans);
    const restored = plain.reduce(
      (all, { start, end }) => all.slice(0, start) + text.slice(start, end) + all.slice(end),
      covered,
    );
    this.learn(spans);
    const { addresses, tally } = this.redaction;
    return addresses?.inHead(restored, () => tally.add('address')) ?? restored;
  }

  /** The payload of a whole message. The same object where nothing is replaced. */
  message(bytes: Uint8Array, isText: boolean): Uint8Array {
    return attempted(() => this.covering(bytes, isText)) ?? this.blank(bytes.length, COVER_OF_TEXT);
  }

  /** Undefined: not all of it could be read. */
  private covering(bytes: Uint8Array, isText: boolean): Uint8Array | undefined {
    const text = latin1(bytes);
    const isBinary = isOpaque(text, isText, utf8Error(bytes) === undefined);
    if (isBinary && this.wants('binary')) {
      this.redaction.tally.add('binary');
      return new Uint8Array(bytes.length).fill(isText ? COVER_OF_TEXT : 0);
    }
    const spans = new SecretSpans(text);
    if (!this.findAnywhere(spans)) return undefined;
    if (spans.isEmpty) return bytes;
    const covered = this.covered(spans);
    return Uint8Array.from(covered, (char) => char.charCodeAt(0));
  }

  /** Bytes in place of those that could not be read. */
  blank(length: number, byte: number): Uint8Array {
    this.redaction.tally.blanked++;
    return new Uint8Array(length).fill(byte);
  }

  /** A text of the recording itself. */
  text(text: string): string {
    const search = (): string => {
      const spans = new SecretSpans(text);
      this.findAnywhere(spans);
      return this.covered(spans);
    };
    return attempted(search) ?? latin1(this.blank(text.length, COVER_OF_TEXT));
  }

  private wants(kind: SecretKind): boolean {
    return this.redaction.choice.kinds.has(kind as never);
  }

  /** False: not all of it could be read. */
  private findAnywhere(spans: SecretSpans, kindOf = this.kindOf): boolean {
    let isRead = this.findIn(spans, kindOf);
    findEncoded(spans, (inner) => (isRead = this.findIn(inner, kindOf) && isRead));
    return isRead;
  }

  private findIn(spans: SecretSpans, kindOf: NamedKind): boolean {
    const { choice } = this.redaction;
    if (choice.kinds.has('jwt')) findJwts(spans);
    if (choice.kinds.has('email')) findEmails(spans);
    if (choice.kinds.has('card')) findCards(spans);
    if (choice.kinds.has('auth')) {
      for (const find of CREDENTIAL_FINDERS) find(spans);
    }
    if (choice.kinds.has('query')) {
      findInPaths(spans);
      findUnnamed(spans);
    }
    findFormParts(spans, kindOf);
    findNamed(spans, kindOf);
    findNamedPairs(spans, kindOf);
    findValuesBeforeNames(spans, kindOf);
    findNamedMembers(spans, kindOf);
    findElements(spans, kindOf);
    for (const [value, kind] of this.learned) {
      for (let at = spans.text.indexOf(value); at >= 0; at = spans.text.indexOf(value, at + value.length)) {
        spans.add(kind, at, at + value.length);
      }
    }
    return findJsonPlaces(spans, choice.places);
  }

  private readonly kindOf: NamedKind = (name, value, place) => {
    const { kinds } = this.redaction.choice;
    const last = lastName(name);
    if (this.isField(name) || this.isField(last)) return 'field';
    if (place !== 'query') return kinds.has('auth') && isSecretName(last, value) ? 'auth' : undefined;
    return kinds.has('query') && (isSecretParameter(last) || looksRandom(value())) ? 'query' : undefined;
  };

  private isField(name: string): boolean {
    return this.fields.has(name.toLowerCase());
  }

  private covered(spans: SecretSpans): string {
    const kinds: SecretKind[] = [];
    const text = spans.covered((kind) => kinds.push(kind));
    for (const kind of kinds) this.redaction.tally.add(kind);
    return text;
  }

  private learn(spans: SecretSpans): void {
    for (const [value, kind] of spans.learned) {
      if (this.learned.size >= MOST_LEARNED) return;
      if (value.length < LEAST_LEARNED) continue;
      this.learned.set(value, kind);
      for (const encoding of ENCODINGS) this.learned.set(decoded(value, encoding), kind);
    }
  }
}
