import type { Socket } from 'node:net';
import type { Side } from '../../codec/bytes/stream-taker.js';
import { parseHead, type RequestHead } from '../../codec/http1/head.js';
import { HTTP2_ERROR, http2ErrorName } from '../../codec/http2/http2-codes.js';
import type { PolicyRefusal } from '../listener/policy.js';
import type { DialRoute } from '../client/dial.js';
import { endsOf } from '../sockets/socket-ends.js';
import type { LiveContext } from '../sockets/live-connection.js';
import type { StreamWatch } from '../relay/stream-watch.js';
import { Http2Front, type ReceivedStream } from './http2-front.js';
import { Http2ServerEnd } from './http2-server-end.js';
import { Http2Upstream } from './http2-upstream.js';

/** Which version the server gets: `clients`: HTTP/1.1. */
export type Http2Mode = true | 'auto' | 'clients';

/** A request of a client of HTTP/2, in the form of one of HTTP/1.1. */
export interface Http2Visitor {
  readonly end: Http2ServerEnd;
  /** The connection of the client. */
  readonly socket: Socket;
  readonly request: RequestHead;
  readonly bytes: Uint8Array;
  readonly upstream: Http2Upstream | undefined;
  /** Those of the connection whose traffic is read. */
  readonly watches: Set<StreamWatch>;
}

export interface Http2RelayTaker {
  visit(visitor: Http2Visitor): void;
  /** A request is refused, or a connection was ended. */
  trouble(message: string): void;
  busy(socket: Socket, isBusy: boolean): void;
}

/** A connection of a client. */
interface ClientLeg {
  readonly upstream: Http2Upstream | undefined;
  readonly watches: Set<StreamWatch>;
}

type Goaway = (code: number, lastStream: number) => void;

const NOT_HTTP1: PolicyRefusal = { status: 400, reason: 'the request has no form in HTTP/1.1' };

/** HTTP/2 of a relay: the connections of its clients, and those to the server. Each client has its own. */
export class Http2Relay {
  private readonly front: Http2Front;
  private readonly legs = new Map<Socket, ClientLeg>();
  private readonly upstreams = new Set<Http2Upstream>();

  constructor(
    private readonly mode: Http2Mode,
    private readonly route: DialRoute,
    private readonly context: LiveContext,
    private readonly taker: Http2RelayTaker,
  ) {
    this.front = new Http2Front(context, {
      stream: (received) => this.take(received),
      goaway: (socket, code, lastStream) => this.watched(this.legs.get(socket), 0, code, lastStream),
      trouble: (message) => taker.trouble(message),
      begins: () => this.recordsBytes,
      number: () => 0,
      busy: (socket, isBusy) => taker.busy(socket, isBusy),
    });
  }

  /** A client begins HTTP/2. */
  begin(socket: Socket): void {
    const leg: ClientLeg = {
      upstream: this.upstream((code, last) => this.serverGoes(socket, code, last)),
      watches: new Set(),
    };
    this.legs.set(socket, leg);
    socket.on('close', () => {
      this.legs.delete(socket);
      leg.upstream?.close();
    });
    this.front.begin(socket, endsOf(socket));
  }

  /** What the requests of one client are sent on; undefined: each has a connection of HTTP/1.1. */
  upstream(goaway: Goaway = (code) => this.reportGoaway(code)): Http2Upstream | undefined {
    if (this.mode === 'clients') return undefined;
    const made = new Http2Upstream(this.route, this.mode, goaway, () => this.upstreams.delete(made));
    this.upstreams.add(made);
    return made;
  }

  /** Ends all of it: accepts no more streams. */
  close(): void {
    this.front.abandon();
  }

  destroy(): void {
    for (const upstream of this.upstreams) upstream.destroy();
  }

  private take({ stream, head, socket, leaves }: ReceivedStream): void {
    const leg = this.legs.get(socket);
    if (leg === undefined) return void stream.destroy();
    const trouble = ({ status, reason }: PolicyRefusal): void =>
      this.taker.trouble(`a request is answered with ${status}: ${reason}`);
    const end = new Http2ServerEnd(stream, head, { trouble, leaves });
    const bytes = end.request;
    if (bytes === undefined) return end.refuse(NOT_HTTP1);
    const request = parseHead(bytes, { kind: 'request' }) as RequestHead;
    this.taker.visit({ end, socket, request, bytes, ...leg });
  }

  /** The client's connection ends as the server's does: further requests need new ones. */
  private serverGoes(socket: Socket, code: number, lastStream: number): void {
    this.watched(this.legs.get(socket), 1, code, lastStream);
    this.reportGoaway(code);
    this.front.goaway(socket, code);
  }

  private reportGoaway(code: number): void {
    if (code !== HTTP2_ERROR.noError)
      this.taker.trouble(`the server ends an HTTP/2 connection: GOAWAY ${http2ErrorName(code)}`);
  }

  private watched(leg: ClientLeg | undefined, side: Side, code: number, lastStream: number): void {
    for (const each of leg?.watches ?? []) {
      each.event(side, { name: 'GOAWAY', code, lastStream, debug: '', offset: 0 });
    }
  }

  /** A capture file has the client's connection byte by byte. */
  private get recordsBytes(): { number(): number; record(): void; closed(): void } | undefined {
    const { recorder } = this.context;
    if (recorder === undefined || recorder.openedStream !== undefined) return undefined;
    return { number: () => 0, record: () => undefined, closed: () => undefined };
  }
}
