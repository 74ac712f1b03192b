import type { Endpoint } from '../codec/bytes/endpoint.js';
import {
  otherSide,
  type CloseReason,
  type Passage,
  type Side,
  type StreamOrigin,
  type StreamTaker,
} from '../codec/bytes/stream-taker.js';
import type { Http2FaultKind } from '../codec/http2/http2-taker.js';
import type { TlsFacts } from '../codec/tls/tls-facts.js';
import type { AppOptions } from './apps/app-reading.js';
import type { PolledSessions } from './apps/polled-sessions.js';
import type { Causes } from './causes/causes.js';
import type { ConnectionFilter } from './selection/filters.js';
import type { Judged } from './judged.js';
import type { LayerInput, LayerName } from './layers/layers.js';
import type { StreamReaderOptions } from './stream-start.js';
import type { SideStalls } from './tally/stalls.js';
import type { ConnectionSummary } from './tally/summary.js';

/** What a stream carries instead of WebSocket. */
export type OtherTraffic = LayerName | 'other' | 'silent';

/** How a stream ended, as the calls of its taker said it. Side 0 is the client, as in the streams that are made of records. */
export interface StreamEnding {
  readonly reason: CloseReason;
  readonly time: number;
  /** The first FIN, or the RST. */
  readonly tcp: { readonly side: Side; readonly time: number } | undefined;
  readonly stalls: SideStalls;
  /** In the words of the recording. */
  readonly failure: string | undefined;
}

/** The ending of a stream of which `client` is the side of the client. */
export function fromClient(ending: StreamEnding, client: Side): StreamEnding {
  if (client === 0) return ending;
  const { tcp, stalls } = ending;
  return {
    ...ending,
    tcp: tcp && { ...tcp, side: otherSide(tcp.side) },
    stalls: [stalls[1], stalls[0]],
  };
}

/** Ends a stream as another one ended. */
export function endAs(taker: StreamTaker, { reason, time, tcp }: StreamEnding): void {
  if (tcp !== undefined && reason === 'reset') taker.reset(tcp.side, tcp.time);
  else if (tcp !== undefined) {
    taker.fin(tcp.side, tcp.time);
    if (reason === 'fin') taker.fin(otherSide(tcp.side), time);
  }
  taker.close(reason, time);
}

/** Takes what conversations hold. */
export interface ConversationTaker {
  record(record: Judged, ends: Ends): void;
  /** Before `closed`. */
  ending?(connection: number, ending: StreamEnding, ends: Ends): void;
  /** A conversation has ended. */
  closed(summary: ConnectionSummary, ends: Ends): void;
  /** A stream carries something else, and is not read further. Without this, every stream is read as WebSocket. */
  passedOver?(what: OtherTraffic, ends: Ends): void;
}

/** The two ends, as far as they are known: read only where they are needed, because formatting an address costs time. */
export interface Ends {
  readonly client: Endpoint | undefined;
  readonly server: Endpoint | undefined;
  /** The tunnels and layers that it came through, outermost first; undefined: none. */
  readonly through: readonly Passage[] | undefined;
  /** Of the TLS that it came through, or that could not be read. */
  readonly tls?: TlsFacts | undefined;
  /** The stream of HTTP/2 that it is (RFC 8441). */
  readonly http2?: StreamOrigin['http2'];
  /** As its source opened it. */
  readonly origin?: StreamOrigin;
  /** Of an HTTP/2 connection that was passed over. */
  readonly faults?: readonly Http2FaultKind[] | undefined;
  /** It was passed over, and all that was captured of a direction is whole frames. */
  readonly mayBeWebSocket?: boolean;
}

/** Stands between conversations and their taker, and hands on others in their place. Handed in, as most programs need none. */
export interface Rewriting {
  /** How the conversations are read that it takes. */
  reading<Options extends ConversationOptions>(options: Options): Options;
  /** What takes them; `inner` takes those that it makes of them. */
  taker(options: ConversationOptions, inner: ConversationTaker): ConversationTaker;
}

/** What the conversations of a run have in common. */
export interface ConversationOptions extends StreamReaderOptions, LayerInput {
  /** What finds why a connection failed. */
  readonly causes: () => Causes;
  /** Which conversations are wanted; undefined: all. Asked again when it is known which end is the client. */
  readonly wants?: ConnectionFilter | undefined;
  /** The two legs of proxies are looked for. */
  readonly legs?: true;
  /** Numbers of those of which records are wanted; undefined: of all. Unlike `wants`, it leaves what carries something else. */
  readonly chosen?: ReadonlySet<number> | undefined;
  /** Application protocols are read; undefined: none. */
  readonly apps?: AppOptions | undefined;
  /** Where polling is looked for, other than in `apps`. */
  readonly polled?: PolledSessions | undefined;
  /** Changes the bytes before records are made of them; undefined: they stay. */
  readonly rewriting?: Rewriting | undefined;
}
