import { ACTIONCABLE } from './protocols/actioncable.js';
import { CENTRIFUGO } from './protocols/centrifugo/reader.js';
import { GRAPHQL_TRANSPORT_WS } from './protocols/graphql-transport-ws.js';
import { KUBERNETES } from './protocols/kubernetes.js';
import { PHOENIX } from './protocols/phoenix/reader.js';
import { PUSHER } from './protocols/pusher.js';
import { SIGNALR } from './protocols/signalr/reader.js';
import { SOCKET_IO } from './protocols/socket-io/reader.js';
import { MQTT } from './protocols/mqtt/reader.js';
import { SOCKJS } from './protocols/sockjs.js';
import { STOMP } from './protocols/stomp/reader.js';
import { NestedReading } from './nested.js';
import type { AppContext, AppProtocol, AppReader } from './packet.js';

/** The protocols that are read, by their names in records. Each one's signs are in `sign-table.ts`. */
export const APP_PROTOCOLS: readonly AppProtocol[] = [
  // One a line.
  ACTIONCABLE,
  CENTRIFUGO,
  GRAPHQL_TRANSPORT_WS,
  KUBERNETES,
  MQTT,
  PHOENIX,
  PUSHER,
  SIGNALR,
  SOCKET_IO,
  SOCKJS,
  STOMP,
];

/** A reader of the protocol of that name; undefined: there is none. */
export function openApp(name: string, context: Omit<AppContext, 'nested'>): AppReader | undefined {
  const nested = (inner?: string): AppReader => new NestedReading(openApp, context, inner);
  return APP_PROTOCOLS.find((protocol) => protocol.name === name)?.open({ ...context, nested });
}
