import type { Endpoint } from '../codec/bytes/endpoint.js';
import type { Passage } from '../codec/bytes/stream-taker.js';
import type { Http2FaultKind, Http2Stream } from '../codec/http2/http2-taker.js';
import type { TlsFacts } from '../codec/tls/tls-facts.js';
import type { AppOptions } from './apps/app-reading.js';
import type { ConnectionFilter } from './selection/filters.js';
import type { Judged } from './judged.js';
import type { LayerInput, LayerName } from './layers/layers.js';
import type { StreamReaderOptions } from './stream-start.js';
import type { ConnectionSummary } from './tally/summary.js';

/** What a stream carries instead of WebSocket. */
export type OtherTraffic = LayerName | 'other' | 'silent';

/** Takes what conversations hold. */
export interface ConversationTaker {
  record(record: Judged, ends: Ends): void;
  /** A conversation has ended. */
  closed(summary: ConnectionSummary, ends: Ends): void;
  /** A stream carries something else, and is not read further. Without this, every stream is read as WebSocket. */
  passedOver?(what: OtherTraffic, connection: number, ends: Ends): void;
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
  readonly http2?: Pick<Http2Stream, 'stream'> | undefined;
  /** Of an HTTP/2 connection that was passed over. */
  readonly faults?: readonly Http2FaultKind[] | undefined;
  /** It was passed over, and all that was captured of a direction is whole frames. */
  readonly mayBeWebSocket?: boolean;
}

/** What the conversations of a run have in common. */
export interface ConversationOptions extends StreamReaderOptions, LayerInput {
  /** Which conversations are wanted; undefined: all. Asked again when it is known which end is the client. */
  readonly wants?: ConnectionFilter | undefined;
  /** The two legs of proxies are looked for. */
  readonly legs?: true;
  /** Numbers of those of which records are wanted; undefined: of all. Unlike `wants`, it leaves what carries something else. */
  readonly chosen?: ReadonlySet<number> | undefined;
  /** Application protocols are read; undefined: none. */
  readonly apps?: AppOptions | undefined;
}
