import { concat } from '../../codec/bytes/byte-collector.js';
import { DEFAULT_HEAD_LIMIT, HeadReader } from '../../codec/http1/head-reader.js';
import type { RequestHead } from '../../codec/http1/head.js';
import type { ConnectedClient } from './client-bench.js';
import { Exchange } from './exchange.js';
import { Condition } from './condition.js';
import type { Wire } from './wire.js';

/** The kind of a connection is known after this number of bytes. */
const MOST_START = 24;

/** Reads a request's head; undefined where none came in time, or none that ends, or where another protocol began. */
export async function receiveRequest(
  wire: Wire,
  now: () => number,
  seconds: number,
  otherProtocol?: (first: Uint8Array) => Uint8Array | undefined,
): Promise<ConnectedClient | undefined> {
  const exchange = new Exchange(now, 0);
  const reader = new HeadReader({ kind: 'request', limit: DEFAULT_HEAD_LIMIT });
  const condition = new Condition();
  const early: Uint8Array[] = [];
  let request: RequestHead | undefined;
  let isOver = false;
  let answer: Uint8Array | undefined;
  const started: Uint8Array[] = [];
  wire.listen({
    bytes: (chunk) => {
      exchange.add('peer', chunk);
      if (isOver) return;
      if (!request && reader.length <= MOST_START) answer = otherProtocol?.(concat([...started, chunk]));
      if (answer) {
        wire.write(answer);
        wire.finish();
      }
      isOver ||= answer !== undefined;
      if (reader.length <= MOST_START) started.push(chunk);
      const result = request || answer ? undefined : reader.push(chunk);
      if (request) early.push(chunk);
      if (result) {
        request = result.head as RequestHead;
        if (result.rest.length > 0) early.push(result.rest);
        // What follows is for the next reader.
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
    if (answer) await wire.flushed();
    wire.drop();
    return undefined;
  }
  const rest = early.length === 1 ? early[0]! : concat(early);
  return { wire, exchange, request, rest };
}
