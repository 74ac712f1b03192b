import type { Head } from '../../codec/http1/head.js';
import type { Handshake } from '../../codec/handshake/handshake.js';
import type { Judged } from '../judged.js';

/** The part of a head that is compared. */
export type LegHead = Pick<Head, 'line'> & {
  readonly headers: readonly Pick<Head['headers'][number], 'name' | 'value'>[];
};

/** What of a connection shows whether another one is its other leg: its handshake. Seconds since the epoch. */
export interface LegFacts {
  readonly key: string;
  /** When the request was whole, and the response. */
  readonly asked: number;
  readonly answered: number;
  readonly request: LegHead;
  readonly response: LegHead;
}

/** Undefined for a handshake that shows nothing: it failed, or its times are not known. */
export function legFacts(
  { request, response, upgraded, key }: Handshake,
  { time = NaN, duration = NaN }: Pick<Judged & { type: 'handshake' }, 'time' | 'duration'>,
): LegFacts | undefined {
  if (!request || !response || !upgraded || key === undefined || Number.isNaN(time - duration)) return undefined;
  return { key, asked: time - duration, answered: time, request, response };
}
