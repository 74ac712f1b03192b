import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { http2HeadOf } from '../../codec/http2/http2-heads.js';
import type { RequestHead } from '../../codec/http1/head.js';

/** The fields of a request, as `node:http2` has them: names and values in turn. */
export function requestHead(rawHeaders: readonly string[], stream: number): RequestHead {
  const fields: { name: string; value: string }[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) fields.push({ name: rawHeaders[i]!, value: rawHeaders[i + 1]! });
  return http2HeadOf('request', fields, { stream }) as RequestHead;
}

/** An extended CONNECT as the request over HTTP/1.1 that means the same: whoever takes that one takes this one. */
export function asUpgrade(head: RequestHead, socket: Socket): IncomingMessage {
  const rawHeaders = http1Headers(head);
  const headers: Record<string, string> = {};
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    headers[name] = headers[name] === undefined ? rawHeaders[i + 1]! : `${headers[name]}, ${rawHeaders[i + 1]!}`;
  }
  headers['upgrade'] = 'websocket';
  headers['connection'] = 'Upgrade';
  headers['sec-websocket-key'] = randomBytes(16).toString('base64');
  const request = {
    method: 'GET',
    url: head.target,
    httpVersion: '2.0',
    httpVersionMajor: 2,
    rawHeaders,
    headers,
    socket,
  };
  return request as unknown as IncomingMessage;
}

/** The headers that a request over HTTP/1.1 would have: `:authority` is its Host (RFC 9113 §8.3.1). */
export function http1Headers({ headers }: RequestHead): string[] {
  const authority = headers.find(({ name }) => name === ':authority')?.value;
  const all = authority === undefined ? [] : ['Host', authority];
  for (const { name, value } of headers) {
    const isKnown = name.startsWith(':') || (name === 'host' && value === authority);
    if (!isKnown) all.push(name, value);
  }
  return all;
}
