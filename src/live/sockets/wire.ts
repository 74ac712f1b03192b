import type { Socket } from 'node:net';
import { reset } from './reset.js';

type End = 'fin' | 'reset';

/** Takes what comes on a wire. */
export interface SocketTaker {
  bytes(chunk: Uint8Array): void;
  ended(how: End): void;
}

/** A socket without a protocol: bytes as they come, and both ways to end. Never throws; a failed socket has ended. */
export class SocketWire {
  /** Called when both ways have ended. */
  onClose: (() => void) | undefined;
  private taker: SocketTaker | undefined;
  private readonly early: Uint8Array[] = [];
  private readonly flushing = new Set<() => void>();
  private end: End | undefined;
  private isOver = false;

  constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.allowHalfOpen = true;
    socket.on('data', (chunk: Uint8Array) => {
      if (this.taker) return this.taker.bytes(chunk);
      this.early.push(chunk);
      // Further bytes wait in the system.
      socket.pause();
    });
    socket.on('error', () => this.noteEnd('reset'));
    socket.on('end', () => this.noteEnd('fin'));
    socket.on('close', () => {
      this.isOver = true;
      this.noteEnd('reset');
      for (const done of this.flushing) done();
      this.flushing.clear();
      this.onClose?.();
    });
  }

  listen(taker: SocketTaker): void {
    this.taker = taker;
    for (const chunk of this.early.splice(0)) taker.bytes(chunk);
    if (this.end) taker.ended(this.end);
    else this.socket.resume();
  }

  write(bytes: Uint8Array): void {
    if (this.socket.writable) this.socket.write(bytes);
  }

  /** Bytes that wait to be written. */
  get waiting(): number {
    return this.socket.writableLength;
  }

  flushed(): Promise<void> {
    const { socket } = this;
    if (socket.writableLength === 0 || this.isOver || !socket.writable) return Promise.resolve();
    return new Promise((resolve) => {
      this.flushing.add(resolve);
      // Called after everything that was written before.
      socket.write(NOTHING, () => {
        this.flushing.delete(resolve);
        resolve();
      });
    });
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  finish(): void {
    if (this.socket.writable) this.socket.end();
  }

  drop(): void {
    this.socket.destroy();
  }

  reset(): void {
    reset(this.socket);
  }

  private noteEnd(how: End): void {
    if (this.end) return;
    this.end = how;
    this.taker?.ended(how);
  }
}

const NOTHING = new Uint8Array(0);
