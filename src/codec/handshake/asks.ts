import { headersNamed, listElements, type Handshake } from './handshake.js';
import type { Head, RequestHead, ResponseHead } from '../http1/head.js';

/** A request that wants to become a WebSocket (RFC 6455 §4.1), however faulty. */
export function asksForWebSocket(request: RequestHead): boolean {
  return namesWebSocket(request) || headersNamed(request, 'sec-websocket-key').length > 0;
}

/** An answer that belongs to such a request, where that was not seen (RFC 6455 §4.2.2). */
export function grantsWebSocket(response: ResponseHead): boolean {
  return namesWebSocket(response) || headersNamed(response, 'sec-websocket-accept').length > 0;
}

/** A request to continue with HTTP/2 (RFC 7540 §3.2), or an answer that agrees to it. */
export function namesHttp2(head: Head): boolean {
  return hasToken(head, 'upgrade', 'h2c') && (head.kind === 'request' || head.status === 101);
}

function namesWebSocket(head: Head): boolean {
  return headersNamed(head, 'upgrade').some(({ value }) => value.toLowerCase().includes('websocket'));
}

/** Whether WebSocket may follow it for both peers (RFC 6455 §4.1, §4.2.1): otherwise one of them may continue with HTTP. Half a handshake is accepted as it is. A stream of HTTP/2 has nothing else to continue with. */
export function isAgreed({ request, response, keyBytes, accept, expectedAccept, version, http2 }: Handshake): boolean {
  if (http2 !== undefined) return true;
  const asks = request === undefined || (request.method === 'GET' && version === '13' && keyBytes?.length === 16);
  return asks && [request, response].every(upgrades) && (expectedAccept === undefined || accept === expectedAccept);
}

function upgrades(head: Head | undefined): boolean {
  if (head === undefined || !head.hasStartLine) return true;
  return hasToken(head, 'upgrade', 'websocket') && hasToken(head, 'connection', 'upgrade');
}

function hasToken(head: Head, name: string, token: string): boolean {
  return listElements(headersNamed(head, name)).some(({ text }) => text.toLowerCase() === token);
}
