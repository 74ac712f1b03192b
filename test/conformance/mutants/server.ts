import * as net from 'node:net';
import type { Socket } from 'node:net';
import { acceptKey } from '../../../src/codec/handshake/accept-key.js';
import { HeadReader } from '../../../src/codec/http1/head-reader.js';
import { headersNamed, readHandshake, type Handshake } from '../../../src/codec/handshake/handshake.js';
import type { RequestHead } from '../../../src/codec/http1/head.js';
import { isFinding } from '../../../src/rules/catalogue.js';
import { judgeHandshake } from '../../../src/rules/handshake/rules.js';
import { listening, type Running } from '../listening.js';
import { echoing } from './frames.js';

/** What is wrong with a server that is right without any of it. */
export interface ServerFaults {
  /** Codes of the rules on requests that it does not know. */
  readonly forgives?: RegExp;
  readonly acceptOf?: (key: string) => string;
  /** Of its 101. */
  readonly headers?: (handshake: Handshake) => readonly string[];
  readonly upgradeLine?: string;
  readonly refusal?: string;
  /** It loses what comes after the head, in the same chunk. */
  readonly dropsRest?: true;
  /** It reads a body as frames. */
  readonly ignoresBody?: true;
  /** It takes the first chunk for the whole head. */
  readonly readsOnce?: true;
  /** It takes a head of any size. */
  readonly unlimited?: true;
  /** Changes the bytes before it reads them. */
  readonly reads?: (chunk: Uint8Array) => Uint8Array;
  /** It does not answer what it should refuse. */
  readonly hangs?: true;
}

const REFUSAL =
  'HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\nSec-WebSocket-Version: 13\r\nContent-Length: 0\r\n\r\n';

/** A server that does all as it should, but for those faults; it declines all offers, and echoes. */
export function mutantServer(faults: ServerFaults = {}): Promise<Running> {
  return listening(net.createServer({ allowHalfOpen: true }, (socket) => serve(socket, faults)));
}

function serve(socket: Socket, faults: ServerFaults): void {
  const reader = new HeadReader({ kind: 'request' });
  let take: ((chunk: Uint8Array) => void) | undefined;
  let isRefused = false;
  const refuse = (): void => {
    if (faults.hangs && !isRefused) socket.resume();
    else socket.end(faults.refusal ?? REFUSAL);
    isRefused = true;
  };
  const begin = (request: RequestHead, rest: Uint8Array): void => {
    if (mustRefuse(request, faults)) return refuse();
    take = echoing(socket, 'server');
    socket.write(answerTo(readHandshake({ request }), faults));
    if (!faults.dropsRest) take(rest);
  };
  socket.on('error', () => {});
  socket.on('end', () => socket.end());
  socket.on('data', (data: Uint8Array) => {
    if (isRefused) return;
    if (take) return take(data);
    const result = reader.push(faults.reads?.(data) ?? data);
    if (result) begin(result.head as RequestHead, result.rest);
    else if (faults.readsOnce || (reader.tooLarge && !faults.unlimited)) refuse();
  });
}

function mustRefuse(request: RequestHead, { forgives = /^$/, ignoresBody }: ServerFaults): boolean {
  if (headersNamed(request, 'Content-Length').length > 0 && !ignoresBody) return true;
  return judgeHandshake(readHandshake({ request })).some(
    (one) => isFinding(one, false) && !/^deflate-/.test(one.code) && !forgives.test(one.code),
  );
}

function answerTo(handshake: Handshake, { acceptOf = acceptKey, headers, upgradeLine }: ServerFaults): string {
  return [
    'HTTP/1.1 101 Switching Protocols',
    upgradeLine ?? 'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${acceptOf(handshake.key ?? '')}`,
    ...(headers?.(handshake) ?? []),
    '',
    '',
  ].join('\r\n');
}
