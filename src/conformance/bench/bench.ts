import type { Tools } from './tools.js';
import type { DeflateParameters } from '../../codec/handshake/deflate-params.js';
import type { Handshake } from '../../codec/handshake/handshake.js';
import type { RequestHead } from '../../codec/http1/head.js';
import type { PeerRole } from '../peer-role.js';
import type { FurtherStreams } from '../http2/further-streams.js';
import type { Http2Link } from '../http2/http2-link.js';
import type { LinkField, LinkOptions } from '../http2/link-writer.js';
import type { LinkStream } from '../http2/link-stream.js';
import type { Exchange } from './exchange.js';
import type { HeadParts } from '../handshakes/heads.js';
import type { Tester } from './tester.js';
import type { Wire, WireEnd } from './wire.js';

export interface BenchOpenOptions {
  /** `Sec-WebSocket-Extensions` of the tester's side of the handshake, instead of none. */
  readonly extensions?: string;
  /** What the tester as server accepts of an offer of permessage-deflate; absent: nothing. */
  readonly agree?: (offer: RequestHead) => AgreedDeflate | undefined;
}

/** permessage-deflate in the answer of the tester as server. */
export interface AgreedDeflate {
  readonly header: string;
  readonly parameters: DeflateParameters;
}

/** Why there is no WebSocket to test on. */
export interface NotOpened {
  readonly problem: string;
  readonly handshake?: Handshake;
  /** The first bytes of what came, where that is no head. */
  readonly began?: Uint8Array;
  /** The connection ended first. */
  readonly end?: WireEnd;
  /** No request could have been accepted. */
  readonly isRefusal?: true;
  /** What came is another protocol. */
  readonly isForeign?: true;
}

/** What a case may choose of a connection of HTTP/2. */
export type LinkChoice = Pick<LinkOptions, 'settings' | 'holds' | 'strings'>;

/** A stream that a client has opened with an extended CONNECT. */
export interface ServedStream {
  readonly link: Http2Link;
  readonly stream: LinkStream;
  /** What the client opens after it on the connection. */
  readonly further: FurtherStreams;
  /** The extended CONNECT came before our SETTINGS were sent (RFC 8441 §3). */
  readonly wasEager: boolean;
}

/** WebSockets over HTTP/2 (RFC 8441), for the cases about that. */
export interface Http2Access {
  /** Only where a server is tested: a new connection, on which its SETTINGS have come. Throws where they do not. */
  link(choice?: LinkChoice): Promise<Http2Link>;
  /** Only where a client is tested: the stream that it opened for this case, unanswered, and its connection. */
  readonly served?: ServedStream;
  /** A correct head of the tester's: the extended CONNECT, or the answer to it. */
  fields(): readonly LinkField[];
  /** The WebSocket in a stream that is open. */
  tester(stream: LinkStream, deflate?: DeflateParameters): Tester;
}

/** A connection before its handshake, every byte of it kept. */
export interface Fresh {
  readonly wire: Wire;
  readonly exchange: Exchange;
}

/** The side of a case that connects it with its peer. */
export interface Bench {
  /** The role that is tested. */
  readonly peer: PeerRole;
  readonly tools: Tools;
  /** A server is reached over TLS. */
  readonly isSecure?: boolean;
  /** The WebSockets are streams of HTTP/2. */
  readonly http2?: Http2Access;
  /** Time limits are multiplied by it: 1 or more, by the measured round trip. */
  readonly patience: number;
  /** From 0 up to 1, seeded. */
  random(): number;
  /** A correct handshake, the tester's part of it. */
  head(): HeadParts;
  /** Only where a server is tested: a new connection. Throws where there is none. */
  connect(): Promise<Fresh>;
  /** Only where a client is tested: the connection that it made for this case, and its request. */
  accept(): Promise<Fresh & { readonly request: RequestHead; readonly rest: Uint8Array }>;
  /** A WebSocket: a new connection with the handshake done. */
  open(options?: BenchOpenOptions): Promise<Tester | NotOpened>;
}

export function isOpen(opened: Tester | NotOpened): opened is Tester {
  return !('problem' in opened);
}
