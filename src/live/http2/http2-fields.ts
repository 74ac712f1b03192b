import { acceptKey } from '../../codec/handshake/accept-value.js';
import { headersNamed } from '../../codec/handshake/handshake.js';
import { CONNECTION_FIELDS } from '../../codec/http2/http2-codes.js';
import type { Header, RequestHead, ResponseHead } from '../../codec/http1/head.js';
import type { PolicyRefusal } from '../listener/policy.js';
import { http1Headers } from './http2-request.js';

/** Fields as `node:http2` takes them: several of one name as a list. */
export type Http2Fields = Record<string, string | string[]>;

/** What concerns one connection of HTTP/1.1 alone (RFC 9113 §8.2.2). */
const OF_CONNECTION: ReadonlySet<string> = new Set([...CONNECTION_FIELDS, 'http2-settings']);
/** What a WebSocket over HTTP/2 does without (RFC 8441 §4, §5), and what `:authority` replaces. */
const OF_REQUEST: ReadonlySet<string> = new Set(['host', 'sec-websocket-key']);
const OF_ANSWER: ReadonlySet<string> = new Set(['sec-websocket-accept']);

/** Why a field that the user asks for is not sent over HTTP/2, in words; undefined: it is. `value`: empty where it is to be left out. */
export function whyNotOverHttp2(name: string, value: string): string | undefined {
  const lower = name.toLowerCase();
  if (lower === 'host') return value === '' ? ':authority is always sent over HTTP/2' : undefined;
  if (lower === 'sec-websocket-key') return 'over HTTP/2 there is no key (RFC 8441 §5)';
  if (lower === 'te') return isAllowedTe(value) ? undefined : 'over HTTP/2 it is trailers alone (RFC 9113 §8.2.2)';
  return OF_CONNECTION.has(lower) ? 'HTTP/2 has no such field (RFC 9113 §8.2.2)' : undefined;
}

/** RFC 9113 §8.2.2: nothing else is. */
function isAllowedTe(value: string): boolean {
  return value === '' || value.toLowerCase() === 'trailers';
}

/** The fields of a request of HTTP/1.1 over HTTP/2, pseudo-header fields included. */
export function requestFields(head: RequestHead, scheme: 'http' | 'https', isWebSocket: boolean): Http2Fields {
  const [, host, rest] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)(.*)$/is.exec(head.target) ?? [];
  const hosts = headersNamed(head, 'host').map(({ value }) => value);
  // Of several it is for `node:http2` to refuse them.
  const authority = host ?? (hosts.length > 1 ? hosts : hosts[0]);
  return {
    ':method': isWebSocket ? 'CONNECT' : head.method,
    ...(isWebSocket && { ':protocol': 'websocket' }),
    ':scheme': scheme,
    ':path': rest === undefined ? head.target : rest.startsWith('/') ? rest : `/${rest}`,
    ...(authority !== undefined && { ':authority': authority }),
    ...fieldsOf(head, OF_REQUEST),
  };
}

/** What an answer of HTTP/1.1 is over HTTP/2. */
export type Http2Answer =
  /** 100 to 199: another answer follows. */
  | { readonly kind: 'interim'; readonly fields: Http2Fields }
  /** The WebSocket is open. */
  | { readonly kind: 'open'; readonly fields: Http2Fields }
  | { readonly kind: 'final'; readonly fields: Http2Fields }
  /** It can't be passed on. */
  | { readonly kind: 'none'; readonly refusal: PolicyRefusal };

/** `key`: of the request, where it asks for a WebSocket. A 101 is a 200 there (RFC 8441 §5). */
export function http2Answer(head: ResponseHead, key: string | undefined): Http2Answer {
  const { status } = head;
  if (status === undefined) return { kind: 'none', refusal: badGateway('the server does not answer in HTTP/1.1') };
  const fields = { ':status': String(status), ...fieldsOf(head, OF_ANSWER) };
  if (status !== 101) return { kind: status < 200 ? 'interim' : 'final', fields };
  if (key === undefined) return { kind: 'none', refusal: badGateway('the server answers 101 to no upgrade') };
  const [accept, ...more] = headersNamed(head, 'sec-websocket-accept');
  if (accept?.value !== acceptKey(key) || more.length > 0) {
    const reason = 'the Sec-WebSocket-Accept of the server does not answer the key (RFC 6455 section 4.1)';
    return { kind: 'none', refusal: badGateway(reason) };
  }
  return { kind: 'open', fields: { ...fields, ':status': '200' } };
}

/** Trailer fields, from the lines of a chunked body. */
export function trailerFields(lines: readonly string[]): Http2Fields {
  const headers = lines.flatMap((line) => {
    const [, name, value] = /^([^:\s]+):[ \t]*(.*)$/s.exec(line) ?? [];
    return name === undefined ? [] : [{ name, value: value! }];
  });
  return fieldsOf({ headers }, new Set());
}

/** Names in lower case, without those of the connection, of which `Connection` names more (RFC 9110 §7.6.1). */
function fieldsOf(
  { headers }: { readonly headers: readonly Pick<Header, 'name' | 'value'>[] },
  without: ReadonlySet<string>,
): Http2Fields {
  const named = headers.filter(({ name }) => name.toLowerCase() === 'connection');
  const gone = new Set(named.flatMap(({ value }) => value.split(',')).map((text) => text.trim().toLowerCase()));
  const fields = new Map<string, string | string[]>();
  for (const { name, value } of headers) {
    const lower = name.toLowerCase();
    if (lower.startsWith(':') || OF_CONNECTION.has(lower) || without.has(lower) || gone.has(lower)) continue;
    if (lower === 'te' && !isAllowedTe(value)) continue;
    const known = fields.get(lower);
    fields.set(lower, known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value]);
  }
  return Object.fromEntries(fields);
}

/**
 * A request of HTTP/2 as the head of one over HTTP/1.1; undefined: it can't be written as one. With a `key` it asks for a
 * WebSocket (RFC 8441 §5). `isChunked`: it has a body of unknown length.
 */
export function requestText(head: RequestHead, key: string | undefined, isChunked: boolean): string | undefined {
  const all = http1Headers(head);
  const cookies: string[] = [];
  const lines: string[] = [];
  for (let i = 0; i + 1 < all.length; i += 2) {
    const [name, value] = [all[i]!, all[i + 1]!];
    const lower = name.toLowerCase();
    if (OF_CONNECTION.has(lower) || lower === 'te' || lower === 'sec-websocket-key') continue;
    // RFC 9113 §8.2.3: in HTTP/1.1 there is one.
    if (lower === 'cookie') cookies.push(value);
    else lines.push(`${name}: ${value}`);
  }
  if (cookies.length > 0) lines.push(`Cookie: ${cookies.join('; ')}`);
  if (key !== undefined) lines.push('Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Key: ${key}`);
  if (isChunked) lines.push('Transfer-Encoding: chunked');
  const start = [key === undefined ? head.method : 'GET', head.target, 'HTTP/1.1'];
  const isSound = start.every((part) => /^[^\s\0]+$/.test(part)) && !lines.some((line) => /[\r\n\0]/.test(line));
  return isSound ? `${[start.join(' '), ...lines].join('\r\n')}\r\n\r\n` : undefined;
}

export function badGateway(reason: string): PolicyRefusal {
  return { status: 502, reason };
}
