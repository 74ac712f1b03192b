import * as fs from 'node:fs';
import type * as net from 'node:net';
import { builtin } from '../entries/builtin.js';

export interface ChunkOptions {
  /** Bytes that are read at once. */
  readonly size?: number;
  /** Ends the waiting for data of a pipe: the reading throws an AbortError then. */
  readonly signal?: AbortSignal;
}

/**
 * A larger size is hardly faster (200 MB take 50 ms), but kept longer: a chunk that outlives two collections of young
 * objects, because its packets take long, stays until a collection of old objects.
 */
const SIZE = 64 * 1024;
/** Slots of an array that is made with each chunk. */
const LITTER = 1024;
/**
 * V8 collects young objects when they fill its 1 MiB for them, and the memory of buffers is elsewhere: up to 32 MB of
 * it would collect. A small array that does count starts the collection earlier. Kept, so that no compiler leaves it
 * out.
 */
const beside: unknown[] = [];

/**
 * The bytes of the file at that path, to its present end. Each chunk is memory of its own that is never written again:
 * views into it may be kept. Data of a pipe is passed on as it comes.
 */
export async function* readChunks(
  path: string,
  { size = SIZE, signal }: ChunkOptions = {},
): AsyncGenerator<Uint8Array> {
  const stat = fs.statSync(path);
  // Files without a size may be made while they are read, and reading may wait (/proc).
  if (stat.isFile() && stat.size > 0) yield* readFile(path, size);
  else if (stat.isFIFO()) yield* readPipe(path, signal);
  else yield* readSlowly(path, size);
}

/** Synchronous: data on a disk is there sooner than another thread could report it. */
async function* readFile(path: string, size: number): AsyncGenerator<Uint8Array> {
  const fd = fs.openSync(path, 'r');
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafeSlow(size);
      const length = fs.readSync(fd, chunk, 0, size, null);
      if (length === 0) return;
      yield chunk.subarray(0, length);
      beside[0] = new Array<undefined>(LITTER);
      // Signals, and the collector's own tasks: with a turn for each MiB only, a run takes 40 MB more.
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    fs.closeSync(fd);
  }
}

/** By the event loop, as stdin is read: a read in a thread could not be given up, and would keep the process alive. */
async function* readPipe(path: string, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  // On Linux a pipe without a writer can be opened without waiting, and is not at its end before it has had one.
  const flags = fs.constants.O_RDONLY | (process.platform === 'linux' ? fs.constants.O_NONBLOCK : 0);
  const fd = await new Promise<number>((resolve, reject) =>
    fs.open(path, flags, (error, opened) => (error ? reject(error) : resolve(opened))),
  );
  const { Socket } = builtin('node:net') as typeof net;
  const socket = new Socket({ fd, readable: true, writable: false, ...(signal && { signal }) });
  for await (const chunk of socket) yield chunk as Uint8Array;
}

/** Devices, and files that are made while they are read. */
async function* readSlowly(path: string, size: number): AsyncGenerator<Uint8Array> {
  const file = await fs.promises.open(path, 'r');
  try {
    for (;;) {
      const chunk = new Uint8Array(size);
      const { bytesRead } = await file.read(chunk, 0, size, null);
      if (bytesRead === 0) return;
      // A line from a terminal does not keep a large buffer.
      yield bytesRead < size / 2 ? chunk.slice(0, bytesRead) : chunk.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
