import * as net from 'node:net';
import * as tls from 'node:tls';
import type { Socket } from 'node:net';
import type { RequestHead } from '../../codec/http1/head.js';
import { endpointText, parseEndpoint, UNKNOWN_ENDPOINT, type Endpoints } from '../../codec/bytes/endpoint.js';
import type { ConnectionFilter } from '../../traffic/selection/filters.js';
import type { RelayFault } from '../../traffic/run-records/relay-fault.js';
import type { Polled } from '../../traffic/run-records/polled.js';
import { ambiguityIn, tunnelRefusal, factsOfHead } from '../listener/request-facts.js';
import { LimitedNotices } from '../listener/limited-notices.js';
import { OpenConnections } from '../listener/open-connections.js';
import { dial, type DialRoute } from '../client/dial.js';
import type { Cause } from '../../rules/causes/catalogue.js';
import { listenAt } from '../listener/listen-at.js';
import { firstHead } from '../listener/first-head.js';
import { refusalFor, type ListenerPolicy, type PolicyRefusal } from '../listener/policy.js';
import { LiveConnection, type LiveContext, type LiveTaker } from '../sockets/live-connection.js';
import { readOut } from '../sockets/defer-write-errors.js';
import { remoteEnd } from '../sockets/socket-ends.js';
import { tlsAlert, tlsReason } from '../sockets/tls-reason.js';
import { takeTurns } from '../sockets/turns.js';
import type { Http2Mode, Http2Relay, Http2RelayTaker } from '../http2/http2-relay.js';
import type { Http2Upstream, UpstreamEnd } from '../http2/http2-upstream.js';
import { asksForWebSocket } from '../../codec/handshake/asks.js';
import { beginsHttp2 } from '../listener/begins-http2.js';
import { OwnClose } from './own-close.js';
import { StreamWatch } from './stream-watch.js';
import {
  RelayConnection,
  type RelayEnd,
  type RelayFaultEvent,
  type RelayFaults,
  type RelayWatcher,
} from './connection.js';
import type { HeadEdit } from './head.js';
import { refusalText } from '../listener/handshake-rejection.js';
import { logKeys, type KeyLogged } from '../sockets/key-log.js';

export interface RelayLimits {
  /** Connections of clients at one time. */
  readonly connections: number;
  /** Seconds within which the head of a request has to be complete. */
  readonly headSeconds: number;
}

export interface RelayOptions extends LiveContext {
  readonly host: string;
  readonly port: number;
  /** TLS is used with the clients. */
  readonly tls?: tls.TlsOptions & KeyLogged;
  /** Which clients are accepted. */
  readonly listener: ListenerPolicy;
  readonly limits: RelayLimits;
  readonly route: DialRoute;
  /** Seconds that a connection to the server may take. */
  readonly connectTime: number;
  readonly edit: HeadEdit;
  readonly faults: RelayFaults;
  /** Numbers from 0 up to 1 for the faults of a connection. */
  random(this: void, connection: number): () => number;
  /** HTTP/2 is taken of the clients, and sent to the server as `mode` has it. */
  readonly http2?: { readonly mode: Http2Mode; readonly relay: typeof Http2Relay } | undefined;
  /** Whether a connection is inspected. */
  readonly wants?: ConnectionFilter | undefined;
}

export interface RelayServerTaker extends LiveTaker {
  /** A page watches the connections that begin from now on. */
  readonly looks: boolean;
  notice(message: string): void;
  fault(fault: RelayFault): void;
  polled(polled: Polled): void;
}

/** Connections without a complete request: each has its head in memory. */
const MOST_WAITING = 400;

const NOBODY: LiveTaker = { record: () => undefined, closed: () => undefined };
/** The time that a refused client has to read the answer: milliseconds; and the number of clients that have that time at once. */
const TAKING = 1000;
const MOST_REFUSED = 100;

type Watching = (number: number, ends: Endpoints, taker: LiveTaker, context: LiveContext) => RelayWatcher;

/** A request that may pass. */
interface Visitor {
  readonly end: RelayEnd;
  /** The connection that it came on. */
  readonly socket: Socket;
  readonly head: RequestHead;
  /** All bytes that came so far. */
  readonly bytes: Uint8Array;
  /** Undefined: a connection of HTTP/1.1. */
  readonly upstream: Http2Upstream | undefined;
  /** Whether the head of another request has to follow. */
  readonly awaits: (isAwaited: boolean) => void;
  readonly watch: Watching;
}

