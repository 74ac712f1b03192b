import type { Duplex } from 'node:stream';

/** What was found at the beginning of the bytes, and where it ends. */
export interface Taken<T> {
  readonly value: T;
  /** Bytes of the chunk after it. */
  readonly rest: Uint8Array;
}

/**
 * Reads from a stream until `take`, which is given each chunk, has what it wants; the bytes after that are put back
 * into the stream, and the stream is as it was before: the next reader starts it. Throws when the stream ends or fails
 * first.
 */
export function takeFrom<T>(stream: Duplex, take: (chunk: Uint8Array) => Taken<T> | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      stream.off('readable', onReadable);
      stream.off('error', fail);
      stream.off('end', onEnd);
      stream.off('close', onEnd);
    };
    const fail = (error: Error): void => {
      done();
      reject(error);
    };
    const onEnd = (): void => fail(new Error('it closed the connection'));
    // Not 'data': pausing would stop the next reader as well.
    const onReadable = (): void => {
      try {
        for (let chunk = stream.read() as Buffer | null; chunk !== null; chunk = stream.read() as Buffer | null) {
          const taken = take(chunk);
          if (taken === undefined) continue;
          done();
          if (taken.rest.length > 0) stream.unshift(taken.rest);
          return resolve(taken.value);
        }
      } catch (error) {
        fail(error as Error);
      }
    };
    stream.on('readable', onReadable);
    stream.on('error', fail);
    stream.on('end', onEnd);
    stream.on('close', onEnd);
  });
}

/** Exactly `length` bytes. */
export function takeBytes(stream: Duplex, length: number): Promise<Uint8Array> {
  const kept = new Uint8Array(length);
  let at = 0;
  return takeFrom(stream, (chunk) => {
    const part = chunk.subarray(0, length - at);
    kept.set(part, at);
    at += part.length;
    return at < length ? undefined : { value: kept, rest: chunk.subarray(part.length) };
  });
}
