import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { encodeFrame } from '../codec/frame-writer.js';
import type { Room } from './room.js';

/** What a peer may leave unread before it is dropped, in modes in which nobody waits for it. */
const MOST_BACKLOG = 4 * 1024 * 1024;
/** An echo waits for its own peer: beyond that it reads no further. */
const PAUSE_ABOVE = 1024 * 1024;

/** What a peer's connection does on purpose, for those who test clients. */
export interface Faults {
  /** Milliseconds before each outgoing message. */
  readonly delay?: number;
  readonly badAccept?: true;
  /** Sent right behind the handshake, as they are. */
  readonly rawFrames?: readonly Uint8Array[];
  /** After the first message that is received. */
  readonly close?: { readonly code: number; readonly reason: string };
  readonly drop?: true;
  readonly noAutoPong?: true;
}

/** The other end of a WebSocket that a server accepted. */
export class Peer {
  /** In `chat`. */
  nickname = '';
  room: Room | undefined;
  private waiting: Promise<void> = Promise.resolve();
  private stalledSince: number | undefined;

  constructor(
    readonly number: number,
    readonly socket: WebSocket,
    private readonly stream: Duplex,
    private readonly faults: Faults,
    private readonly now: () => number,
  ) {}

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /** Bytes that the peer has not taken yet. */
  get backlog(): number {
    return this.socket.bufferedAmount;
  }

  /** Sends a message, as soon as `--delay` allows. */
  send(data: Uint8Array, isBinary: boolean): void {
    this.soon(() => this.socket.send(data, { binary: isBinary }));
  }

  /** The same for a frame that was built once for many peers. Without compression `ws` sends at once, so that nothing is in between. */
  sendFrame(frame: Uint8Array, data: Uint8Array, isBinary: boolean): void {
    if (this.socket.extensions !== '' || this.faults.delay !== undefined) return this.send(data, isBinary);
    if (this.isOpen) this.stream.write(frame);
  }

  /** Reads no further until what was sent is taken. */
  waitForReader(): void {
    if (this.backlog <= PAUSE_ABOVE || this.socket.isPaused) return;
    this.socket.pause();
    this.stalledSince = this.now();
    this.stream.once('drain', () => {
      this.stalledSince = undefined;
      this.socket.resume();
    });
  }

  /** It does not read: for so long, or so much. */
  isStalled(seconds: number): boolean {
    if (this.backlog > MOST_BACKLOG && this.stalledSince === undefined) return true;
    return this.stalledSince !== undefined && this.now() - this.stalledSince > seconds;
  }

  /** Writes bytes beneath the WebSocket, as they are. */
  raw(bytes: Uint8Array): void {
    this.stream.write(bytes);
  }

  /** Ends with a TCP reset (RFC 9293 §3.5.1), where the stream can. */
  reset(): void {
    const { stream } = this;
    if ('resetAndDestroy' in stream && !('encrypted' in stream)) (stream as Socket).resetAndDestroy();
    else stream.destroy();
  }

  private soon(send: () => void): void {
    const { delay } = this.faults;
    if (delay === undefined) {
      if (this.isOpen) send();
      return;
    }
    this.waiting = this.waiting
      .then(() => new Promise<void>((resolve) => setTimeout(resolve, delay)))
      .then(() => void (this.isOpen && send()));
  }
}

/** A server's frame with a whole message in it. */
export function messageFrame(data: Uint8Array, isBinary: boolean): Uint8Array {
  return encodeFrame({ fin: true, rsv: 0, opcode: isBinary ? 2 : 1, payload: data });
}
