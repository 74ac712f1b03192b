import type { Side } from '../../codec/bytes/stream-taker.js';
import { headBytes, isFields, type Fields } from './record-bytes.js';

/** Headers in one value. */
const MOST_LINES = 1000;

/** An entry of a HAR, as far as it was read. */
export type HarParts = Readonly<Record<string, unknown>>;

/** Is it WebSocket, according to the entry without its messages? */
export function isSocket({ _resourceType: type, request, response }: HarParts): boolean {
  const url = isFields(request) && typeof request['url'] === 'string' ? request['url'] : '';
  return type === 'websocket' || statusOf(response) === 101 || /^wss?:/i.test(url);
}

/** Undefined where there was no answer: browsers write 0 or -1. */
export function statusOf(response: unknown): number | undefined {
  const status = isFields(response) ? response['status'] : undefined;
  return typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 999 ? status : undefined;
}

/** Why the browser or proxy says that it failed; undefined where it does not. */
export function failureIn({ response, _webSocketClose: closed }: HarParts): string | undefined {
  if (closed === 'aborted') return 'aborted';
  if (!isFields(response)) return undefined;
  for (const name of ['_failureText', '_error', '_charlesErrorMessage']) {
    const text = response[name];
    if (typeof text === 'string' && text !== '') return text;
  }
  const { _charlesStatus: status } = response;
  return status === 'FAILED' || status === 'EXCEPTION' ? `Charles: ${status}` : undefined;
}

/** Where Playwright keeps messages that are not in the HAR itself. */
export function attachmentOf({ response }: HarParts): string | undefined {
  const content = isFields(response) ? response['content'] : undefined;
  const name = isFields(content) ? content['_file'] : undefined;
  return typeof name === 'string' && name.endsWith('.jsonl') ? name : undefined;
}

/** The first line and the headers of an entry's request or response; undefined where it has neither. */
export function headIn(part: unknown, side: Side): Uint8Array | undefined {
  if (!isFields(part) || (side === 0 ? typeof part['url'] !== 'string' : statusOf(part) === undefined))
    return undefined;
  // RFC 8441 has fields that no head of HTTP/1.1 has.
  const pairs = headersIn(part).filter(([name]) => !name.startsWith(':'));
  return headBytes(side === 0 ? requestLine(part) : statusLine(part), pairs);
}

/** The headers of a request or response, without those that are none. */
export function headersIn({ headers }: Fields): [name: string, value: string][] {
  if (!Array.isArray(headers)) return [];
  return (headers as readonly unknown[]).flatMap((header) => {
    const { name, value } = isFields(header) ? header : ({} as Fields);
    if (typeof name !== 'string' || typeof value !== 'string') return [];
    // Chrome writes several headers of a name as lines.
    return value.split(/[\r\n]+/, MOST_LINES).map((each): [string, string] => [name, each.trim()]);
  });
}

function requestLine({ method, url, httpVersion }: Fields): string {
  return `${word(method, 'GET')} ${targetOf(url)} ${version(httpVersion)}`;
}

function statusLine({ status, statusText, httpVersion }: Fields): string {
  return `${version(httpVersion)} ${String(status)} ${word(statusText, '')}`;
}

function word(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' && !/[\r\n]/.test(value) ? value : otherwise;
}

/** Browsers write `http/1.1` as well, or nothing. */
function version(value: unknown): string {
  return typeof value === 'string' && /^http\/1\.[01]$/i.test(value) ? value.toUpperCase() : 'HTTP/1.1';
}

/** The path and the query of a URL. A fragment is the page's: no browser sends it. */
export function targetOf(url: unknown): string {
  const [, stated = '/'] = /^[a-z]+:\/\/[^/?#]*([^#]*)/i.exec(typeof url === 'string' ? url.trim() : '') ?? [];
  // A blank would end it: browsers send it like this.
  const target = stated.replace(/\s/g, encodeURIComponent);
  return target.startsWith('/') ? target : `/${target}`;
}

/** `name:port`, from the address that was written or the URL's. */
export function serverOf({ serverIPAddress: address, request, _serverPort: given }: HarParts): string | undefined {
  if (typeof address !== 'string' || address === '') return undefined;
  const url = isFields(request) && typeof request['url'] === 'string' ? request['url'] : '';
  const [, scheme = '', stated] = /^([a-z]+):\/\/[^/?#]*?(?::(\d+))?(?:[/?#]|$)/i.exec(url) ?? [];
  const own = typeof given === 'number' && Number.isInteger(given) ? String(given) : undefined;
  const port = own ?? stated ?? (/^(wss|https)$/i.test(scheme) ? '443' : '80');
  const plain = address.replace(/^\[|\]$/g, '');
  return plain.includes(':') ? `[${plain}]:${port}` : `${plain}:${port}`;
}