const inHttp1: Watching = (number, ends, taker, context) => new LiveConnection(number, ends, 'server', context, taker);

/** Accepts connections, and opens one to the server for each. */
export class RelayServer {
  private readonly server: net.Server;
  private readonly sockets = new Set<Socket>();
  private readonly open = new Set<RelayConnection>();
  private readonly giveUp = new AbortController();
  private numbers = 0;
  private visits = 0;
  private refused = 0;
  private readonly notices: LimitedNotices;
  private readonly connections: OpenConnections<Socket>;
  private readonly http2: Http2Relay | undefined;

  constructor(
    private readonly options: RelayOptions,
    private readonly taker: RelayServerTaker,
  ) {
    const { connections, headSeconds } = options.limits;
    this.notices = new LimitedNotices((message) => taker.notice(message));
    const waiting = Math.min(connections, MOST_WAITING);
    this.connections = new OpenConnections({ connections, waiting }, (socket) => socket.destroy());
    const shape = { allowHalfOpen: true, noDelay: true };
    const take = (socket: Socket): void => void this.take(socket);
    const { http2 } = options;
    this.http2 = http2 && new http2.relay(http2.mode, options.route, options, this.http2Taker());
    const ALPNProtocols = http2 ? ['h2', 'http/1.1'] : ['http/1.1'];
    const handshake = { ALPNProtocols, handshakeTimeout: headSeconds * 1000 };
    this.server = options.tls
      ? tls.createServer({ ...options.tls, ...shape, ...handshake }, take)
      : net.createServer({ ...shape, pauseOnConnect: true }, take);
    logKeys(this.server, options.tls);
    // Before TLS is negotiated, only Node.js knows a connection.
    if (options.tls) this.server.maxConnections = connections + MOST_REFUSED;
    this.server.on('tlsClientError', (error: NodeJS.ErrnoException) =>
      this.notices.add(`a TLS handshake failed: ${tlsReason(error, 'server')}`),
    );
  }

  /** Resolves with the port. */
  listen(): Promise<number> {
    return listenAt(this.server, this.options);
  }

  /** Accepts no more clients, and ends the open connections. */
  async close(): Promise<void> {
    this.giveUp.abort();
    const gone = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.http2?.close();
    const finished = [...this.open].map((connection) => {
      connection.close();
      return connection.finished;
    });
    await Promise.all(finished);
    for (const socket of this.sockets) socket.destroy();
    this.http2?.destroy();
    await gone;
  }

  private async take(client: Socket): Promise<void> {
    this.sockets.add(client);
    client.on('close', () => {
      this.sockets.delete(client);
      this.connections.left(client);
    });
    // Until the server answers, only the client's end can fail.
    client.on('error', () => undefined);
    client.pause();
    readOut(client);
    takeTurns(client);
    const { headSeconds } = this.options.limits;
    if (!this.connections.enter(client)) return this.refuse(client, TOO_MANY);
    const isHttp2 = this.http2 !== undefined && (await beginsHttp2(client, headSeconds));
    if (isHttp2 === undefined) return void client.destroy();
    if (isHttp2) return this.http2?.begin(client);
    // No connection is opened for an incomplete head, or for a client that is refused.
    const first = await firstHead(client, headSeconds);
    if ('left' in first) return void client.destroy();
    const refusal = 'refusal' in first ? first.refusal : this.refusalOf(first.head);
    if (refusal || 'refusal' in first) return this.refuse(client, refusal ?? TOO_MANY);
    this.connections.settled(client);
    const upstream = this.http2?.upstream();
    client.on('close', () => upstream?.close());
    const awaits = (isAwaited: boolean): void => this.connections[isAwaited ? 'waits' : 'settled'](client);
    const { head, bytes } = first;
    await this.relay({ end: client, socket: client, head, bytes, upstream, awaits, watch: inHttp1 });
  }

  private http2Taker(): Http2RelayTaker {
    return {
      visit: ({ request, ...visitor }) => {
        const { end, watches } = visitor;
        const isFull = this.open.size >= this.options.limits.connections;
        const refusal = isFull ? TOO_MANY : this.refusalOf(request);
        if (refusal) return this.refuse(end, refusal);
        const { head, key } = end;
        const watch: Watching = (number, ends, taker) => {
          const made = new StreamWatch({ number, ends, head, key }, this.options, taker);
          watches.add(made);
          end.on('close', () => watches.delete(made));
          return made;
        };
        void this.relay({ ...visitor, head: request, awaits: () => undefined, watch });
      },
      trouble: (message) => this.notices.add(message),
      busy: (socket, isBusy) => this.connections[isBusy ? 'settled' : 'waits'](socket),
    };
  }

