import { decodeKey } from '../../codec/handshake/key.js';
import type { Head } from '../../codec/http1/head.js';
import type { Judged } from '../judged.js';
import { isOwnKey } from './own-key.js';

export interface LegHead {
  readonly line: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** What of a connection shows whether another one is its other leg: its handshake. Seconds since the epoch. */
export interface LegFacts {
  readonly key: string;
  /** When the request was whole, and the response. */
  readonly asked: number;
  readonly answered: number;
  readonly request: LegHead;
  readonly response: LegHead;
}

/** Heads that are longer are not kept: characters. */
const MOST_HEAD = 16 * 1024;

/** Undefined for a handshake that shows nothing: it failed, its times are not known, or its key is not its own. */
export function legFacts({
  handshake,
  time = NaN,
  duration = NaN,
}: Judged & { type: 'handshake' }): LegFacts | undefined {
  const { request, response, upgraded, key } = handshake;
  if (!request || !response || !upgraded || key === undefined || Number.isNaN(time - duration)) return undefined;
  if (lengthOf(request) + lengthOf(response) > MOST_HEAD || !isOwnKey(key, decodeKey(key).bytes)) return undefined;
  return { key, asked: time - duration, answered: time, request: linesOf(request), response: linesOf(response) };
}

function lengthOf({ line, headers }: Head): number {
  return headers.reduce((sum, { name, value }) => sum + name.length + value.length, line.length);
}

function linesOf({ line, headers }: Head): LegHead {
  return { line, headers: headers.map(({ name, value }) => [name, value]) };
}
