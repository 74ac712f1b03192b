import { parseEndpoint } from '../../codec/bytes/endpoint.js';
import type { ConnectionSummary } from '../tally/summary.js';
import type { Leg } from './leg.js';

/** Messages that came later on the side that they go to: in all, and of each direction. Fewer may be an accident. */
const LEAST_LATER = 6;
const LEAST_EACH = 2;

/**
 * The median seconds that a relay added to the messages of the client and of the server, if it passed on each of them:
 * those of the client were at `upstream` later, those of the server earlier. That two connections carry the same
 * messages does not suffice: programs say the same to several servers.
 */
export function addedToMessages(front: Leg, upstream: Leg): readonly [number, number] | undefined {
  const [a, b] = [front.facts.said, upstream.facts.said];
  if (a === undefined || b === undefined || !mayRelay(front, upstream)) return undefined;
  const toServer = differences(a.client, b.client);
  const toClient = differences(b.server, a.server);
  const all = [...toServer, ...toClient];
  if (toServer.length < LEAST_EACH || toClient.length < LEAST_EACH || all.some((seconds) => seconds < 0))
    return undefined;
  return all.filter((seconds) => seconds > 0).length < LEAST_LATER ? undefined : [median(toServer), median(toClient)];
}

/** A relay asks after it was asked, and not between question and answer of its own client; and it is where its client connects to. */
function mayRelay(front: Leg, upstream: Leg): boolean {
  const [a, b] = [front.facts, upstream.facts];
  const isAsked = a.asked <= b.asked && (b.answered <= a.answered || a.answered <= b.asked);
  return isAsked && !isOneClient(front.summary, upstream.summary);
}

/** One host is the client of both, and neither of them is on it: it talks to two servers. */
function isOneClient(front: ConnectionSummary, upstream: ConnectionSummary): boolean {
  const [client, server, other] = [front.client, front.server, upstream.client].map(
    (text) => parseEndpoint(text ?? '').address,
  );
  return client === other && client !== server;
}

function differences(from: readonly number[], to: readonly number[]): number[] {
  return from.map((time, at) => (to[at] ?? NaN) - time);
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}
