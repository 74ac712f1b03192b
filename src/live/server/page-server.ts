import * as http from 'node:http';
import { HttpListener, type ReceivedUpgrade } from '../listener/http-listener.js';
import type { ListenPlace } from '../listener/listen-at.js';
import { LimitedNotices } from '../listener/limited-notices.js';
import { refuse } from '../listener/handshake-rejection.js';
import { refusalFor, type ListenerPolicy } from '../listener/policy.js';
import { factsOfMessage } from '../listener/request-facts.js';
import { MOST_HEAD } from '../sockets/ws-limits.js';
import { answerText, targetOf } from './plain-answers.js';

export interface PageServerOptions {
  readonly place: ListenPlace;
  readonly listener: ListenerPolicy;
  /** The page's files; false: there is none under that path. */
  page(this: void, request: http.IncomingMessage, response: http.ServerResponse, target: URL): boolean;
  /** The page's WebSocket; false: it is requested under another path. */
  channel(this: void, upgrade: ReceivedUpgrade): boolean;
  notice(this: void, message: string): void;
}

const HEAD_SECONDS = 10;
const CONNECTIONS = 200;
/** The time that pages have to close: milliseconds. */
const FAREWELL = 1000;

/** A listener that has a page and its channel, and nothing else: that of `view`, and of `--page`. */
export class PageServer {
  private readonly http: HttpListener;
  private readonly notices: LimitedNotices;

  constructor(private readonly options: PageServerOptions) {
    this.notices = new LimitedNotices((message) => options.notice(message));
    const server = http.createServer({
      maxHeaderSize: MOST_HEAD,
      headersTimeout: HEAD_SECONDS * 1000,
      requestTimeout: HEAD_SECONDS * 1000,
      connectionsCheckingInterval: 500,
      // Our own rule states the reason.
      requireHostHeader: false,
    });
    const limits = { head: MOST_HEAD, headSeconds: HEAD_SECONDS, connections: CONNECTIONS, waiting: CONNECTIONS / 2 };
    this.http = new HttpListener(server, 'connection', limits, {
      request: (request, response) => this.answer(request, response),
      upgrade: (upgrade) => {
        if (!options.channel(upgrade)) refuse(upgrade.stream, { status: 404, reason: 'there is no WebSocket here' });
      },
      trouble: (message) => this.notices.add(message),
    });
  }

  /** Resolves with the port. */
  listen(): Promise<number> {
    return this.http.listen(this.options.place);
  }

  async close(): Promise<void> {
    const gone = this.http.close();
    const late = setTimeout(() => this.http.destroy(), FAREWELL);
    await gone;
    clearTimeout(late);
  }

  private answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const refusal = refusalFor(factsOfMessage(request), 'static', this.options.listener);
    if (refusal) {
      this.notices.add(`a request is refused with ${refusal.status}: ${refusal.reason}`);
      response.setHeader('Connection', 'close');
      return answerText(response, refusal.status, refusal.reason);
    }
    if (!this.options.page(request, response, targetOf(request))) answerText(response, 404, 'There is nothing here.');
  }
}
