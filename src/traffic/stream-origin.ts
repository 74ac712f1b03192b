import type { StreamOrigin } from '../codec/bytes/stream-taker.js';
import type { Http2Stream } from '../codec/http2/http2-taker.js';
import type { ConversationTaker } from './conversation-taker.js';
import type { Http2Facts } from './tally/summary.js';

/** Enough of the preface (RFC 9113 §3.4) where the other side was faster than the rest of it. */
const LEAST_OF_PREFACE = 'PRI';

export function beginsLikeHttp2(first: Uint8Array): boolean {
  return Array.from(LEAST_OF_PREFACE).every((char, i) => char.charCodeAt(0) === first[i]);
}

/** The origin of a stream in an HTTP/2 connection: that of the connection, which continues without it. */
export function streamOrigin({ number, a, b, through, isSecure }: StreamOrigin, stream: Http2Stream): StreamOrigin {
  const layers = { ...(through && { through }), ...(isSecure && { isSecure }) };
  // Of what was joined in its middle, the first frame may be further away.
  return { number, a, b, isClientFirst: !stream.isJoined, ...layers, ignore: stream.ignore };
}

/** What takes a stream in an HTTP/2 connection. `has`: there is a record. One that is passed over is one of the requests of its connection. */
export function takerOfStreams(taker: ConversationTaker, has: () => void): ConversationTaker {
  return {
    record: (record, ends) => {
      has();
      taker.record(record, ends);
    },
    ending: (...args) => taker.ending?.(...args),
    closed: (summary, ends) => taker.closed(summary, ends),
    passedOver: () => undefined,
  };
}

/** Of a recorded stream more than its number is not known. */
export function http2Facts(http2: Http2Stream | StreamOrigin['http2']): Http2Facts | undefined {
  if (http2 === undefined) return undefined;
  const { stream } = http2;
  const { isJoined, requests } = 'requests' in http2 ? http2 : {};
  return {
    http: '2',
    ...(stream !== undefined && { stream }),
    ...(isJoined && { headersLost: true }),
    ...(requests && { requests: requests() }),
  };
}
