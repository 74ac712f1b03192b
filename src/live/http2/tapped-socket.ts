import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { TapTaker } from '../sockets/tap.js';
import { OwnGoaway } from './own-goaway.js';

type Done = (error?: Error | null) => void;

/** Calls `then` once what was sent last has passed the tap: within a turn or two of the event loop. */
export function oncePassed(then: () => void): void {
  setImmediate(() => setImmediate(then));
}

/** The time that the other end has to end the connection after our end of it: milliseconds. */
export const FAREWELL = 2000;

export interface TappedSocketTaker extends TapTaker {
  /** This end sent a GOAWAY with an error. True: it ends the connection with it. */
  goaway(code: number, debug: string): boolean;
}

/** A socket whose bytes pass a tap: `node:http2` reads a socket of the system itself, and no JavaScript would see them. */
export class TappedSocket extends Duplex {
  private readonly own: OwnGoaway;
  /** Nothing is read or written any more. */
  private isOver = false;

  constructor(
    private readonly socket: Socket,
    private readonly taker: TappedSocketTaker,
    isClient: boolean,
  ) {
    super();
    this.own = new OwnGoaway(isClient, (code, debug) => {
      if (taker.goaway(code, debug)) setImmediate(() => this.leave());
    });
    // node:http2 does that with a socket of the system: otherwise small DATA frames wait for an acknowledgement (Nagle).
    socket.setNoDelay(true);
    socket.on('data', (chunk: Uint8Array) => {
      if (this.isOver) return;
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
    this.passed(chunk);
    this.socket.write(chunk, done);
  }

  override _writev(chunks: { readonly chunk: Buffer }[], done: Done): void {
    this.socket.cork();
    for (const [i, { chunk }] of chunks.entries()) {
      this.passed(chunk);
      this.socket.write(chunk, i === chunks.length - 1 ? done : undefined);
    }
    this.socket.uncork();
  }

  override _final(done: Done): void {
    this.socket.end(() => done());
  }

  override _destroy(error: Error | null, done: Done): void {
    if (!this.isOver) this.socket.destroy();
    done(error);
  }

  private passed(chunk: Uint8Array): void {
    this.taker.outgoing(chunk);
    this.own.push(chunk);
  }

  /** Ends the session, and TCP as soon as the other end does: with a reset it would lose the GOAWAY. */
  private leave(): void {
    const { socket } = this;
    if (this.destroyed || socket.destroyed) return;
    this.isOver = true;
    socket.end();
    socket.resume();
    const late = setTimeout(() => socket.destroy(), FAREWELL);
    socket.on('close', () => clearTimeout(late));
    this.destroy();
  }
}
