import { concat } from '../../codec/bytes/byte-collector.js';
import { HeadReader } from '../../codec/http1/head-reader.js';
import type { RequestHead } from '../../codec/http1/head.js';
import type { ConnectedClient } from './client-bench.js';
import { Exchange } from './exchange.js';
import { Condition } from './condition.js';
import type { Wire } from './wire.js';

/** Bytes that a request's head may have. */
const MOST_HEAD = 64 * 1024;

/** Reads a request's head; undefined where none came in time, or none that ends. */
export async function receiveRequest(
  wire: Wire,
  now: () => number,
  seconds: number,
): Promise<ConnectedClient | undefined> {
  const exchange = new Exchange(now, 0);
  const reader = new HeadReader({ kind: 'request', limit: MOST_HEAD });
  const condition = new Condition();
  const early: Uint8Array[] = [];
  let request: RequestHead | undefined;
  let isOver = false;
  wire.listen({
    bytes: (chunk) => {
      exchange.add('peer', chunk);
      const result = request ? undefined : reader.push(chunk);
      if (request) early.push(chunk);
      if (result) {
        request = result.head as RequestHead;
        if (result.rest.length > 0) early.push(result.rest);
        // What follows is for whoever listens next.
        wire.pause();
      }
      isOver ||= reader.tooLarge;
      condition.notify();
    },
    ended: () => {
      isOver = true;
      condition.notify();
    },
  });
  await condition.until(() => request !== undefined || isOver, seconds);
  if (request === undefined) {
    wire.drop();
    return undefined;
  }
  const rest = early.length === 1 ? early[0]! : concat(early);
  return { wire, exchange, request, rest };
}
