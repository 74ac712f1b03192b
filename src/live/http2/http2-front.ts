import { HTTP2_ERROR } from '../../codec/http2/http2-codes.js';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as http2 from 'node:http2';
import type { Socket } from 'node:net';
import type { Endpoints } from '../../codec/bytes/endpoint.js';
import { refuse } from '../listener/handshake-rejection.js';
import type { PolicyRefusal } from '../listener/policy.js';
import type { RequestHead } from '../../codec/http1/head.js';
import type { ReceivedUpgrade } from '../listener/http-listener.js';
import { tunnelRefusal } from '../listener/request-facts.js';
import { MOST_HEAD } from '../sockets/ws-limits.js';
import { http2FaultWords } from '../../traffic/layers/http2-words.js';
import { takeTurns } from '../sockets/turns.js';
import { asUpgrade, requestHead } from './http2-request.js';
import { takesHttp1Answer } from './http1-answer.js';
import { goawayTrouble, sessionTrouble } from './http2-trouble.js';
import { LiveHttp2, type LiveHttp2Taker } from './live-http2.js';
import type { LiveContext } from '../sockets/live-connection.js';
import { SessionWatch, type SessionTimes } from './session-watch.js';
import { TappedSocket } from './tapped-socket.js';

/** A request, nothing of it answered. Of a CONNECT it is one for a WebSocket. */
export interface ReceivedStream {
  readonly stream: http2.ServerHttp2Stream;
  readonly head: RequestHead;
  readonly socket: Socket;
  /** A relay ends the stream for itself. */
  readonly leaves: () => void;
}

/** Gets requests as those of HTTP/1.1 that mean the same. */
export interface Http2FrontTaker extends Http2Visits {
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(upgrade: ReceivedUpgrade): void;
}

/** Gets requests as they are. */
export interface Http2StreamsTaker extends Http2Visits {
  stream(received: ReceivedStream): void;
  /** The client sent a GOAWAY. */
  goaway(socket: Socket, code: number, lastStream: number): void;
}

interface Http2Visits {
  /** A connection was ended, or a request refused. */
  trouble(message: string): void;
  /** A connection begins. Gives what takes its records; undefined: they are not wanted. */
  begins(): LiveHttp2Taker | undefined;
  /** The number of a WebSocket that is not read. */
  number(): number;
  /** Whether a connection has streams: without one it may be closed to make room. */
  busy(socket: Socket, isBusy: boolean): void;
}

/** Streams that a client may have open at one time. */
const MOST_STREAMS = 1000;
/** Bytes that a peer may send on a stream, and on the connection, before they are read. */
const STREAM_WINDOW = 256 * 1024;
const CONNECTION_WINDOW = 4 * 1024 * 1024;
/** Fields of a request. */
const MOST_FIELDS = 2000;

const NO_WEBSOCKET: PolicyRefusal = {
  status: 501,
  reason: 'the only :protocol of an extended CONNECT that is known here is websocket (RFC 8441 section 5)',
};

/** One connection. */
interface FrontConnection {
  readonly socket: Socket;
  readonly ends: Endpoints;
  readonly live: LiveHttp2 | undefined;
  watch?: SessionWatch;
  /** A GOAWAY was passed on, or it was reported why it ends. */
  isEnded: boolean;
  /** The one with an error that this end sent. */
  goaway?: { readonly code: number; readonly debug: string };
}

/**
 * The HTTP/2 connections of a listener: `node:http2` is the endpoint. An extended CONNECT (RFC 8441) is handed on as the
 * request over HTTP/1.1 that means the same, so that one server takes both.
 */
export class Http2Front {
  private readonly server: http2.Http2Server;
  private readonly sessions = new Map<http2.Http2Session, FrontConnection>();
  /** The connection of which the session is being made. */
  private next: FrontConnection | undefined;

  constructor(
    private readonly context: LiveContext,
    private readonly taker: Http2FrontTaker | Http2StreamsTaker,
    private readonly times?: SessionTimes,
  ) {
    this.server = http2.createServer({
      maxHeaderListPairs: MOST_FIELDS,
      settings: {
        enableConnectProtocol: true,
        maxConcurrentStreams: MOST_STREAMS,
        maxHeaderListSize: MOST_HEAD,
        initialWindowSize: STREAM_WINDOW,
      },
    });
    this.server.on('session', (session) => this.enter(session));
    this.server.on('sessionError', () => undefined);
    this.server.on('stream', (stream, headers, _flags, rawHeaders?: unknown) =>
      this.take(stream, headers, rawHeaders as string[]),
    );
  }

  /** Nothing of the connection was read, or what was read was put back. */
  begin(socket: Socket, ends: Endpoints): void {
    const watcher = this.taker.begins();
    const live = watcher && new LiveHttp2(ends, 'server', this.context, watcher);
    const visit: FrontConnection = { socket, ends, live, isEnded: false };
    this.next = visit;
    if (live) takeTurns(socket);
    // As Node.js does with a socket that is not half-open: its streams are over.
    else socket.on('end', () => socket.end());
    this.server.emit('connection', live ? this.tapped(visit, live) : socket);
    this.next = undefined;
  }

  /** Accepts no more streams; those that are open go on. */
  close(): void {
    for (const session of this.sessions.keys()) session.close();
  }

  /** A relay ends what is open, which neither of its ends did: no record has what follows. */
  abandon(): void {
    for (const { live } of this.sessions.values()) live?.end('end');
    this.close();
  }

