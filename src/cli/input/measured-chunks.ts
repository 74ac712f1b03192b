type InputChunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** The same chunks; `read` is called with the length of each. */
export async function* counted(chunks: InputChunks, read: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    read(chunk.length);
    yield chunk;
  }
}

/** Chunks up to a number of bytes: a file may grow while it is read. */
export async function* upTo(chunks: InputChunks, size: number): AsyncGenerator<Uint8Array> {
  let left = size;
  for await (const chunk of chunks) {
    yield chunk.length > left ? chunk.subarray(0, left) : chunk;
    left -= chunk.length;
    if (left <= 0) return;
  }
}
