import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Polled } from '../../traffic/run-records/polled.js';
import type { HeldTap } from '../listener/http-listener.js';
import { endsOf } from '../sockets/socket-ends.js';
import { MOST_ROOM_NAME, type Rooms } from './rooms.js';

/** Long polling answers within this time, which is under what clients and proxies wait: seconds. */
const LONGEST_WAIT = 55;
const USUAL_WAIT = 25;
const MOST_BODY = 64 * 1024;
const MOST_SENDER = 64;

/** Bodies that are read at one time, and characters of answers that are not read yet. */
const MOST_BODIES = 256;
const MOST_UNTAKEN = 32 * 1024 * 1024;

type PollingAnswer = readonly [status: number, body: object];
type Route = (polling: PollingRequest) => Promise<PollingAnswer>;

interface PollingRequest {
  readonly request: IncomingMessage;
  readonly target: URL;
  readonly rooms: Rooms;
  /** The client closed the connection. */
  readonly gone: AbortSignal;
}

const ROUTES: Readonly<Record<string, Route>> = {
  '/poll': (polling) => receive(polling, false),
  '/long-poll': (polling) => receive(polling, true),
  '/send': speak,
};

export interface PollingTaker {
  /** Polled requests are reported. */
  readonly looks: boolean;
  /** A request was answered, or its client no longer waits. */
  polled(polled: Polled): void;
}

/** The chat over plain HTTP: `/poll`, `/long-poll` and `/send`. */
export class Polling {
  private bodies = 0;
  private untaken = 0;

  constructor(
    private readonly rooms: Rooms,
    private readonly now: () => number,
    private readonly taker: PollingTaker,
  ) {}

  has(path: string): boolean {
    return Object.hasOwn(ROUTES, path);
  }

  /** False: the path is none of them. Without a tap (in HTTP/2, where requests share their bytes) it is not reported. */
  answer(request: IncomingMessage, response: ServerResponse, target: URL, tap?: HeldTap): boolean {
    const route = this.has(target.pathname) ? ROUTES[target.pathname] : undefined;
    if (route === undefined) return false;
    const left = new AbortController();
    response.on('close', () => left.abort());
    const answered = this.respond(response, route, { request, target, rooms: this.rooms, gone: left.signal });
    answered.catch(() => response.destroy());
    if (tap && this.taker.looks) this.report(request, response, tap, answered);
    return true;
  }

  /** Gives the number of messages in the answer, where it has messages. */
  private async respond(response: ServerResponse, route: Route, polling: PollingRequest): Promise<number | undefined> {
    const [status, body] = await this.within(route, polling);
    if (response.destroyed) return undefined;
    const text = `${JSON.stringify(body)}\n`;
    if (this.untaken > 0 && this.untaken + text.length > MOST_UNTAKEN) {
      response.writeHead(503, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
      response.end('{"error":"too many answers wait to be read"}\n');
      return undefined;
    }
    this.untaken += text.length;
    response.on('close', () => (this.untaken -= text.length));
    response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    response.end(text);
    return 'messages' in body ? (body.messages as readonly unknown[]).length : undefined;
  }

  private async within(route: Route, polling: PollingRequest): Promise<PollingAnswer> {
    if (polling.request.method !== 'POST') return route(polling);
    if (this.bodies >= MOST_BODIES) return [503, { error: 'too many requests at one time' }];
    this.bodies++;
    try {
      return await route(polling);
    } finally {
      this.bodies--;
    }
  }

  private report(
    request: IncomingMessage,
    response: ServerResponse,
    tap: HeldTap,
    answered: Promise<number | undefined>,
  ): void {
    const time = this.now();
    const { client = '' } = endsOf(request.socket);
    const { method = '', url: target = '' } = request;
    const ended = async (): Promise<void> => {
      const { incoming, outgoing } = tap.count();
      const duration = this.now() - time;
      const messages = await answered.catch(() => undefined);
      this.taker.polled({
        client,
        method,
        target,
        ...(response.headersSent && { status: response.statusCode }),
        requestBytes: incoming.seen,
        responseBytes: outgoing.seen,
        exchange: { request: incoming.bytes(), response: outgoing.bytes() },
        ...(messages !== undefined && { messages }),
        time,
        duration,
      });
    };
    response.on('close', () => void ended());
  }
}

async function receive({ request, target, rooms, gone }: PollingRequest, long: boolean): Promise<PollingAnswer> {
  if (request.method !== 'GET') return [405, { error: 'use GET' }];
  const room = roomNameOf(target);
  if (room === undefined) return [400, { error: LONG_ROOM_NAME }];
  const since = numberOf(target, 'since', 0, Number.MAX_SAFE_INTEGER);
  const seconds = numberOf(target, 'timeout', USUAL_WAIT, LONGEST_WAIT);
  if (since === undefined || seconds === undefined) return [400, { error: 'since and timeout are numbers from 0 on' }];
  return [200, long ? await rooms.wait(room, since, seconds, gone) : rooms.since(room, since)];
}

async function speak({ request, target, rooms }: PollingRequest): Promise<PollingAnswer> {
  if (request.method !== 'POST') return [405, { error: 'use POST' }];
  // A foreign page can't send this type without a preflight request (CORS), which is not answered.
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    return [415, { error: 'the body has to be application/json' }];
  }
  const room = roomNameOf(target);
  if (room === undefined) return [400, { error: LONG_ROOM_NAME }];
  const sent = parsed(await bodyOf(request));
  if (sent === undefined) return [400, { error: `the body is {"sender","msg"}, both text, up to ${MOST_BODY} bytes` }];
  const spoken = rooms.speak(room, sent.sender, sent.msg);
  return spoken ? [200, { id: spoken.id }] : [503, { error: 'there are too many rooms' }];
}

export const LONG_ROOM_NAME = `the name of a room has up to ${MOST_ROOM_NAME} characters`;

/** The requested room; undefined: its name is too long. */
export function roomNameOf({ searchParams }: URL): string | undefined {
  const name = searchParams.get('room') ?? 'main';
  return name.length <= MOST_ROOM_NAME ? name : undefined;
}

function numberOf(target: URL, name: string, otherwise: number, most: number): number | undefined {
  const text = target.searchParams.get(name);
  if (text === null) return otherwise;
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  return number >= 0 ? Math.min(number, most) : undefined;
}

/** Undefined: it is too large. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MOST_BODY) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}

function parsed(body: string | undefined): { sender: string; msg: string } | undefined {
  if (body === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { sender, msg } = value as { sender?: unknown; msg?: unknown };
  if (typeof sender !== 'string' || typeof msg !== 'string') return undefined;
  return sender.length > 0 && sender.length <= MOST_SENDER ? { sender, msg } : undefined;
}
