import { encodeBase64 } from '../../codec/bytes/base64.js';
import type { RecordedEnds } from '../../sources/recordings/recording.js';
import type { Handshake } from '../../codec/handshake/handshake.js';
import type { Head } from '../../codec/http1/head.js';
import { OPCODE } from '../../codec/frames/registry.js';
import { decodeUtf8 } from '../../codec/bytes/utf8.js';
import { safeJson } from '../escape.js';

/** A text or binary message, assembled and inflated. */
export interface HarMessageEntry {
  readonly side: 0 | 1;
  readonly opcode: number;
  /** Seconds since the epoch. */
  readonly time: number;
  readonly payload: Uint8Array;
  /** Of the whole message; only the first bytes, those of `payload`, were kept. */
  readonly bytes: number;
}

/** An HTTP archive (HAR 1.2) in pieces, with WebSockets as Chrome DevTools exports them. Entries follow `harBegin`, separated by commas. */
export function harBegin(version: string): string {
  return `{"log":{"version":"1.2","creator":${safeJson({ name: 'wsinspect', version })},"pages":[],"entries":[`;
}

export const HAR_END = '\n]}}\n';

/** An entry up to its messages, which follow, separated by commas. */
export function harEntryBegin(ends: RecordedEnds, time: number, handshake: Handshake | undefined): string {
  const { client, server, secure } = ends;
  const { request, response } = handshake ?? {};
  const address = addressOf(server);
  const entry = {
    ...(client !== undefined && { _client: client }),
    ...(server !== undefined && { _server: server }),
    _resourceType: 'websocket',
    startedDateTime: new Date(Math.max(0, time * 1000)).toISOString(),
    ...(address !== undefined && { serverIPAddress: address }),
    cache: {},
    request: requestOf(request, secure === true ? 'wss' : 'ws', server),
    response: responseOf(response),
  };
  return `\n${safeJson(entry).slice(0, -1)},"_webSocketMessages":[`;
}

/** The rest of an entry: how long it lasted, in seconds. */
export function harEntryEnd(duration: number): string {
  const time = Math.max(0, duration * 1000);
  const timings = { blocked: -1, dns: -1, ssl: -1, connect: -1, send: 0, wait: 0, receive: time };
  return `],${safeJson({ time, timings }).slice(1)}`;
}

export function harMessage({ side, opcode, time, payload, bytes }: HarMessageEntry): string {
  const isText = opcode === OPCODE.text;
  const data = isText ? decodeUtf8(payload) : encodeBase64(payload);
  const type = side === 0 ? 'send' : 'receive';
  const cut = bytes > payload.length && { _truncated: true, _bytes: bytes };
  return `\n${safeJson({ type, time, opcode, data, ...cut })}`;
}

function requestOf(head: Head | undefined, scheme: string, server: string | undefined): object {
  const [method, target, version] = head?.kind === 'request' ? [head.method, head.target, head.version] : ['GET', '/'];
  const host =
    headerOf(head, 'host') ?? headerOf(head, ':authority') ?? (server?.includes('/') === false ? server : 'localhost');
  return {
    method,
    url: `${scheme}://${host}${target}`,
    httpVersion: version ?? 'HTTP/1.1',
    cookies: [],
    headers: headersOf(head),
    queryString: queryOf(target),
    headersSize: sizeOf(head),
    bodySize: 0,
  };
}

function responseOf(head: Head | undefined): object {
  const response = head?.kind === 'response' ? head : undefined;
  return {
    status: response?.status ?? 0,
    statusText: response?.reason ?? '',
    httpVersion: response?.version ?? '',
    cookies: [],
    headers: headersOf(head),
    content: { size: 0, mimeType: 'x-unknown' },
    redirectURL: headerOf(head, 'location') ?? '',
    headersSize: sizeOf(head),
    bodySize: -1,
  };
}

function headersOf(head: Head | undefined): { readonly name: string; readonly value: string }[] {
  return (head?.headers ?? []).map(({ name, value }) => ({ name, value }));
}

function headerOf(head: Head | undefined, wanted: string): string | undefined {
  return head?.headers.find(({ name }) => name.toLowerCase() === wanted)?.value;
}

/** -1 means unknown. */
function sizeOf(head: Head | undefined): number {
  return head === undefined ? -1 : head.span.end - head.span.start;
}

function queryOf(target = ''): { readonly name: string; readonly value: string }[] {
  const [, query = ''] = /\?([^#]*)/.exec(target) ?? [];
  return [...new URLSearchParams(query)].map(([name, value]) => ({ name, value }));
}

function addressOf(server = ''): string | undefined {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+)):\d+$/.exec(server) ?? [];
  return bracketed ?? plain;
}
