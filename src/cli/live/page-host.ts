import { InspectorChannel } from '../../live/server/inspector-channel.js';
import type { ListenerPolicy } from '../../live/listener/policy.js';
import type { LiveServer } from '../../live/server/server.js';
import type { LiveServerOptions, ServerTaker } from '../../live/server/server-options.js';
import { besideChannel } from './live-page.js';
import { pageAccess, type PageAddress } from './page-access.js';
import { endRecord, pageRecords, requestRecord } from '../../describe/timeline/page-records.js';
import { nodeBase64 } from '../host/node-base64.js';
import type { Io } from '../host/io.js';
import type { ServeOptions } from '../options/serve-options.js';
import { VERSION } from '../options/version.js';

/** The page that `serve` hands out, and the channel of its records. */
export class PageHost {
  readonly services: Required<Pick<LiveServerOptions, 'page' | 'channel' | 'isForChannel'>>;
  private readonly channel: InspectorChannel;
  private server: LiveServer | undefined;

  private readonly access: PageAddress;

  constructor(io: Io, listener: ListenerPolicy, { mode, subprotocol = [], token }: ServeOptions) {
    this.access = pageAccess(io, token, 'live.js');
    this.channel = new InspectorChannel({
      hello: () => ({ version: VERSION, feed: 'serve', mode, subprotocols: subprotocol }),
      draw: (record) => pageRecords(record, nodeBase64),
      drawClosed: endRecord,
      drawPolled: requestRecord,
      ping: (connection, data) => this.server?.ping(connection, data) === true,
      now: () => io.now(),
      listener,
      token: this.access.token,
    });
    this.services = {
      page: this.access.page,
      channel: (upgrade) => this.channel.answer(upgrade),
      isForChannel: (request) => this.channel.isFor(request),
    };
  }

  /** The reports of a server go to `output`, and to the page. */
  beside(output: ServerTaker): ServerTaker {
    return besideChannel(output, this.channel);
  }

  /** Where a browser finds the page of the server at that URL. */
  pageUrl(url: string): string {
    return this.access.url(url);
  }

  watch(server: LiveServer): void {
    this.server = server;
  }

  close(): void {
    this.channel.close();
  }
}
