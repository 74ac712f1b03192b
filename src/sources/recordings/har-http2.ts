import type { Side } from '../../codec/bytes/stream-taker.js';
import type { Head } from '../../codec/http1/head.js';
import { http2HeadOf } from '../../codec/http2/http2-heads.js';
import { headersIn, statusOf, targetOf, type HarParts } from './har-heads.js';
import { isFields, type Fields } from './record-bytes.js';

/**
 * How an entry has a handshake that is not RFC 6455's. `sent`: field by field, as RFC 8441 has them. `rewritten`: over HTTP/2,
 * as a browser writes it for its own list, in the form of HTTP/1.1. `other`: over HTTP/3, or it can't be known over what.
 */
export type LaterHandshake = 'sent' | 'rewritten' | 'other';

/** Undefined: it came over HTTP/1.1. No server answers an extended CONNECT with 101 (RFC 8441 §5). */
export function laterHandshake({ request, response }: HarParts, creator: string): LaterHandshake | undefined {
  const status = statusOf(response);
  const parts = [request, response].filter(isFields);
  const speaks = (version: RegExp): boolean => parts.some(({ httpVersion }) => version.test(String(httpVersion)));
  if (status === 101) return undefined;
  if (speaks(/^(?:h|http\/)3/i)) return 'other';
  if (isFields(request) && headersIn(request).some(([name]) => name === ':protocol')) return 'sent';
  if (speaks(/^(?:h|http\/)2/i)) return 'rewritten';
  if (isFields(request) && request['method'] === 'CONNECT') return 'other';
  if (isFields(response) && headersIn(response).some(([name]) => name === ':status')) return 'other';
  return isLikeChromes(request) && status !== undefined && status >= 200 && status < 300
    ? creator === CHROME
      ? 'rewritten'
      : 'other'
    : undefined;
}

/** Chrome and what is made of it write every request as one of HTTP/1.1; over HTTP/2 it has no key. */
const CHROME = 'WebInspector';

function isLikeChromes(request: unknown): boolean {
  if (!isFields(request)) return false;
  const names = new Set(headersIn(request).map(([name]) => name.toLowerCase()));
  return names.has('upgrade') && names.has('sec-websocket-version') && !names.has('sec-websocket-key');
}

/** What RFC 8441 §5 has no use for: where an entry is rewritten, it stands for what was sent otherwise, or not at all. */
const OF_HTTP1: ReadonlySet<string> = new Set([
  ...['host', 'connection', 'upgrade', 'sec-websocket-key', 'sec-websocket-accept'],
]);

/**
 * The head of an entry's half, as far as the entry proves its fields; undefined: it has none. Never complete: a field that
 * is not in it may have been sent. Names are in lower case, as they were sent: tools write them as they like.
 */
export function laterHead(part: unknown, side: Side, how: 'sent' | 'rewritten'): Head | undefined {
  if (!isFields(part) || (side === 1 && statusOf(part) === undefined)) return undefined;
  const all = headersIn(part).map(([name, value]) => ({ name: name.toLowerCase(), value }));
  const own = how === 'sent' ? all : all.filter(({ name }) => !name.startsWith(':') && !OF_HTTP1.has(name));
  const known = own.some(({ name }) => name.startsWith(':')) ? [] : side === 0 ? ofUrl(part) : ofStatus(part);
  const head = http2HeadOf(side === 0 ? 'request' : 'response', [...known, ...own], { stream: undefined });
  return { ...head, complete: false };
}

interface KnownField {
  readonly name: string;
  readonly value: string;
}

/** What the URL says of the request (RFC 8441 §5). */
function ofUrl({ url }: Fields): KnownField[] {
  const [, scheme = '', authority = ''] = /^(wss?|https?):\/\/(?:[^/?#@]*@)?([^/?#]+)/i.exec(String(url)) ?? [];
  if (authority === '') return [];
  return [
    { name: ':scheme', value: /^(?:wss|https)$/i.test(scheme) ? 'https' : 'http' },
    { name: ':authority', value: authority },
    { name: ':path', value: targetOf(url) },
  ];
}

function ofStatus(response: Fields): KnownField[] {
  return [{ name: ':status', value: String(statusOf(response)) }];
}
