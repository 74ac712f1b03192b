import { isSecretHeader, type SecretKind } from './choice.js';
import type { SecretSpans } from './secret-spans.js';

/** A header line by its places in the text of the head; its value continues on folded lines. */
interface HeaderPlace {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

type Wants = (kind: SecretKind) => boolean;

/** Headers of the handshake that have only what the standard asks for (RFC 6455 §4): the key is no secret. */
const PLAIN = /^sec-websocket-(?:key|accept|version|extensions)$/i;

/** Whether places in these headers are left as they are. */
export function isPlainHeader(name: string): boolean {
  return PLAIN.test(name);
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

/** What the name of a header shows to be a secret. */
export function findInHeader(spans: SecretSpans, { name, start, end }: HeaderPlace, wants: Wants): void {
  const value = spans.text.slice(start, end);
  if (/^cookie2?$/i.test(name) && wants('cookies')) findCookies(spans, value, start);
  else if (/^set-cookie2?$/i.test(name) && wants('cookies'))
    learnAfter(spans, 'cookies', value, start, /^[^=;]*=/, ';');
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

/** The value after what stays of it. */
function learnAfter(
  spans: SecretSpans,
  kind: SecretKind,
  value: string,
  start: number,
  stays: RegExp,
  stop?: string,
): void {
  const from = stays.exec(value)?.[0].length ?? 0;
  const end = stop === undefined ? -1 : value.indexOf(stop, from);
  spans.learn(kind, start + from, start + (end < 0 ? value.length : end));
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
