import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { beginsHttp2 } from './begins-http2.js';
import { headOfMessage } from './head-of-message.js';
import { answerAlone, asksForOther } from './other-upgrade.js';
import { listenAt, type ListenPlace } from './listen-at.js';
import { refuse } from './handshake-rejection.js';
import type { RequestHead } from '../../codec/http1/head.js';
import { ByteCollector } from '../../codec/bytes/byte-collector.js';
import type { Endpoints } from '../../codec/bytes/endpoint.js';
import { readOut } from '../sockets/defer-write-errors.js';
import { tunnelRefusal } from './request-facts.js';
import { otherProtocol } from './other-protocol.js';
import { OpenConnections, type ConnectionLimits } from './open-connections.js';
import { endsOf } from '../sockets/socket-ends.js';
import { Tap, type TapTaker } from '../sockets/tap.js';
import { MOST_HEAD } from '../sockets/ws-limits.js';
import { tlsReason } from '../sockets/tls-reason.js';
import { readAtMost, takeTurns } from '../sockets/turns.js';

/** A client that requests a WebSocket. */
export interface ReceivedUpgrade {
  readonly request: IncomingMessage;
  readonly stream: Duplex;
  /** Bytes that came after the request's head. */
  readonly head: Buffer;
  readonly ends: Endpoints;
  /** Of a connection of HTTP/1.1. */
  readonly tap?: HeldTap;
  /** Of a stream of HTTP/2, whose connection is watched as a whole: its request, and the number of its records. */
  readonly http2?: { readonly head: RequestHead; readonly number: number };
  /** The connection was reset, as far as is known. */
  readonly wasReset: () => boolean;
}

export interface HttpTaker {
  request(request: IncomingMessage, response: ServerResponse, tap: HeldTap): void;
  upgrade(upgrade: ReceivedUpgrade): void;
  /** A client came that sent no HTTP, or no TLS. */
  trouble(message: string): void;
  /** Takes a connection of HTTP/2; undefined: none is taken. */
  readonly http2?: ((socket: Socket, ends: Endpoints) => void) | undefined;
}

/** An error of a request, with the chunk in which it was found. */
type HttpError = NodeJS.ErrnoException & { readonly rawPacket?: Buffer };

/** What Node.js reports of bad requests: the answer, and the words for it. */
const HTTP_TROUBLE: Readonly<Record<string, readonly [status: string, words: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', `the head is longer than ${MOST_HEAD / 1024} KiB`],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the head did not come in time'],
};

export interface HttpListenerLimits extends ConnectionLimits {
  /** Bytes of a head, and seconds within which it is shown which version of HTTP it is. */
  readonly head: number;
  readonly headSeconds: number;
}

/** What is kept of a request, in case it asks for a WebSocket: its head, and what came with it. */
const MOST_AFTER_HEAD = 128 * 1024;

/** Accepts connections: plain HTTP and WebSocket are separated, and of the latter no byte is missed. */
export class HttpListener {
  private readonly taps = new WeakMap<Duplex, HeldTap>();
  private readonly sockets = new Set<Socket>();
  /** Of a Unix socket, whose connections have no addresses. */
  private path: string | undefined;
  private readonly connections: OpenConnections<Socket>;

  constructor(
    private readonly server: Server,
    connection: 'connection' | 'secureConnection',
    limits: HttpListenerLimits,
    taker: HttpTaker,
  ) {
    this.connections = new OpenConnections(limits, (socket) => socket.destroy());
    // Before TLS is negotiated, only Node.js knows a connection.
    if (connection === 'secureConnection') server.maxConnections = limits.connections + limits.waiting;
    const ofHttp = server.listeners(connection);
    server.removeAllListeners(connection);
    const takeHttp1 = (socket: Socket): void => {
      for (const listener of ofHttp) listener.call(server, socket);
      takeTurns(socket);
      this.taps.set(socket, new HeldTap(socket, limits.head + MOST_AFTER_HEAD));
    };
    server.on(connection, (socket: Socket) => {
      if (!this.connections.enter(socket)) {
        taker.trouble('a connection was refused: there are too many');
        return void socket.destroy();
      }
      this.sockets.add(socket);
      socket.on('close', () => {
        this.sockets.delete(socket);
        this.connections.left(socket);
      });
      const { http2 } = taker;
      if (http2 === undefined) return takeHttp1(socket);
      void beginsHttp2(socket, limits.headSeconds).then((isHttp2) => {
        if (isHttp2 === undefined) socket.destroy();
        else if (isHttp2) http2(socket, this.endsOf(socket));
        else takeHttp1(socket);
      });
    });
    reportTrouble(server, taker);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const tap = this.taps.get(request.socket);
      if (tap === undefined) return request.destroy();
      this.connections.settled(request.socket);
      response.on('close', () => this.connections.waits(request.socket));
      tap.forget();
      taker.request(request, response, tap);
      // After whoever counts: what passed belongs to no later request of the connection.
      response.on('close', () => void tap.count());
    });
    server.on('connect', (request: IncomingMessage, stream: Duplex) => {
      const refusal = tunnelRefusal(request)!;
      taker.trouble(`a request is refused with ${refusal.status}: ${refusal.reason}`);
      refuse(stream, refusal);
    });
    server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
      const socket = stream as Socket;
      const tap = this.taps.get(stream);
      if (tap === undefined) return stream.destroy();
      if (asksForOther(request)) return answerAlone(server, request, socket);
      this.connections.settled(socket);
      readOut(stream);
      tap.want(request, head);
      // `ws` puts back what came with the head, and reads it again.
      tap.putBack(head.length);
      let failed = false;
      stream.on('error', () => (failed = true));
      const wasReset = (): boolean => failed || (socket.destroyed && !socket.readableEnded);
      taker.upgrade({
        request,
        stream,
        head,
        ends: this.endsOf(socket),
        tap,
        wasReset,
      });
    });
  }

  /** Both ends of a connection. */
  endsOf(socket: Socket): Endpoints {
    return this.path === undefined ? endsOf(socket) : { server: this.path };
  }

  /** Whether an HTTP/2 connection has streams: without one, it may be closed to make room. */
  busy(socket: Socket, isBusy: boolean): void {
    if (isBusy) this.connections.settled(socket);
    else this.connections.waits(socket);
  }

  /** Resolves with the port. */
  listen(place: ListenPlace): Promise<number> {
    this.path = place.path;
    return listenAt(this.server, place);
  }

  /** Accepts no more clients; resolves when all have closed. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeIdleConnections();
      // Browsers open connections in advance, and Node counts those as busy.
      for (const socket of this.sockets) if (socket.bytesRead === 0) socket.destroy();
    });
  }

  /** Of each connection this number of bytes is still read, then it is ended. */
  readAtMost(bytes: number): void {
    for (const socket of this.sockets) readAtMost(socket, bytes);
  }

  destroy(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}

