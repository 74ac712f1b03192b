import type { WebSocket } from 'ws';
import { viewCommandOf, ViewerEnd, type ViewSource } from '../../describe/timeline/viewer-end.js';
import type { ReceivedUpgrade } from '../listener/http-listener.js';
import { TimedExpressions } from '../replies/timed-expressions.js';
import { PageSockets, type PageAccess } from './page-sockets.js';

/** Texts for which an expression may take its time, which is a second each. */
const MOST_SLOW = 3;
/** The interval between reports of what was read in the meantime: milliseconds. */
const REPORT = 100;

/**
 * The channel of `view`: a page asks for what it draws, and gets no more than that. `more` is answered with the rows of
 * the overview that the page has not got yet, as soon as there are any; `rows` with the records of those rows.
 */
export class ViewChannel {
  private readonly sockets: PageSockets;
  private readonly pages = new Set<ViewerEnd>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    access: PageAccess,
    private readonly source: ViewSource,
  ) {
    this.sockets = new PageSockets(access, (socket) => this.welcome(socket));
  }

  /** Accepts the client if it is the page; false: the request is not for this channel. */
  answer(upgrade: ReceivedUpgrade): boolean {
    return this.sockets.answer(upgrade);
  }

  /** More was read: pages that wait are answered soon. */
  changed(): void {
    this.timer ??= setTimeout(() => this.report(), REPORT).unref();
  }

  /** What was read is reported now: nothing more comes. */
  report(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const page of this.pages) page.change();
  }

  close(): void {
    clearTimeout(this.timer);
    this.sockets.close();
  }

  private welcome(socket: WebSocket): void {
    const page = new ViewerEnd(this.source, {
      send: (data) => socket.send(data),
      isOpen: () => socket.readyState === socket.OPEN,
      later: setImmediate,
      soon: () => this.changed(),
      matcher: (expression) => {
        const expressions = new TimedExpressions([expression], () => undefined, { times: MOST_SLOW });
        return (text) => expressions.first(text) === 0;
      },
    });
    this.pages.add(page);
    socket.on('close', () => this.pages.delete(page));
    socket.on('message', (data, isBinary) => {
      const command = isBinary ? undefined : viewCommandOf(parsed((data as Buffer).toString()));
      if (command === undefined) socket.close(1003, 'not a command');
      else page.obey(command);
    });
    page.send({ type: 'hello', ...this.source.hello() });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
