import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Polled } from '../rules/polled.js';
import { endsOf, type HeldTap } from './doorway.js';
import type { Room, Rooms } from './room.js';

/** Long polling answers within this time, which is under what clients and proxies wait: seconds. */
const LONGEST_WAIT = 55;
const USUAL_WAIT = 25;
const MOST_BODY = 64 * 1024;
const MOST_SENDER = 64;

type Answer = readonly [status: number, body: object];

/** The chat over plain HTTP: `/poll`, `/long-poll` and `/send`. Undefined: the path is none of them. */
export function pollingRoute(path: string): ((request: Visit) => Promise<Answer>) | undefined {
  return ROUTES[path];
}

interface Visit {
  readonly request: IncomingMessage;
  readonly target: URL;
  readonly rooms: Rooms;
  readonly now: () => number;
  /** The client went away. */
  readonly gone: AbortSignal;
}

const ROUTES: Readonly<Record<string, (visit: Visit) => Promise<Answer>>> = {
  '/poll': (visit) => hear(visit, false),
  '/long-poll': (visit) => hear(visit, true),
  '/send': speak,
};

/** Gives how many messages the answer carries, where it is about that. */
export async function answerPolling(
  response: ServerResponse,
  route: (visit: Visit) => Promise<Answer>,
  visit: Visit,
): Promise<number | undefined> {
  const [status, body] = await route(visit);
  if (response.destroyed) return undefined;
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
  return 'messages' in body ? (body.messages as readonly unknown[]).length : undefined;
}

/** Tells of a request for polling when its answer has gone out, or nobody waits for one any more. */
export function tellPolled(
  response: ServerResponse,
  { request, now }: Visit,
  tap: HeldTap,
  answered: Promise<number | undefined>,
  tell: (polled: Polled) => void,
): void {
  const time = now();
  const { client = '' } = endsOf(request.socket);
  const { method = '', url: target = '' } = request;
  const ended = async (): Promise<void> => {
    const { incoming, outgoing } = tap.count();
    const duration = now() - time;
    const messages = await answered.catch(() => undefined);
    tell({
      client,
      method,
      target,
      ...(response.headersSent && { status: response.statusCode }),
      requestBytes: incoming,
      responseBytes: outgoing,
      ...(messages !== undefined && { messages }),
      time,
      duration,
    });
  };
  response.on('close', () => void ended());
}

async function hear({ request, target, rooms, gone }: Visit, long: boolean): Promise<Answer> {
  if (request.method !== 'GET') return [405, { error: 'use GET' }];
  const room = roomOf(target, rooms);
  if (room === undefined) return TOO_MANY;
  const since = numberOf(target, 'since', 0, Number.MAX_SAFE_INTEGER);
  const seconds = numberOf(target, 'timeout', USUAL_WAIT, LONGEST_WAIT);
  if (since === undefined || seconds === undefined) return [400, { error: 'since and timeout are numbers from 0 on' }];
  return [200, long ? await room.wait(since, seconds, gone) : room.since(since)];
}

async function speak({ request, target, rooms, now }: Visit): Promise<Answer> {
  if (request.method !== 'POST') return [405, { error: 'use POST' }];
  // A foreign page can't send this type without asking first (CORS), and nobody answers.
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    return [415, { error: 'the body has to be application/json' }];
  }
  const room = roomOf(target, rooms);
  if (room === undefined) return TOO_MANY;
  const said = parsed(await bodyOf(request));
  if (said === undefined) return [400, { error: `the body is {"sender","msg"}, both text, up to ${MOST_BODY} bytes` }];
  const { id } = room.speak(said.sender, said.msg, now());
  return [200, { id }];
}

const TOO_MANY: Answer = [503, { error: 'there are too many rooms' }];

function roomOf(target: URL, rooms: Rooms): Room | undefined {
  return rooms.named(target.searchParams.get('room') ?? 'main');
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
