import { headersNamed } from './handshake.js';
import type { Head, RequestHead, ResponseHead } from '../http1/head.js';

/** A request that wants to become a WebSocket (RFC 6455 §4.1), however faulty. */
export function asksForWebSocket(request: RequestHead): boolean {
  return namesWebSocket(request) || headersNamed(request, 'sec-websocket-key').length > 0;
}

/** An answer that belongs to such a request, where that was not seen (RFC 6455 §4.2.2). */
export function grantsWebSocket(response: ResponseHead): boolean {
  return namesWebSocket(response) || headersNamed(response, 'sec-websocket-accept').length > 0;
}

function namesWebSocket(head: Head): boolean {
  return headersNamed(head, 'upgrade').some(({ value }) => value.toLowerCase().includes('websocket'));
}
