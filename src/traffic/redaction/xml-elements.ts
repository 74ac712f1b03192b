import type { SecretKind } from './choice.js';
import type { NamedKind } from './named-values.js';
import type { SecretSpans } from './secret-spans.js';

const LONGEST_TAG = 400;
const LONGEST_JUDGED = 512;
/** The name of an element, that without its prefix, and whether the tag ends it. */
const TAG = /^((?:[\w.-]{1,60}:)?([\w.-]{1,100}))(?![\w.:-])[^]*?(\/?)$/;
/** Namespaces of XMPP (RFC 6120 §6, XEP-0388) in which each text is a part of a login. */
const LOGIN_NAMESPACE = /urn:ietf:params:xml:ns:xmpp-sasl|urn:xmpp:sasl:/;
/** A section, a tag or a text. */
const CONTENT = /<!\[CDATA\[([^]*?)(?:\]\]>|$)|<[^<>]*>?|[^<]+/g;
const ATTRIBUTE_VALUE = /=\s{0,8}("[^"]*|'[^']*)/g;

interface Element {
  /** With its prefix, as in the tag that ends it. */
  readonly tag: string;
  readonly name: string;
}

/** What is in elements of XML whose names say that it is secret: all of it up to the end of the element. */
export function findElements(spans: SecretSpans, kindOf: NamedKind): void {
  const { text } = spans;
  /** Names of elements that do not end. */
  const unended = new Set<string>();
  for (let close = text.indexOf('>'); close >= 0; close = text.indexOf('>', close + 1)) {
    const element = elementBefore(text, close);
    if (element === undefined) continue;
    const at = close + 1;
    const next = text.indexOf('<', at);
    const textEnd = next < 0 ? text.length : next;
    const kind = kindOf(element.name, () => text.slice(at, Math.min(textEnd, at + LONGEST_JUDGED)), 'text');
    if (kind === undefined) continue;
    const end = unended.has(element.tag) ? -1 : endOfElement(text, at, element.tag);
    if (end < 0) unended.add(element.tag);
    coverContent(spans, kind, at, end < 0 ? textEnd : end);
    close = Math.max(close, end - 1);
  }
}

/** The element whose first tag ends there. */
function elementBefore(text: string, close: number): Element | undefined {
  let start = close;
  while (start > 0 && close - start < LONGEST_TAG && !'<>'.includes(text[start - 1]!)) start--;
  if (text[start - 1] !== '<') return undefined;
  const inside = text.slice(start, close);
  const [, tag, name, end] = TAG.exec(inside) ?? [];
  if (name === undefined || end === '/') return undefined;
  return { tag: tag!, name: LOGIN_NAMESPACE.test(inside) ? 'auth' : name };
}

/** Where the tag begins that ends the element; -1: nowhere. */
function endOfElement(text: string, from: number, tag: string): number {
  const end = `</${tag}`;
  let at = text.indexOf(end, from);
  while (at >= 0 && !/[\s>]/.test(text[at + end.length] ?? '>')) at = text.indexOf(end, at + 1);
  return at;
}

function coverContent(spans: SecretSpans, kind: SecretKind, start: number, end: number): void {
  for (const { 0: part, 1: section, index } of spans.text.slice(start, end).matchAll(CONTENT)) {
    const at = start + index;
    if (section !== undefined) spans.add(kind, at + '<![CDATA['.length, at + '<![CDATA['.length + section.length);
    else if (!part.startsWith('<')) coverText(spans, kind, part, at);
    else {
      for (const { 0: found, 1: value, index: from } of part.matchAll(ATTRIBUTE_VALUE))
        spans.add(kind, at + from + found.length - value!.length + 1, at + from + found.length);
    }
  }
}

function coverText(spans: SecretSpans, kind: SecretKind, text: string, at: number): void {
  const start = text.length - text.trimStart().length;
  spans.add(kind, at + start, at + Math.max(start, text.trimEnd().length));
}
