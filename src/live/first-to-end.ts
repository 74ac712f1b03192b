import type { Duplex } from 'node:stream';

type End = 'client' | 'server';

/** Who of a connection's ends was the first to end TCP, by FIN or by a reset; undefined: neither did. `here` is ours. */
export function firstToEnd(stream: Duplex, here: End): () => End | undefined {
  const there = here === 'client' ? 'server' : 'client';
  let first: End | undefined;
  // A FIN of ours goes out when all that was written before it has.
  stream.once('finish', () => (first ??= here));
  stream.once('end', () => (first ??= there));
  stream.once('error', () => (first ??= there));
  return () => first;
}
