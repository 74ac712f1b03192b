import type * as http from 'node:http';
import type * as https from 'node:https';
import type { DeflateWish } from '../../codec/handshake/deflate-agreement.js';
import type { RequestHead } from '../../codec/http1/head.js';
import type { Polled } from '../../traffic/run-records/polled.js';
import type { Http2Front } from '../http2/http2-front.js';
import type { ReceivedUpgrade } from '../listener/http-listener.js';
import type { ListenPlace } from '../listener/listen-at.js';
import type { ListenerPolicy } from '../listener/policy.js';
import type { Replaying } from '../replay/replaying.js';
import type { KeyLogged } from '../sockets/key-log.js';
import type { LiveContext, LiveTaker } from '../sockets/live-connection.js';
import type { Answers } from './answering.js';
import type { ModeName } from './modes.js';
import type { PeerFaults } from './peer.js';
import type { ServerPolicy } from './server-policy.js';

export interface ServerLimits {
  /** Bytes of a message. */
  readonly payload: number;
  /** WebSockets at one time; other connections have places of their own. */
  readonly connections: number;
  /** Bytes of a request's head, and the seconds within which it has to be complete. */
  readonly head: number;
  readonly headSeconds: number;
  /** Seconds within which a request with a body has to be complete. */
  readonly bodySeconds: number;
  /** How long a peer may leave everything unread: seconds. */
  readonly stallSeconds: number;
}

export interface LiveServerOptions extends LiveContext {
  readonly place: ListenPlace;
  readonly tls?: https.ServerOptions & KeyLogged;
  readonly mode: ModeName;
  /** A recorded server, instead of the mode. */
  readonly replay?: Replaying | undefined;
  /** What is said besides what the mode says. */
  readonly answers?: Answers | undefined;
  readonly policy: ServerPolicy;
  /** Which clients are accepted. */
  readonly listener: ListenerPolicy;
  readonly faults: PeerFaults;
  readonly limits: ServerLimits;
  /** What is agreed on of permessage-deflate, where it is offered. */
  readonly deflate: DeflateWish | false;
  /** What `/compare.json` answers. */
  compare?(this: void): Promise<unknown>;
  /** No more than one connection, then the end. */
  readonly oneshot: boolean;
  /** Answers requests for neither a WebSocket nor polling: the page. False: it has nothing under that path. */
  page?(this: void, request: http.IncomingMessage, response: http.ServerResponse, target: URL): boolean;
  /** Takes HTTP/2 beside HTTP/1.1: loaded where that is wanted. */
  readonly http2?: typeof Http2Front | undefined;
  /** Another WebSocket service on the same port; false: it has nothing under that path. */
  channel?(this: void, upgrade: ReceivedUpgrade): boolean;
  /** A request for that service, which is not shown. */
  isForChannel?(this: void, request: RequestHead): boolean;
}

export interface ServerTaker extends LiveTaker {
  /** A page watches the connections that begin from now on. */
  readonly looks: boolean;
  notice(message: string, connection?: number): void;
  /** A request for polling was answered. */
  polled(polled: Polled): void;
}
