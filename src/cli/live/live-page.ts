import { InspectorChannel } from '../../live/server/inspector-channel.js';
import { PageServer } from '../../live/server/page-server.js';
import type { ServerTaker } from '../../live/server/server-options.js';
import { isLoopback, listenError, listenUrl, parseAddress } from '../host/addresses.js';
import type { Io } from '../host/io.js';
import type { ListenerOptions } from '../options/listener-options.js';
import type { PageOptions } from '../options/page-options.js';
import { VERSION } from '../options/version.js';
import { listenerPolicyOf } from './listener-policy.js';
import { pageAccess } from './page-access.js';
import { endRecord, pageRecords, requestRecord } from '../../describe/timeline/page-records.js';
import { nodeBase64 } from '../host/node-base64.js';

/** A free port: the page is opened by its printed address. */
const DEFAULT_ADDRESS = { host: '127.0.0.1', port: 0 };

/** The page of `--page`: a listener of its own, with the rules of the page of `serve`. */
export interface LivePage {
  readonly url: string;
  readonly channel: InspectorChannel;
  close(): Promise<void>;
}

/** Listens for the page, where the options request one. `mode` is what the page calls the traffic. */
export async function openLivePage(
  io: Io,
  options: PageOptions & ListenerOptions,
  mode: string,
  notice: (message: string) => void,
): Promise<LivePage | undefined> {
  if (options.page === undefined) return undefined;
  const place = options.page === '' ? DEFAULT_ADDRESS : parseAddress(options.page, DEFAULT_ADDRESS);
  const listener = listenerPolicyOf(place.host, options);
  const access = pageAccess(io, options.token, 'live.js');
  const channel = new InspectorChannel({
    hello: () => ({ version: VERSION, feed: 'watch', mode, subprotocols: [] }),
    draw: (record) => pageRecords(record, nodeBase64),
    drawClosed: endRecord,
    drawPolled: requestRecord,
    ping: () => false,
    now: () => io.now(),
    listener,
    token: access.token,
  });
  const upgrade: ConstructorParameters<typeof PageServer>[0]['channel'] = (asked) => channel.answer(asked);
  const server = new PageServer({ place, listener, page: access.page, channel: upgrade, notice });
  const port = await server.listen().catch((error: NodeJS.ErrnoException) => {
    throw listenError(place, error);
  });
  const url = access.url(listenUrl(false, place, port));
  if (!isLoopback(place.host)) notice(`warning: everyone who can reach ${place.host} can connect to the page`);
  notice(`open ${url} to watch`);
  const close = async (): Promise<void> => {
    channel.close();
    await server.close();
  };
  return { url, channel, close };
}

/** The reports of a server go to `output`, and to the page. */
export function besideChannel(output: ServerTaker, channel: InspectorChannel): ServerTaker {
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