/** Reports clients that send no TLS, or no HTTP. */
function reportTrouble(server: Server, taker: Pick<HttpTaker, 'trouble'>): void {
  server.on('tlsClientError', (error: NodeJS.ErrnoException) => {
    taker.trouble(`a TLS handshake failed: ${tlsReason(error, 'server')}`);
  });
  server.on('clientError', (error: HttpError, socket: Duplex) => {
    const { code = '', rawPacket } = error;
    if (code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const other = rawPacket && otherProtocol(rawPacket, '--cert and --key', '--http2');
    if (other) {
      taker.trouble(`a connection is refused with ${other.status}: ${other.reason}`);
      return refuse(socket, other);
    }
    taker.trouble(`a connection was refused: ${HTTP_TROUBLE[code]?.[1] ?? `no HTTP (${error.message})`}`);
    socket.end(`HTTP/1.1 ${HTTP_TROUBLE[code]?.[0] ?? '400 Bad Request'}\r\nConnection: close\r\n\r\n`);
  });
}

/** Bytes that passed, of which the first are kept. */
const MOST_PASSED = 4096;

interface PassedBytes {
  readonly incoming: ByteCollector;
  readonly outgoing: ByteCollector;
}

function nothingPassed(): PassedBytes {
  return { incoming: new ByteCollector(MOST_PASSED), outgoing: new ByteCollector(MOST_PASSED) };
}

/** A copy: what is kept holds no buffer of a socket. */
function pass(passed: ByteCollector, bytes: Uint8Array): void {
  const first = Uint8Array.prototype.slice.call(bytes, 0, passed.room);
  passed.push(first);
  passed.skip(bytes.length - first.length);
}

/** A tap that keeps bytes until a taker is set. */
export class HeldTap implements TapTaker {
  private readonly tap: Tap;
  private held: Uint8Array[] | undefined = [];
  private size = 0;
  private taker: TapTaker | undefined;
  /** What passed since `count` was called. */
  private passed = nothingPassed();

  constructor(
    socket: Duplex,
    private readonly most: number,
  ) {
    this.tap = new Tap(socket, this);
  }

  incoming(bytes: Uint8Array): void {
    if (this.taker) return this.taker.incoming(bytes);
    pass(this.passed.incoming, bytes);
    if (this.held === undefined) return;
    this.size += bytes.length;
    if (this.size > this.most) this.forget();
    else this.held.push(bytes.slice());
  }

  outgoing(bytes: Uint8Array): void {
    if (this.taker) return this.taker.outgoing(bytes);
    pass(this.passed.outgoing, bytes);
  }

  /** What passed since the last call, while there was no taker. */
  count(): PassedBytes {
    const { passed } = this;
    this.passed = nothingPassed();
    return passed;
  }

  putBack(length: number): void {
    this.tap.putBack(length);
  }

  /** Nothing is passed on. */
  close(): void {
    this.tap.close();
    this.held = undefined;
  }

  /** It was a request for something else. */
  forget(): void {
    this.held = undefined;
  }

  /** It requests a WebSocket. After another request on the same connection its head is written from what Node.js has read. */
  want(request: IncomingMessage, head: Uint8Array): void {
    this.held ??= [headOfMessage(request), head];
  }

  /** From now on `taker` gets the bytes, beginning with what was kept. */
  handTo(taker: TapTaker): void {
    for (const bytes of this.held ?? []) taker.incoming(bytes);
    this.held = undefined;
    this.taker = taker;
  }
}
