import type { Duplex } from 'node:stream';

/** Gets the bytes of a socket. `bytes` are the socket's own memory: whoever keeps them copies them. */
export interface TapTaker {
  incoming(bytes: Uint8Array): void;
  outgoing(bytes: Uint8Array): void;
}

type Write = (chunk: string | Uint8Array, ...args: unknown[]) => boolean;
type End = (chunk?: string | Uint8Array | (() => void), ...args: unknown[]) => Duplex;

/**
 * Sees what passes a socket in both directions, in order and unchanged: incoming bytes before any other reader has them
 * (`ws` unmasks in place); outgoing bytes as they are written. Nothing is held, delayed or copied, and back-pressure
 * stays the socket's.
 */
export class Tap {
  /** Bytes that a reader puts back (`unshift`) come a second time. */
  private again = 0;
  private taker: TapTaker | undefined;

  constructor(
    private readonly socket: Duplex,
    taker: TapTaker,
  ) {
    this.taker = taker;
    socket.prependListener('data', this.onData);
    const write = socket.write.bind(socket) as Write;
    const end = socket.end.bind(socket) as End;
    socket.write = ((chunk: string | Uint8Array, ...args: unknown[]) => {
      this.taker?.outgoing(bytesOf(chunk, args[0]));
      return write(chunk, ...args);
    }) as typeof socket.write;
    socket.end = ((chunk?: string | Uint8Array | (() => void), ...args: unknown[]) => {
      if (chunk !== undefined && chunk !== null && typeof chunk !== 'function') {
        this.taker?.outgoing(bytesOf(chunk, args[0]));
      }
      return end(chunk, ...args);
    }) as typeof socket.end;
  }

  /** The last `length` bytes that came will be put back, and must not be passed on again. */
  putBack(length: number): void {
    this.again += length;
  }

  /** Ends the observation. */
  close(): void {
    this.taker = undefined;
    this.socket.off('data', this.onData);
  }

  private readonly onData = (chunk: Uint8Array): void => {
    if (this.again === 0) return this.taker?.incoming(chunk);
    const known = Math.min(this.again, chunk.length);
    this.again -= known;
    if (known < chunk.length) this.taker?.incoming(chunk.subarray(known));
  };
}

function bytesOf(chunk: string | Uint8Array, encoding: unknown): Uint8Array {
  if (typeof chunk !== 'string') return chunk;
  return Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
}
