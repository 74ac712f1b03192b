import { encodeBase64 } from '../../codec/bytes/base64.js';
import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import { acceptKey } from '../../codec/handshake/accept-value.js';
import { KEY_BYTES } from '../../codec/handshake/key.js';
import { sha1 } from '../../codec/handshake/sha1.js';
import { http2HeadOf } from '../../codec/http2/http2-heads.js';
import type { Head } from '../../codec/http1/head.js';

/**
 * A key for a stream of HTTP/2, which has none (RFC 8441 §5): another one for each connection of a run, as two with the same
 * would be taken for legs of one path, and the same in each run. It is made of nothing that the heads say. `time`: ms since 1970.
 */
export function keyOfStream(connection: number, time: number): string {
  return encodeBase64(sha1(encodeUtf8(`HTTP/2 ${connection} ${time}`)).subarray(0, KEY_BYTES));
}

/** A head as on the wire, a character for each byte; of HTTP/2 as HTTP/1.1 says the same, with the key that is given. */
export function headText(head: Head, key: () => string): string {
  if (head.http2) return http1Text(head, key());
  return head.fields.map(({ value }) => (typeof value === 'string' ? value : '')).join('');
}

/** The opening handshake of RFC 6455 §4 that says what the one of RFC 8441 §5 says. */
function http1Text(head: Head, key: string): string {
  const pseudo = (name: string): string | undefined => head.headers.find((header) => header.name === name)?.value;
  const rest = head.headers.filter(
    ({ name }) => !name.startsWith(':') && !/^sec-websocket-(?:key|accept)$/i.test(name),
  );
  const upgrade = ['Upgrade: websocket', 'Connection: Upgrade'];
  const lines = rest.map(({ name, value }) => `${name}: ${value}`);
  if (head.kind === 'request') {
    const host = pseudo(':authority');
    const first = [`GET ${pseudo(':path') ?? '/'} HTTP/1.1`, ...(host === undefined ? [] : [`Host: ${host}`])];
    return textOf([...first, ...upgrade, `Sec-WebSocket-Key: ${key}`, ...lines]);
  }
  const status = head.status ?? 0;
  if (status < 200 || status > 299) return textOf([`HTTP/1.1 ${pseudo(':status') ?? '000'} `, ...lines]);
  return textOf(['HTTP/1.1 101 Switching Protocols', ...upgrade, `Sec-WebSocket-Accept: ${acceptKey(key)}`, ...lines]);
}

function textOf(lines: readonly string[]): string {
  // What HPACK carries may hold line ends, which would be other headers here.
  return [...lines.map((line) => line.replaceAll(/[\r\n\0]/g, ' ')), '', ''].join('\r\n');
}

/** A head of HTTP/2 with the values that `change` gives for its lines, which are those of HTTP/1.1. */
export function changedHttp2(head: Head, change: (text: string) => string): Head {
  const { stream, unknown, connects } = head.http2!;
  // The path is in the first line.
  const lines = head.headers.map(({ name, value }) => `${name.replace(/^:/, '')}: ${name === ':path' ? '' : value}`);
  const path = head.headers.find(({ name }) => name === ':path')?.value ?? '/';
  const [first, ...changed] = change(textOf([`GET ${path} HTTP/1.1`, ...lines])).split('\r\n');
  const fields = head.headers.map(({ name }, index) => ({
    name,
    value: name === ':path' ? first!.slice(4, -9) : changed[index]!.slice(changed[index]!.indexOf(':') + 2),
  }));
  const made = http2HeadOf(head.kind, fields, { stream, unknown });
  return { ...made, http2: { ...made.http2!, ...(connects !== undefined && { connects }) } };
}
