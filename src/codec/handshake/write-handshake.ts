import { concat } from '../bytes/byte-collector.js';
import { encodeUtf8 } from '../bytes/utf8.js';
import { isToken } from '../http1/text.js';
import { checkHeaders, checkText, writeHead, type HeaderFields } from '../http1/write-head.js';
import { acceptKey } from './accept-value.js';
import { formatExtensions, type Extension } from './extensions.js';
import { decodeKey } from './key.js';

/** A client's opening handshake (RFC 6455 §4.1). */
export interface UpgradeRequest {
  /** `ws:` or `wss:` and no fragment (RFC 6455 §3). */
  readonly url: string;
  /** `Sec-WebSocket-Key`: 16 bytes in Base64. */
  readonly key: string;
  readonly origin?: string;
  /** Offered, the preferred one first. */
  readonly subprotocols?: readonly string[];
  /** Offered. */
  readonly extensions?: readonly Extension[];
  /** Further headers; a Host among them takes the place of that of the URL. */
  readonly headers?: HeaderFields;
}

/** A server's acceptance (RFC 6455 §4.2.2). */
export interface UpgradeResponse {
  /** Of the request. */
  readonly key: string;
  /** One of those that were offered. */
  readonly subprotocol?: string;
  /** What was agreed on. */
  readonly extensions?: readonly Extension[];
  readonly headers?: HeaderFields;
}

/** A server's refusal: any status but 101. */
export interface UpgradeRefusal {
  /** 300 to 599. */
  readonly status: number;
  /** The text after the status; by default what RFC 9110 calls it, for the usual ones. */
  readonly reason?: string;
  readonly headers?: HeaderFields;
  readonly body?: string | Uint8Array;
}

/** What a builder writes itself. */
const OWN = /^(?:upgrade|connection|sec-websocket-(?:key|version|accept|protocol|extensions))$/i;
const OWN_OF_REFUSAL = /^(?:connection|content-length|transfer-encoding)$/i;

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/**
 * The bytes of a legal request (RFC 6455 §4.1). Throws a TypeError for a URL, key, subprotocol or header that cannot be in
 * one.
 */
export function buildRequest({ url, key, origin, subprotocols = [], ...more }: UpgradeRequest): Uint8Array {
  const { host, target } = addressOf(url);
  if (decodeKey(key).faults.length > 0) throw new TypeError('the key is not 16 bytes in Base64');
  const headers = further(more.headers, OWN);
  const hosts = headers.filter(([name]) => name.toLowerCase() === 'host');
  if (new Set(subprotocols).size < subprotocols.length) throw new TypeError('a subprotocol is offered twice');
  return writeHead(`GET ${target} HTTP/1.1`, [
    ...(hosts.length > 0 ? hosts : ([['Host', host]] as const)),
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Key', key],
    ['Sec-WebSocket-Version', '13'],
    ...checked(origin === undefined ? [] : [['Origin', origin]]),
    ...negotiation(subprotocols, more.extensions),
    ...headers.filter((header) => !hosts.includes(header)),
  ]);
}

/** The bytes of a 101 (RFC 6455 §4.2.2). Throws a TypeError for a subprotocol or header that cannot be in it. */
export function buildResponse({ key, subprotocol, extensions, headers }: UpgradeResponse): Uint8Array {
  return writeHead('HTTP/1.1 101 Switching Protocols', [
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Accept', acceptKey(key)],
    ...negotiation(subprotocol === undefined ? [] : [subprotocol], extensions),
    ...further(headers, OWN),
  ]);
}

/**
 * The bytes of a refusal, after which the server ends the connection; a 426 names the supported version (RFC 6455 §4.4).
 * Throws a RangeError for a status that is none, a TypeError for a header that cannot be in it.
 */
export function buildRefusal({ status, reason, headers, body = '' }: UpgradeRefusal): Uint8Array {
  if (!Number.isInteger(status) || status < 300 || status > 599)
    throw new RangeError('a refusal has a status of 300 to 599');
  const text = reason ?? REASONS[status] ?? 'Refused';
  checkText(text, 'the reason');
  const bytes = typeof body === 'string' ? encodeUtf8(body) : body;
  const head = writeHead(`HTTP/1.1 ${status} ${text}`, [
    ['Connection', 'close'],
    ['Content-Length', String(bytes.length)],
    ...(status === 426
      ? ([
          ['Upgrade', 'websocket'],
          ['Sec-WebSocket-Version', '13'],
        ] as const)
      : []),
    ...further(headers, OWN_OF_REFUSAL),
  ]);
  return concat([head, bytes]);
}

function negotiation(subprotocols: readonly string[], extensions: readonly Extension[] = []): HeaderFields {
  const strange = subprotocols.find((name) => !isToken(name));
  if (strange !== undefined) throw new TypeError(`'${strange}' is no name of a subprotocol`);
  return checked([
    ...(subprotocols.length > 0 ? ([['Sec-WebSocket-Protocol', subprotocols.join(', ')]] as const) : []),
    ...(extensions.length > 0 ? ([['Sec-WebSocket-Extensions', formatExtensions(extensions)]] as const) : []),
  ]);
}

function further(headers: HeaderFields = [], own: RegExp): HeaderFields {
  const twice = headers.find(([name]) => own.test(name));
  if (twice) throw new TypeError(`${twice[0]} is written by the builder`);
  return checked(headers);
}

function checked(headers: HeaderFields): HeaderFields {
  checkHeaders(headers);
  return headers;
}

/** RFC 6455 §3. */
function addressOf(url: string): { host: string; target: string } {
  const { protocol, host, pathname, search, hash } = new URL(url);
  if (protocol !== 'ws:' && protocol !== 'wss:') throw new TypeError(`'${url}' is no ws: or wss: URL`);
  if (hash !== '' || url.endsWith('#')) throw new TypeError('a WebSocket URL has no fragment');
  return { host, target: pathname + search };
}
