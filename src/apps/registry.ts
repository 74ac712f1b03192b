import { ACTIONCABLE } from './protocols/actioncable.js';
import { AMQP } from './protocols/amqp/reader.js';
import { BAYEUX } from './protocols/bayeux.js';
import { CDP } from './protocols/cdp.js';
import { CENTRIFUGO } from './protocols/centrifugo/reader.js';
import { DISCORD_GATEWAY } from './protocols/discord-gateway/reader.js';
import { GRAPHQL_TRANSPORT_WS } from './protocols/graphql-transport-ws.js';
import { GRAPHQL_WS } from './protocols/graphql-ws.js';
import { HOCUSPOCUS } from './protocols/hocuspocus.js';
import { JSON_RPC } from './protocols/json-rpc.js';
import { JUPYTER } from './protocols/jupyter.js';
import { KUBERNETES } from './protocols/kubernetes.js';
import { MQTT } from './protocols/mqtt/reader.js';
import { NATS } from './protocols/nats/reader.js';
import { NES } from './protocols/nes.js';
import { OCPP_J } from './protocols/ocpp-j.js';
import { OPENAI_REALTIME } from './protocols/openai-realtime.js';
import { PHOENIX } from './protocols/phoenix/reader.js';
import { PUSHER } from './protocols/pusher.js';
import { SIGNALR } from './protocols/signalr/reader.js';
import { SIP } from './protocols/sip.js';
import { SOCKET_IO } from './protocols/socket-io/reader.js';
import { SOCKETCLUSTER } from './protocols/socketcluster.js';
import { SOCKJS } from './protocols/sockjs.js';
import { STOMP } from './protocols/stomp/reader.js';
import { TRPC } from './protocols/trpc.js';
import { VITE_HMR } from './protocols/vite-hmr.js';
import { WAMP } from './protocols/wamp/reader.js';
import { WEBDRIVER_BIDI } from './protocols/webdriver-bidi.js';
import { XMPP } from './protocols/xmpp.js';
import { YJS } from './protocols/yjs/reader.js';
import { ZLIB_STREAM } from './protocols/zlib-stream.js';
import type { AppContext, AppProtocol, AppReader } from './packet.js';

/** The protocols that are read, by their names in records. Each one's signs are in `sign-table.ts`. */
export const APP_PROTOCOLS: readonly AppProtocol[] = [
  // One a line.
  ACTIONCABLE,
  AMQP,
  BAYEUX,
  CDP,
  CENTRIFUGO,
  DISCORD_GATEWAY,
  GRAPHQL_TRANSPORT_WS,
  GRAPHQL_WS,
  HOCUSPOCUS,
  JSON_RPC,
  JUPYTER,
  KUBERNETES,
  MQTT,
  NATS,
  NES,
  OCPP_J,
  OPENAI_REALTIME,
  PHOENIX,
  PUSHER,
  SIGNALR,
  SIP,
  SOCKETCLUSTER,
  SOCKET_IO,
  SOCKJS,
  STOMP,
  TRPC,
  VITE_HMR,
  WAMP,
  WEBDRIVER_BIDI,
  XMPP,
  YJS,
  ZLIB_STREAM,
];

/** A reader of the protocol of that name; undefined: there is none. */
export function openApp(name: string, context: AppContext): AppReader | undefined {
  return APP_PROTOCOLS.find((protocol) => protocol.name === name)?.open(context);
}
