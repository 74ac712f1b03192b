import { createRequire } from 'node:module';
import { InspectorChannel } from '../../live/server/inspector-channel.js';
import type { ListenerPolicy } from '../../live/listener/policy.js';
import { Page } from '../../live/server/page.js';
import { TOKEN_BYTES, tokenOf, type PageToken } from '../../live/server/page-token.js';
import type { LiveServer } from '../../live/server/server.js';
import type { LiveServerOptions, ServerTaker } from '../../live/server/server-options.js';
import { connectionRecord } from '../../describe/connection-json.js';
import { polledRecord } from '../../terminal/connections/polled-line.js';
import { pageRecord } from './page-records.js';
import type { Io } from '../host/io.js';
import type { ServeOptions } from '../options/serve-options.js';
import { fileOf } from '../host/tls-files.js';
import { VERSION } from '../options/version.js';

/** Where the build puts the page: next to the command line. A path in the bundle, a URL in the sources. */
const web = createRequire(import.meta.url);

/** The page that `serve` hands out, and the channel of its records. */
export class PageHost {
  readonly services: Required<Pick<LiveServerOptions, 'page' | 'channel' | 'isForChannel'>>;
  private readonly channel: InspectorChannel;
  private server: LiveServer | undefined;

  private readonly token: PageToken | undefined;

  constructor(io: Io, listener: ListenerPolicy, { mode, subprotocol = [], token }: ServeOptions) {
    this.token = token ? tokenOf(io.random(TOKEN_BYTES)) : undefined;
    const page = new Page((name) => fileOf(io, web.resolve(`../web/${name}`)), this.token);
    this.channel = new InspectorChannel({
      hello: () => ({ version: VERSION, mode, subprotocols: subprotocol }),
      draw: pageRecord,
      drawClosed: connectionRecord,
      drawPolled: polledRecord,
      ping: (connection, data) => this.server?.ping(connection, data) === true,
      now: () => io.now(),
      listener,
      token: this.token,
    });
    this.services = {
      page: (request, response, target) => page.answer(request, response, target),
      channel: (upgrade) => this.channel.answer(upgrade),
      isForChannel: (request) => this.channel.isFor(request),
    };
  }

  /** The reports of a server go to `output`, and to the page. */
  beside(output: ServerTaker): ServerTaker {
    const { channel } = this;
    return {
      // With --quiet, only what a page shows is read: connections that begin while it is open.
      get looks() {
        return output.looks || channel.isWatched;
      },
      record(record) {
        output.record(record);
        channel.record(record);
      },
      closed(summary) {
        output.closed(summary);
        channel.closed(summary);
      },
      notice(message, connection) {
        output.notice(message, connection);
        channel.notice(message, connection);
      },
      polled(polled) {
        output.polled(polled);
        channel.polled(polled);
      },
    };
  }

  /** Where a browser finds the page of the server at that URL. */
  pageUrl(url: string): string {
    const page = new URL(url.replace(/^ws/, 'http'));
    // It listens at every address of this machine: the page needs one.
    if (page.hostname === '0.0.0.0') page.hostname = '127.0.0.1';
    if (page.hostname === '[::]') page.hostname = '[::1]';
    if (this.token) page.searchParams.set('token', this.token.text);
    return page.href;
  }

  watch(server: LiveServer): void {
    this.server = server;
  }

  close(): void {
    this.channel.close();
  }
}
