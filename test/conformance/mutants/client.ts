import * as net from 'node:net';
import { acceptKey } from '../../../src/codec/handshake/accept-key.js';
import { HeadReader } from '../../../src/codec/http1/head-reader.js';
import { readHandshake } from '../../../src/codec/handshake/handshake.js';
import { parseHead, type Head, type RequestHead, type ResponseHead } from '../../../src/codec/http1/head.js';
import { isFinding } from '../../../src/rules/catalogue.js';
import { judgeHandshake } from '../../../src/rules/handshake/rules.js';
import { echoing } from './frames.js';

/** What is wrong with a client that is right without any of it. */
export interface ClientFaults {
  /** Codes of the rules on answers that it does not know. */
  readonly forgives?: RegExp;
  readonly statuses?: readonly number[];
  /** Changes its request. */
  readonly request?: (text: string) => string;
  /** Sent after the request, before any answer. */
  readonly early?: Uint8Array;
  readonly unmasked?: true;
  readonly dropsRest?: true;
  readonly readsOnce?: true;
  /** It leaves the connection open that it has to fail. */
  readonly stays?: true;
}

const MOST_HEAD = 64 * 1024;

/** A client that does all as it should, but for those faults; it echoes, until the server ends the connection. */
export function mutantClient(port: number, faults: ClientFaults = {}): void {
  const text = [
    'GET / HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: q1pOXRHYdJDSEfgGZwJ4AA==',
    'Sec-WebSocket-Version: 13',
    '',
    '',
  ].join('\r\n');
  const request = Buffer.from(faults.request?.(text) ?? text, 'latin1');
  const socket = net.connect({ port, host: '127.0.0.1' });
  let reader = new HeadReader({ kind: 'response', limit: MOST_HEAD });
  let take: ((chunk: Uint8Array) => void) | undefined;
  let isRefused = false;
  const refuse = (): void => {
    isRefused = true;
    if (!faults.stays) socket.destroy();
  };
  const read = (chunk: Uint8Array): void => {
    if (isRefused) return;
    if (take) return take(chunk);
    const result = reader.push(chunk);
    if (!result) {
      if (faults.readsOnce || reader.tooLarge) refuse();
      return;
    }
    const response = result.head as ResponseHead;
    if (response.status === 103) {
      reader = new HeadReader({ kind: 'response', limit: MOST_HEAD });
      return read(result.rest);
    }
    if (mustFail(request, response, faults)) return refuse();
    take = echoing(socket, 'client', !faults.unmasked);
    if (!faults.dropsRest) take(result.rest);
  };
  socket.on('error', () => {});
  socket.on('data', read);
  socket.write(request);
  if (faults.early) socket.write(faults.early);
}

function mustFail(
  request: Uint8Array,
  response: ResponseHead,
  { statuses = [], forgives = /^$/ }: ClientFaults,
): boolean {
  const { status } = response;
  if (status !== 101) return !statuses.includes(status ?? 0);
  const head: Head = parseHead(request, { kind: 'request' });
  const handshake = readHandshake({ request: head as RequestHead, response, acceptOf: acceptKey });
  return judgeHandshake(handshake).some(
    (one) =>
      one.side === 'response' &&
      one.code !== 'response-accepted-invalid' &&
      isFinding(one, false) &&
      !forgives.test(one.code),
  );
}