  /** Sends a GOAWAY on the connection. */
  goaway(socket: Socket, code: number): void {
    for (const [session, visit] of this.sessions) {
      if (visit.socket !== socket || session.destroyed) continue;
      visit.isEnded = true;
      session.goaway(code);
    }
  }

  private tapped(visit: FrontConnection, live: LiveHttp2): TappedSocket {
    return new TappedSocket(
      visit.socket,
      {
        incoming: (bytes) => live.incoming(bytes),
        outgoing: (bytes) => live.outgoing(bytes),
        goaway: (code, debug) => {
          if (visit.isEnded) return false;
          visit.goaway = { code, debug };
          return true;
        },
      },
      false,
    );
  }

  /** Why this end ended the connection: the first reason counts. */
  private report(visit: FrontConnection, words: string | undefined): void {
    if (words === undefined || visit.isEnded) return;
    visit.isEnded = true;
    this.taker.trouble(`an HTTP/2 connection was ended: ${words}`);
  }

  private enter(session: http2.ServerHttp2Session): void {
    const visit = this.next!;
    this.sessions.set(session, visit);
    session.setLocalWindowSize(CONNECTION_WINDOW);
    let wasReset = false;
    session.on('error', (error: NodeJS.ErrnoException) => {
      wasReset = true;
      this.report(visit, sessionTrouble(error));
    });
    const { taker } = this;
    const flooded = (): void => {
      // Whoever reads what passes has named it.
      if (!visit.live) taker.trouble(`an HTTP/2 connection has ${http2FaultWords(['rapid-reset'])}`);
    };
    visit.watch = new SessionWatch(session, { ended: (words) => this.report(visit, words), flooded }, this.times);
    if ('stream' in taker) session.on('goaway', (code: number, last: number) => taker.goaway(visit.socket, code, last));
    // After its error, which says more.
    session.on('close', () => {
      const { goaway } = visit;
      if (goaway) this.report(visit, goawayTrouble(goaway.code, goaway.debug).words);
    });
    const { socket } = visit;
    socket.on('close', () => {
      this.sessions.delete(session);
      const reason = wasReset || !socket.readableEnded ? 'reset' : 'fin';
      // Without an error of TCP it was no reset of the client's: this end gave the connection up.
      visit.live?.end(reason, reason === 'reset' && !socket.errored ? 'end' : reason);
    });
  }

  private take(stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders, rawHeaders: string[]): void {
    // Its session may have ended with an error meanwhile, which it has too.
    stream.on('error', () => undefined);
    const visit = stream.session && this.sessions.get(stream.session);
    if (visit === undefined) return void stream.destroy();
    this.count(visit, stream);
    const head = requestHead(rawHeaders, stream.id ?? 0);
    // `node:http2` leaves out a field by which the request is malformed (RFC 9113 §8.1.1), and continues.
    if (visit.live?.isMalformed(stream.id ?? 0)) return stream.close(HTTP2_ERROR.protocolError);
    if (headers[':method'] === 'CONNECT' && !this.isForWebSocket(stream, head)) return;
    const { socket } = visit;
    const leaves = (): void => visit.live?.leaveOut(stream.id ?? 0);
    if ('stream' in this.taker) return this.taker.stream({ stream, head, socket, leaves });
    if (headers[':method'] === 'CONNECT') return this.connect(this.taker, visit, stream, head);
    const request = new http2.Http2ServerRequest(stream, headers, {}, rawHeaders);
    // The connection itself, with its addresses.
    Object.defineProperty(request, 'socket', { value: socket });
    const response = new http2.Http2ServerResponse(stream);
    this.taker.request(request as unknown as IncomingMessage, response as unknown as ServerResponse);
  }

  /** False: it was refused. */
  private isForWebSocket(stream: http2.ServerHttp2Stream, head: RequestHead): boolean {
    const protocol = head.headers.find(({ name }) => name === ':protocol')?.value;
    if (protocol === 'websocket') return true;
    const refusal = protocol === undefined ? tunnelRefusal({ method: 'CONNECT' })! : NO_WEBSOCKET;
    this.taker.trouble(`a request is refused with ${refusal.status}: ${refusal.reason}`);
    takesHttp1Answer(stream);
    refuse(stream, refusal);
    return false;
  }

  private connect(
    taker: Http2FrontTaker,
    { socket, ends, live }: FrontConnection,
    stream: http2.ServerHttp2Stream,
    head: RequestHead,
  ): void {
    takesHttp1Answer(stream);
    taker.upgrade({
      request: asUpgrade(head, socket),
      stream,
      head: Buffer.alloc(0),
      ends,
      wasReset: () => stream.aborted || (stream.rstCode ?? 0) !== 0,
      http2: { head, number: live?.takeNumber(stream.id ?? 0) ?? taker.number() },
    });
  }

  private count(visit: FrontConnection, stream: http2.ServerHttp2Stream): void {
    const { taker } = this;
    const watch = visit.watch!;
    watch.opens();
    if (watch.open === 1) taker.busy(visit.socket, true);
    const { id } = stream;
    let isOurs = false;
    const close = stream.close.bind(stream);
    stream.close = (...args) => ((isOurs = true), close(...args));
    stream.on('close', () => {
      if (id !== undefined) visit.live?.closeStreamSoon(id);
      watch.closes(!isOurs && !stream.headersSent && (stream.rstCode ?? 0) !== 0);
      if (watch.open === 0) taker.busy(visit.socket, false);
    });
  }
}
