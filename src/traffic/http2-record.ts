import type { Http2Event } from '../codec/http2/http2-taker.js';
import type { Direction } from '../codec/messages/records.js';
import { judgeHttp2 } from '../rules/http2/rules.js';
import type { Judged } from './judged.js';

interface StreamOfRecord {
  readonly number: number;
  readonly http2: { readonly stream: number | undefined } | undefined;
}

/** A frame of HTTP/2 about that stream or its connection, judged. `time`: seconds since the epoch, or NaN. */
export function http2Record(
  { number: connection, http2 }: StreamOfRecord,
  direction: Direction,
  event: Http2Event,
  time: number,
): Judged {
  const known = Number.isNaN(time) ? undefined : time;
  const placed = { connection, stream: http2?.stream, direction, time: known };
  return { type: 'http2', ...placed, event, diagnostics: judgeHttp2(event) };
}
