import { isSecretHeader, type SecretKind } from './choice.js';
import type { NamedKind } from './named-values.js';
import type { SecretSpans } from './secret-spans.js';

/** A header line by its places in the text of the head; its value continues on folded lines. */
interface HeaderPlace {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

type Wants = (kind: SecretKind) => boolean;

/** Headers of the handshake, and values that have only what the standard asks for (RFC 6455 §4): the key is no secret. */
const PLAIN: Readonly<Record<string, RegExp>> = {
  'sec-websocket-key': /^[\w+/]{22}==$/,
  'sec-websocket-accept': /^[\w+/]{27}=$/,
  'sec-websocket-version': /^[\d, \t]{1,40}$/,
  'sec-websocket-extensions': /^(?:(?<![a-z\d-])[a-z\d-]{1,40}(?![a-z\d-])|=[ \t]*"?\d{1,5}(?!\d)"?|[;, \t])*$/i,
};

/** Whether places in this header are left as they are. */
export function isPlainHeader(name: string, value: string): boolean {
  return PLAIN[name.toLowerCase()]?.test(value) === true;
}

/** The headers of a head, wherever its lines end. */
export function* headersOf(text: string): Generator<HeaderPlace> {
  let at = text.indexOf('\n') + 1;
  while (at > 0 && at < text.length) {
    let end = text.indexOf('\n', at);
    while (end >= 0 && /[ \t]/.test(text[end + 1] ?? '')) end = text.indexOf('\n', end + 1);
    if (end < 0) end = text.length;
    const colon = text.indexOf(':', at);
    if (colon >= 0 && colon < end) {
      let [start, stop] = [colon + 1, end];
      while (start < stop && /\s/.test(text[start]!)) start++;
      while (stop > start && /\s/.test(text[stop - 1]!)) stop--;
      yield { name: text.slice(at, colon).trim(), start, end: stop };
    }
    at = end + 1;
  }
}

/** A line with those that continue it, without what ends it. */
const LINES = /[^\n]+(?:\n[ \t][^\n]+)*/g;
/** What stays of the first line: a version and a status, or a method and a version. */
const BEGIN = /^(?:HTTP\/\d\.\d[ \t]+\d{3}|\S{1,32}[ \t]+)/;
const VERSION = /(?:(?<![ \t])[ \t]+HTTP\/\d[\d.]*)?\r?$/;

/** The parts of a head in which secrets are looked for by themselves: what its first line names, and the other lines. */
export function* partsOf(text: string): Generator<[start: number, end: number]> {
  for (const { 0: line, index } of text.matchAll(LINES)) {
    const [begin = ''] = (index === 0 && BEGIN.exec(line)) || [];
    const end = line.search(begin === '' ? /\r?$/ : VERSION);
    yield [index + begin.length, index + Math.max(begin.length, end)];
  }
}

/** The parameters of a request's target, whatever their values hold. */
export function findInTarget(spans: SecretSpans, kindOf: NamedKind): void {
  for (const { 0: parameter, 1: name, index } of spans.text.matchAll(/(?<=[?&#;])([^=?&#;]{1,200})=[^?&#]+/g)) {
    const value = parameter.slice(name!.length + 1);
    const kind = kindOf(name!, () => value, 'query');
    const start = index + name!.length + 1;
    if (kind !== undefined) spans.add(kind, start, start + value.length);
  }
}

/** What the name of a header shows to be a secret. */
export function findInHeader(spans: SecretSpans, { name, start, end }: HeaderPlace, wants: Wants): void {
  const value = spans.text.slice(start, end);
  if (/set-cookie2?$/i.test(name) && wants('cookies')) findSetCookies(spans, value, start);
  else if (/cookie2?$/i.test(name) && wants('cookies')) findCookies(spans, value, start);
  else if (/^sec-websocket-protocol$/i.test(name) && wants('subprotocols')) findInSubprotocols(spans, value, start);
  else if (isSecretHeader(name) && wants('auth'))
    learnAfter(spans, 'auth', value, start, /^[\w-]{1,32}[ \t]{1,8}(?=\S)/);
}

function findCookies(spans: SecretSpans, value: string, start: number): void {
  let at = 0;
  for (const pair of value.split(';')) {
    const equals = pair.indexOf('=') + 1;
    const from = equals + (pair.slice(equals).length - pair.slice(equals).trimStart().length);
    const trimmed = pair.slice(from).trimEnd();
    spans.learn('cookies', start + at + from, start + at + from + trimmed.length);
    at += pair.length + 1;
  }
}

/** What a Set-Cookie has beside the cookie (RFC 6265 §4.1.1). */
const ATTRIBUTE = /^\s*(?:expires|max-age|domain|path|samesite|priority)\s*$/i;
/** The end of a cookie that another one follows, as where lines were joined. */
const NEXT_COOKIE = /,(?=[^;,=]{1,256}=)/;

function findSetCookies(spans: SecretSpans, value: string, start: number): void {
  let at = 0;
  for (const pair of value.split(';').flatMap((part) => part.split(NEXT_COOKIE))) {
    const equals = pair.indexOf('=') + 1;
    const isFlag = at > 0 && equals === 0;
    if (!isFlag && !ATTRIBUTE.test(pair.slice(0, Math.max(0, equals - 1))))
      spans.learn('cookies', start + at + equals, start + at + pair.length);
    at += pair.length + 1;
  }
}

/** The value after what stays of it. */
function learnAfter(spans: SecretSpans, kind: SecretKind, value: string, start: number, stays: RegExp): void {
  spans.learn(kind, start + (stays.exec(value)?.[0].length ?? 0), start + value.length);
}

/** Words and versions, of which names of subprotocols are made; a token has parts that are neither. */
const WORD = /^(?:[a-z]{1,14}\d{0,2}|v?\d{1,2}|k8s|base64(?:url)?)$/i;
/** After such a word a token follows, in the same subprotocol or in the next. */
const BEFORE_TOKEN =
  /^(?:bearer|token|auth|authorization|jwt|key|apikey|secret|password|ticket|session|credentials?)$/i;
/** Kubernetes has its name between that word and the token. */
const BEFORE_TOKEN_TOO = /^(?:authorization|k8s|io)$/i;

/** Tokens that are sent as subprotocols, because browsers let a script set no other header. */
function findInSubprotocols(spans: SecretSpans, value: string, start: number): void {
  let at = 0;
  let isExpected = false;
  for (const element of value.split(',')) {
    const lead = element.length - element.trimStart().length;
    isExpected = findInSubprotocol(spans, element.trim(), start + at + lead, isExpected);
    at += element.length + 1;
  }
}

/** Whether a token is expected in the next one. */
function findInSubprotocol(spans: SecretSpans, name: string, start: number, isExpected: boolean): boolean {
  if (isExpected && !BEFORE_TOKEN.test(name)) {
    spans.learn('subprotocols', start, start + name.length);
    return false;
  }
  let at = 0;
  let follows = false;
  let any = false;
  for (const part of name.split(/[._~!#$%&'*+^`|-]/)) {
    const isSecret =
      (follows && !BEFORE_TOKEN_TOO.test(part) && !BEFORE_TOKEN.test(part)) || (part !== '' && !WORD.test(part));
    if (isSecret) {
      // What follows in it is of the same token, whatever it looks like.
      spans.learn('subprotocols', start + at, start + name.length);
      return false;
    }
    follows ||= BEFORE_TOKEN.test(part);
    any ||= BEFORE_TOKEN.test(part);
    at += part.length + 1;
  }
  return any;
}
