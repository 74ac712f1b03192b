import type { IncomingMessage } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import type { RequestHead } from '../../codec/http1/head.js';
import type { ReceivedUpgrade } from '../listener/http-listener.js';
import { refuse } from '../listener/handshake-rejection.js';
import { refusalFor, type ListenerPolicy, type PolicyRefusal } from '../listener/policy.js';
import { factsOfMessage } from '../listener/request-facts.js';
import { answerPings } from '../sockets/pongs.js';
import type { PageToken } from './page-token.js';

export const INSPECTOR_PATH = '/.inspect';
export const INSPECTOR_PROTOCOL = 'wsinspect.inspect';
/** A page offers its token as a subprotocol that begins with this: a URL would appear in logs. */
export const TOKEN_PROTOCOL = 'wsinspect.token.';

/** Pages that may watch at one time. */
const MOST_PAGES = 16;
const MOST_COMMAND = 16 * 1024;

/** Who may open the channel of a page. */
export interface PageAccess {
  readonly listener: ListenerPolicy;
  /** Undefined: none is needed. */
  readonly token?: PageToken | undefined;
}

/** The WebSockets of pages: own origin, own host and token are looked at before one is accepted. */
export class PageSockets {
  private readonly server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MOST_COMMAND,
    perMessageDeflate: false,
    autoPong: false,
    handleProtocols: () => INSPECTOR_PROTOCOL,
  });
  private readonly open = new Set<WebSocket>();

  constructor(
    private readonly access: PageAccess,
    private readonly welcome: (socket: WebSocket) => void,
  ) {}

  /** Accepts the client if it is the page; false: the request is not for this channel. */
  answer({ request, stream, head, tap }: ReceivedUpgrade): boolean {
    const offered = namesIn(request.headers['sec-websocket-protocol'] ?? '');
    if (!isForPage(request.url ?? '', offered)) return false;
    tap?.forget();
    const refusal = this.refusal(request, offered);
    if (refusal) {
      refuse(stream, refusal);
    } else if (this.open.size >= MOST_PAGES) {
      refuse(stream, { status: 503, reason: 'too many pages look at this server' });
    } else {
      this.server.handleUpgrade(request, stream, head, (socket) => this.enter(socket));
    }
    return true;
  }

  close(): void {
    for (const socket of this.open) socket.close(1001, 'the server ends');
  }

  private enter(socket: WebSocket): void {
    this.open.add(socket);
    answerPings(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.open.delete(socket));
    this.welcome(socket);
  }

  private refusal(request: IncomingMessage, offered: readonly string[]): PolicyRefusal | undefined {
    const { listener, token } = this.access;
    const stranger = refusalFor(factsOfMessage(request), 'own', listener);
    if (stranger !== undefined || token === undefined) return stranger;
    const given = offered.find((name) => name.startsWith(TOKEN_PROTOCOL))?.slice(TOKEN_PROTOCOL.length);
    if (token.matches(given)) return undefined;
    return {
      status: 403,
      reason: 'the token is missing or wrong: open the address that was printed (--no-token needs none)',
    };
  }
}

/** Whether a head asks for the channel of a page. */
export function isForPageSockets({ target, headers }: RequestHead): boolean {
  const names = headers.filter(({ name }) => name.toLowerCase() === 'sec-websocket-protocol');
  return isForPage(
    target,
    names.flatMap(({ value }) => namesIn(value)),
  );
}

function namesIn(value: string): string[] {
  return value.split(',').map((name) => name.trim());
}

function isForPage(target: string, offered: readonly string[]): boolean {
  const [path] = target.split('?');
  return path === INSPECTOR_PATH && offered.includes(INSPECTOR_PROTOCOL);
}
