import type { Duplex } from 'node:stream';
import type { TcpEnd } from '../../traffic/tally/tally.js';

type End = 'client' | 'server';

/** Which end of a connection was the first to end TCP, by FIN or by a reset, and when; undefined: neither did. `here` is ours. */
export function firstToEnd(stream: Duplex, here: End, now: () => number): () => TcpEnd | undefined {
  const there = here === 'client' ? 'server' : 'client';
  let first: TcpEnd | undefined;
  const ended = (by: End) => () => void (first ??= { by, time: now() });
  // A FIN of ours is sent when everything that was written before has been.
  stream.once('finish', ended(here));
  stream.once('end', ended(there));
  stream.once('error', ended(there));
  return () => first;
}
