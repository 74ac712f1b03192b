import type { SecretKind } from './choice.js';
import { kindOfAny, type NamedKind } from './named-values.js';
import type { SecretSpans } from './secret-spans.js';

const LONGEST_JUDGED = 512;
/** The name of an element, that without its prefix, and whether the tag ends it. */
const TAG = /^((?:[\w.-]{1,60}:)?([\w.-]{1,100}))(?![\w.:-])[^]*?(\/?)$/;
/** Namespaces of XMPP (RFC 6120 §6, XEP-0388) in which each text is a part of a login. */
const LOGIN_NAMESPACE = /urn:ietf:params:xml:ns:xmpp-sasl|urn:xmpp:sasl:/;
const SECTION = { begin: '<![CDATA[', end: ']]>' };
/** Up to the quote that begins the value of an attribute. */
const BEFORE_VALUE = /=\s{0,8}["']/g;

/** An attribute, up to the quote that begins its value, or all of it. */
const ATTRIBUTE = /([\w:.-]{1,60})\s{0,8}=\s{0,8}(?:["']|([^\s"'<>=]{1,4096}))/g;
/** Longer values name nothing. */
const LONGEST_NAME = 200;
/** Attributes that name what the element holds, and those that name only what other attributes of it hold. */
const NAMING = /^(?:name|key|var|field|property|itemprop)$/i;
const NAMING_ATTRIBUTES = /^(?:id|type|http-equiv|autocomplete)$/i;
const HOLDING = /^(?:value|content|default|data-value)$/i;
const LONGEST_VALUE = 4096;
/** Elements of HTML that hold nothing: what follows is not theirs. */
const VOID = /^(?:input|meta|link|img|br|hr|embed|source)$/i;
/** Elements that hold a name, and what follows them: its end and the first tag of the next element, as in XML-RPC. */
const NAME_ELEMENT = /^(?:(?:param|member|header|field|attribute|property)[-_]?)?(?:name|key)$/i;
const VALUE_ELEMENT = /\s{0,64}([^<>\s][^<>]{0,199})<\/[^<>]{1,100}>\s{0,64}<([\w:.-]{1,100})(?:\s[^<>]{0,200})?>/y;

interface Element {
  /** With its prefix, as in the tag that ends it. */
  readonly tag: string;
  /** What it may be named by: its own name, and attributes. */
  readonly names: readonly string[];
  /** Where its content begins. */
  readonly at: number;
}

/** What is in elements of XML and HTML whose names, attributes or neighbours say that it is secret: all of it up to the end of the element. */
export function findElements(spans: SecretSpans, kindOf: NamedKind): void {
  const { text } = spans;
  /** Names of elements that do not end. */
  const unended = new Set<string>();
  let done = 0;
  for (let close = text.indexOf('>'); close >= 0; close = text.indexOf('>', done)) {
    const before = text.slice(done, close);
    const start = done + before.lastIndexOf('<') + 1;
    done = close + 1;
    if (!before.includes('<')) continue;
    const inside = text.slice(start, close);
    if (inside.includes('=')) findInAttributes(spans, inside, start, kindOf);
    const element = elementOf(inside, close + 1);
    const secret = element && (secretIn(text, element, kindOf) ?? secretAfter(text, element, kindOf));
    if (secret === undefined) continue;
    const { kind, tag, at } = secret;
    const next = text.indexOf('<', at);
    const end = unended.has(tag) ? -1 : endOfElement(text, at, tag);
    if (end < 0) unended.add(tag);
    coverContent(spans, kind, at, end >= 0 ? end : next < 0 ? text.length : next);
    done = Math.max(done, end);
  }
}

interface SecretElement {
  readonly kind: SecretKind;
  readonly tag: string;
  readonly at: number;
}

function secretIn(text: string, { tag, names, at }: Element, kindOf: NamedKind): SecretElement | undefined {
  const value = (): string => text.slice(at, at + LONGEST_JUDGED).split('<', 1)[0]!;
  const kind = kindOfAny(names, value, 'text', kindOf);
  return kind && { kind, tag, at };
}

/** The element after one that holds a name. */
function secretAfter(text: string, { names: [name = ''], at }: Element, kindOf: NamedKind): SecretElement | undefined {
  if (!NAME_ELEMENT.test(name)) return undefined;
  VALUE_ELEMENT.lastIndex = at;
  const [, meant, tag] = VALUE_ELEMENT.exec(text) ?? [];
  return meant && tag ? secretIn(text, { tag, names: [meant.trim()], at: VALUE_ELEMENT.lastIndex }, kindOf) : undefined;
}

/** The element of which this is within the first tag; undefined: it holds nothing. */
function elementOf(inside: string, at: number): Element | undefined {
  const [, tag, name, end] = TAG.exec(inside) ?? [];
  if (name === undefined || end === '/' || VOID.test(name)) return undefined;
  if (LOGIN_NAMESPACE.test(inside)) return { tag: tag!, names: ['auth'], at };
  const named = [...attributesOf(inside)].filter(([attribute]) => NAMING.test(attribute));
  return { tag: tag!, names: [name, ...named.map(([, value]) => value.slice(0, LONGEST_NAME))], at };
}

/** Names without prefixes, values, and where these begin. */
function* attributesOf(inside: string): Generator<[name: string, value: string, at: number]> {
  let done = 0;
  for (const { 0: found, 1: name, 2: bare, index } of inside.matchAll(ATTRIBUTE)) {
    // What looks so within a value is none.
    if (index < done) continue;
    const end = index + found.length;
    const at = bare === undefined ? end : end - bare.length;
    const value = bare ?? inside.slice(at, orEnd(inside, inside.indexOf(found.at(-1)!, at)));
    done = at + value.length;
    yield [name!.slice(name!.lastIndexOf(':') + 1), value, at];
  }
}

/** `<input name="token" value=VALUE>`, its attributes in any order. */
function findInAttributes(spans: SecretSpans, inside: string, start: number, kindOf: NamedKind): void {
  const attributes = [...attributesOf(inside)];
  const names = attributes
    .filter(([name]) => NAMING.test(name) || NAMING_ATTRIBUTES.test(name))
    .map(([, meant]) => meant.slice(0, LONGEST_NAME));
  for (const [name, value, at] of attributes) {
    if (!HOLDING.test(name)) continue;
    const kind = kindOfAny(names, () => value, 'text', kindOf);
    if (kind === undefined) continue;
    // The sign that ends the tag may be in the value.
    const [from, quote] = [start + at, inside[at - 1]!];
    const length = `"'`.includes(quote) ? spans.text.slice(from, from + LONGEST_VALUE).indexOf(quote) : -1;
    spans.add(kind, from, from + Math.max(length, value.length));
  }
}

/** Where the tag begins that ends the element; -1: nowhere. */
function endOfElement(text: string, from: number, tag: string): number {
  const end = `</${tag}`;
  let at = text.indexOf(end, from);
  while (at >= 0 && !/[\s>]/.test(text[at + end.length] ?? '>')) at = text.indexOf(end, at + 1);
  return at;
}

function coverContent(spans: SecretSpans, kind: SecretKind, start: number, end: number): void {
  const content = spans.text.slice(start, end);
  let at = 0;
  while (at < content.length) {
    const from = at;
    if (content.startsWith(SECTION.begin, at)) {
      const close = orEnd(content, content.indexOf(SECTION.end, at + SECTION.begin.length));
      spans.add(kind, start + from + SECTION.begin.length, start + close);
      at = close + SECTION.end.length;
    } else if (content[at] === '<') {
      at = endOfTag(content, at);
      coverAttributes(spans, kind, content.slice(from, at), start + from);
    } else {
      at = orEnd(content, content.indexOf('<', at));
      coverText(spans, kind, content.slice(from, at), start + from);
    }
  }
}

function orEnd(text: string, found: number): number {
  return found < 0 ? text.length : found;
}

/** After the sign that ends the tag, or at the next one. */
function endOfTag(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '<' && text[at] !== '>') at++;
  return text[at] === '>' ? at + 1 : at;
}

function coverAttributes(spans: SecretSpans, kind: SecretKind, tag: string, start: number): void {
  let done = 0;
  for (const { 0: found, index } of tag.matchAll(BEFORE_VALUE)) {
    if (index < done) continue;
    const from = index + found.length;
    done = orEnd(tag, tag.indexOf(found.at(-1)!, from));
    spans.add(kind, start + from, start + done);
  }
}

function coverText(spans: SecretSpans, kind: SecretKind, text: string, at: number): void {
  const start = text.length - text.trimStart().length;
  spans.add(kind, at + start, at + Math.max(start, text.trimEnd().length));
}
