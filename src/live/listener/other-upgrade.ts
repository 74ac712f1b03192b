import { ServerResponse, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { asksForWebSocket } from '../../codec/handshake/asks.js';
import { parseHead, type RequestHead } from '../../codec/http1/head.js';
import { headOfMessage } from './head-of-message.js';

/** A request for another protocol than WebSocket, as `curl --http2` sends one for h2c: its Upgrade may be ignored (RFC 9110 §7.8). */
export function asksForOther(request: IncomingMessage): boolean {
  const { method, headers } = request;
  const hasBody = Number(headers['content-length'] ?? 0) !== 0 || headers['transfer-encoding'] !== undefined;
  if ((method !== 'GET' && method !== 'HEAD') || hasBody) return false;
  return !asksForWebSocket(parseHead(headOfMessage(request), { kind: 'request' }) as RequestHead);
}

/** Answers it as one without Upgrade, and ends the connection: Node.js reads no further request on it. */
export function answerAlone(server: Server, request: IncomingMessage, socket: Socket): void {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on('finish', () => socket.end());
  socket.on('error', () => undefined);
  socket.resume();
  server.emit('request', request, response);
}
