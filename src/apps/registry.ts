import { GRAPHQL_TRANSPORT_WS } from './protocols/graphql-transport-ws.js';
import { SOCKET_IO } from './protocols/socket-io/reader.js';
import { MQTT } from './protocols/mqtt/reader.js';
import { NATS } from './protocols/nats/reader.js';
import { SIP } from './protocols/sip.js';
import { XMPP } from './protocols/xmpp.js';
import { YJS } from './protocols/yjs/reader.js';
import { HOCUSPOCUS } from './protocols/hocuspocus.js';
import { DISCORD_GATEWAY } from './protocols/discord-gateway/reader.js';
import { ZLIB_STREAM } from './protocols/zlib-stream.js';
import { AMQP } from './protocols/amqp/reader.js';
import { NestedReading } from './nested.js';
import type { AppContext, AppProtocol, AppReader } from './packet.js';

/** The protocols that are read, by their names in records. Each one's signs are in `sign-table.ts`. */
export const APP_PROTOCOLS: readonly AppProtocol[] = [
  // One a line.
  AMQP,
  DISCORD_GATEWAY,
  GRAPHQL_TRANSPORT_WS,
  HOCUSPOCUS,
  MQTT,
  NATS,
  SIP,
  SOCKET_IO,
  XMPP,
  YJS,
  ZLIB_STREAM,
];

/** A reader of the protocol of that name; undefined: there is none. */
export function openApp(name: string, context: Omit<AppContext, 'nested'>): AppReader | undefined {
  const nested = (inner?: string): AppReader => new NestedReading(openApp, context, inner);
  return APP_PROTOCOLS.find((protocol) => protocol.name === name)?.open({ ...context, nested });
}
