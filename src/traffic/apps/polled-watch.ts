import { engineVersion, polledPackets } from '../../apps/polled-packets.js';
import type { MessageUnpacking, PackedForm } from '../../apps/packet.js';
import { endpointText, type Endpoint } from '../../codec/bytes/endpoint.js';
import type { Side, StreamOrigin } from '../../codec/bytes/stream-taker.js';
import { parseJson } from '../../apps/forms/json.js';
import { headersNamed } from '../../codec/handshake/handshake.js';
import { HttpExchanges, type HttpExchangeTaker, type HttpMessage } from '../../codec/http1/http-exchanges.js';
import type { Head, RequestHead, ResponseHead } from '../../codec/http1/head.js';
import { latin1 } from '../../codec/http1/text.js';
import type { Ends } from '../conversation-taker.js';
import type { Judged } from '../judged.js';
import type { AppOptions, AppReading } from './app-reading.js';
import type { PolledSessions } from './polled-sessions.js';

/** Bytes of a request in which its target ends. */
const LOOK = 1024;
/** A request of Engine.IO (protocol 3 and 4) by HTTP long-polling. */
const POLLS = /^(?:GET|POST) \S{0,1000}[?&]transport=polling/;
const UNREAD = {
  redacted: 'what clients of Socket.IO polled over HTTP is not read with --redact, and in no output',
  jsonp: 'what clients of Socket.IO polled as JSONP is not read',
};
const CODINGS: Readonly<Record<string, PackedForm>> = { gzip: 'gzip', 'x-gzip': 'gzip', deflate: 'zlib', br: 'brotli' };
const [OPEN, GET, POST] = [0x30, 0x47, 0x50];

/** Looks for what a connection polls of sessions of Engine.IO, or for the session that its WebSocket continues. */
export class PolledWatch implements HttpExchangeTaker {
  private exchanges: HttpExchanges | undefined;
  /** The session that its WebSocket continues. */
  private joined: string | undefined;

  constructor(
    private readonly sessions: PolledSessions,
    private readonly origin: Pick<StreamOrigin, 'a' | 'b'>,
    private readonly unpack: MessageUnpacking | undefined,
  ) {}

  /** Bytes of a connection without WebSocket so far. */
  data(side: Side, bytes: Uint8Array, start: number, end: number, time: number): void {
    if (this.exchanges === undefined) {
      const first = bytes[start];
      if (first !== GET && first !== POST) return;
      if (!POLLS.test(latin1(bytes.subarray(start, Math.min(end, start + LOOK))))) return;
      if (!this.sessions.isRead) return void this.sessions.unread.add(UNREAD.redacted);
      this.exchanges = new HttpExchanges(side, this, this.sessions.bodies);
    }
    this.exchanges.data(side, bytes.subarray(start, end), time);
    if (this.exchanges.isOver) this.lost();
  }

  /** What follows is not known to be HTTP: bytes are missing, or it is another protocol. */
  lost(): void {
    this.exchanges?.end();
    this.exchanges = undefined;
  }

  /** Where the record shows that it has become a WebSocket, `apps` gets what belongs to that. */
  event(record: Judged, { server }: Ends, apps: AppReading | undefined): void {
    if (record.type !== 'handshake' || !record.handshake.upgraded) return;
    this.lost();
    const { target = '' } = record.handshake.request ?? {};
    const sid = sidOf(target);
    if (sid === undefined || !/[?&]transport=websocket(?:&|$)/.test(target) || server === undefined) return;
    this.joined = keyOf(server, sid);
    this.sessions.join(this.joined, (message) => apps?.takePolled(message));
  }

  close(): void {
    this.lost();
    if (this.joined !== undefined) this.sessions.leave(this.joined);
  }

  wants({ target = '' }: RequestHead): boolean {
    if (!/[?&]transport=polling(?:&|$)/.test(target)) return false;
    const isJsonp = /[?&]j=\d/.test(target);
    if (isJsonp) this.sessions.unread.add(UNREAD.jsonp);
    return !isJsonp;
  }

  asked({ head, body, time }: HttpMessage<RequestHead>): void {
    if (head.method === 'POST') this.say('client', head.target ?? '', head, body, time);
  }

  answered({ head, body, time }: HttpMessage<ResponseHead>, request: RequestHead): void {
    if (request.method === 'GET' && head.status === 200) this.say('server', request.target ?? '', head, body, time);
  }

  private say(direction: 'client' | 'server', target: string, head: Head, body: Uint8Array, time: number): void {
    const server = this.exchanges?.server === 0 ? this.origin.a : this.origin.b;
    const plain = this.plain(head, body);
    if (plain === undefined || server === undefined) return;
    const isBinary = headersNamed(head, 'content-type').some(({ value }) => /octet-stream/i.test(value));
    const packets = polledPackets(plain, engineVersion(target), isBinary) ?? [];
    const sid = sidOf(target) ?? packets.map(openedSid).find((one) => one !== undefined);
    if (sid === undefined) return;
    for (const packet of packets) this.sessions.said(keyOf(server, sid), { ...packet, direction, time });
  }

  /** The body without its content coding (RFC 9110 §8.4). */
  private plain(head: Head, body: Uint8Array): Uint8Array | undefined {
    const [coding, ...more] = headersNamed(head, 'content-encoding').map(({ value }) => value.trim().toLowerCase());
    if (coding === undefined || coding === 'identity') return body;
    const form = CODINGS[coding];
    return form === undefined || more.length > 0
      ? undefined
      : this.unpack?.whole(form, body, this.sessions.bodies.most);
  }
}

/** Undefined: what is polled is not looked for. */
export function watchPolled(
  sessions: PolledSessions | undefined,
  origin: StreamOrigin,
  apps: AppOptions | undefined,
): PolledWatch | undefined {
  return sessions && new PolledWatch(sessions, origin, apps?.unpack);
}

function keyOf(server: Endpoint, sid: string): string {
  return `${endpointText(server)} ${sid}`;
}

function sidOf(target: string): string | undefined {
  return /[?&]sid=([^&#\s]{1,200})/.exec(target)?.[1];
}

/** The session that an open packet names. */
function openedSid({ isText, bytes }: { readonly isText: boolean; readonly bytes: Uint8Array }): string | undefined {
  if (!isText || bytes[0] !== OPEN) return undefined;
  const value = parseJson(bytes.subarray(1))?.value;
  const sid = typeof value === 'object' && value !== null && 'sid' in value ? value.sid : undefined;
  return typeof sid === 'string' && sid.length <= 200 ? sid : undefined;
}
