import type { Duplex } from 'node:stream';
import { STATUS_CODES } from 'node:http';
import type { PolicyRefusal } from './policy.js';

/** Answers a request to open a WebSocket with another status than 101 (RFC 6455 §4.2.2), and ends the connection. */
export function refuse(stream: Duplex, refusal: PolicyRefusal): void {
  stream.on('error', () => undefined);
  stream.end(refusalText(refusal));
  stream.resume();
}

/** The whole answer, after which the connection ends. */
export function refusalText({ status, reason }: PolicyRefusal): string {
  const body = `${reason}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(status === 426 ? ['Upgrade: websocket', 'Sec-WebSocket-Version: 13'] : []),
    ...(status === 405 ? ['Allow: GET'] : []),
    ...(status === 401 ? ['WWW-Authenticate: Basic realm="wsinspect"'] : []),
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** A 101 whose accept value is that of no key: a client has to fail the connection (RFC 6455 §4.1). */
export function writeBadAccept(stream: Duplex): void {
  stream.on('error', () => undefined);
  stream.write(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n',
  );
  stream.on('end', () => stream.end());
  stream.resume();
}