  /** A connection to the server is opened for a request that may pass. */
  private async relay(visitor: Visitor): Promise<void> {
    const { route, connectTime } = this.options;
    const { end, head, upstream } = visitor;
    const signal = AbortSignal.any([this.giveUp.signal, AbortSignal.timeout(connectTime * 1000)]);
    try {
      const line = await (upstream ? upstream.open(asksForWebSocket(head), signal) : dial(route, signal));
      if (end.destroyed) line.stream.destroy();
      else this.connect(visitor, line);
    } catch (error) {
      const why = (error as { readonly why?: Cause }).why;
      this.refuse(end, { status: 502, reason: (error as Error).message }, why);
    }
  }

  private refusalOf(head: RequestHead): PolicyRefusal | undefined {
    const { tls: material, listener } = this.options;
    return (
      tunnelRefusal(head) ??
      ambiguityIn(head) ??
      refusalFor(factsOfHead(head, material !== undefined), 'guarded', listener)
    );
  }

  private connect(
    { end, socket, bytes, awaits, watch: watching }: Visitor,
    { stream: server, ends }: UpstreamEnd,
  ): void {
    const { options, taker } = this;
    server.on('error', (error: NodeJS.ErrnoException) => {
      const alert = tlsAlert(error);
      if (alert !== undefined) this.notices.add(`TLS with the server: ${alert}`);
    });
    const there = 'resetWith' in server ? ends.server && parseEndpoint(ends.server) : remoteEnd(server);
    const both = { client: remoteEnd(socket) ?? UNKNOWN_ENDPOINT, server: there || UNKNOWN_ENDPOINT };
    const texts = { ...ends, client: endpointText(both.client) };
    let number = -1;
    let isWanted = taker.looks && options.wants === undefined;
    let own: OwnClose | undefined;
    const watch = (): RelayWatcher | undefined => {
      number = this.numbers++;
      isWanted = taker.looks && options.wants?.({ number, ...both }) !== false;
      // A connection that is not shown is recorded as well.
      if (!isWanted && options.recorder === undefined) return undefined;
      own = new OwnClose(isWanted ? taker : NOBODY);
      return watching(number, texts, own, options);
    };
    const plan = {
      edit: options.edit,
      headSeconds: options.limits.headSeconds,
      refusal: (head: RequestHead) => this.refusalOf(head),
      faults: options.faults,
      random: options.random(this.visits++),
      now: options.now,
    };
    const relayTaker = {
      watch,
      fault: (fault: RelayFaultEvent) => {
        if (own && fault.fault === 'close') own.sent = options.faults.closeAfter;
        if (isWanted) taker.fault({ connection: number, time: options.now(), ...fault });
      },
      polled: (polled: Omit<Polled, 'client'>) =>
        void (taker.looks && taker.polled({ client: endpointText(both.client), ...polled })),
      refused: (refusal: PolicyRefusal) => this.reportRefusal(refusal),
      awaits,
    };
    const connection = new RelayConnection(end, server, plan, relayTaker, bytes);
    this.open.add(connection);
    void connection.finished.then(() => this.open.delete(connection));
  }

  /** An answer of ours, and then the end. */
  private refuse(client: RelayEnd, refusal: PolicyRefusal, why?: Cause): void {
    if (this.giveUp.signal.aborted || this.refused >= MOST_REFUSED) return void client.destroy();
    this.reportRefusal(refusal, why);
    this.refused++;
    client.on('close', () => this.refused--);
    client.resume();
    client.end(refusalText({ ...refusal, reason: `wsinspect: ${refusal.reason}` }));
    setTimeout(() => client.destroy(), TAKING).unref();
  }

  private reportRefusal({ status, reason }: PolicyRefusal, why?: Cause): void {
    const cause = why === undefined ? '' : `; why: ${why.message} (${why.code})`;
    this.notices.add(`a connection is refused with ${status}: ${reason}${cause}`);
  }
}

const TOO_MANY: PolicyRefusal = { status: 503, reason: 'there are too many connections (--max-connections)' };

/** The other end of a socket; IPv4 as it is, where the socket takes both. */
