import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { TapTaker } from '../sockets/tap.js';

type Done = (error?: Error | null) => void;

/** Calls `then` once what was sent last has passed the tap: within a turn or two of the event loop. */
export function oncePassed(then: () => void): void {
  setImmediate(() => setImmediate(then));
}

/** A socket whose bytes pass a tap: `node:http2` reads a socket of the system itself, and no JavaScript would see them. */
export class TappedSocket extends Duplex {
  constructor(
    private readonly socket: Socket,
    private readonly taker: TapTaker,
  ) {
    super();
    // node:http2 does that with a socket of the system: otherwise small DATA frames wait for an acknowledgement (Nagle).
    socket.setNoDelay(true);
    socket.on('data', (chunk: Uint8Array) => {
      taker.incoming(chunk);
      if (!this.push(chunk)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  override _read(): void {
    this.socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.taker.outgoing(chunk);
    this.socket.write(chunk, done);
  }

  override _writev(chunks: { readonly chunk: Buffer }[], done: Done): void {
    this.socket.cork();
    for (const [i, { chunk }] of chunks.entries()) {
      this.taker.outgoing(chunk);
      this.socket.write(chunk, i === chunks.length - 1 ? done : undefined);
    }
    this.socket.uncork();
  }

  override _final(done: Done): void {
    this.socket.end(() => done());
  }

  override _destroy(error: Error | null, done: Done): void {
    this.socket.destroy();
    done(error);
  }
}
