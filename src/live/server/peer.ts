import { answerPings } from '../sockets/pongs.js';
import type { Socket } from 'node:net';
import { reset } from '../sockets/reset.js';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { writeCloseBody } from '../../codec/messages/close.js';
import { encodeFrame } from '../../codec/frames/frame-writer.js';
import { closeCodeInfo, OPCODE } from '../../codec/frames/registry.js';

/** Bytes that a peer may leave unread in modes in which nothing waits for it: this many for any time, … */
const MOST_BACKLOG = 4 * 1024 * 1024;
/** … more while it reads something within this time (seconds), … */
const PATIENCE = 5;
/** … and never more than this. A peer that is only slow in a burst stays. */
const MOST_IN_BURST = 64 * 1024 * 1024;
/** An echo waits for its own peer: above this number of bytes it reads no further, and continues when half of it is read. */
const PAUSE_ABOVE = 1024 * 1024;
/** The memory of a waiting message without its bytes: for small ones that is most of it. */
const OVERHEAD = 256;
/** Bytes of a masked frame's header, without an extended length. */
const HEADER = 6;
/** Between two checks of what a peer has read: milliseconds. */
const LOOK_AGAIN = 2;
/** The time that a peer has to end the connection after we have: milliseconds. */
const FAREWELL = 2000;

/** The faults that are made on purpose on a peer's connection, to test clients. */
export interface PeerFaults {
  /** Milliseconds before each outgoing message. */
  readonly delay?: number;
  readonly badAccept?: true;
  /** Sent directly after the handshake, as they are. */
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
  room: string | undefined;
  private waiting: Promise<void> = Promise.resolve();
  private stalledSince: number | undefined;
  private backlogSince: number | undefined;
  private hasTaken = false;
  /** Bytes of an incomplete message, about; and the number of those that came last. */
  private incoming = 0;
  private lastChunk = 0;
  /** Messages that are not read yet, and those of their bytes that are kept for this peer alone. */
  private untaken = 0;
  private own = 0;
  private reportedWeight = 0;
  private isGone = false;

  constructor(
    readonly number: number,
    readonly socket: WebSocket,
    private readonly stream: Duplex,
    private readonly faults: PeerFaults,
    private readonly now: () => number,
    /** The memory that it holds has changed by that. */
    private readonly weighs: (by: number) => void = () => undefined,
  ) {
    // Before `ws` has the bytes, which makes messages of them.
    stream.prependListener('data', this.onData);
    stream.on('drain', this.readOn);
    socket.on('message', (data: Buffer) => this.read(data.length));
    socket.on('ping', (data: Buffer) => this.read(data.length));
    if (faults.noAutoPong !== true) answerPings(socket);
    socket.on('pong', (data: Buffer) => this.read(data.length));
    socket.on('close', () => this.gone());
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /** Bytes that the peer has not read yet. */
  get backlog(): number {
    return this.socket.bufferedAmount;
  }

  /** Bytes of memory that are held for it: the incomplete message, and what waits to be read. */
  get weight(): number {
    return this.isGone ? 0 : this.incoming + this.own + this.untaken * OVERHEAD;
  }

  /** The same for what waits, also where others keep it too. */
  private get cost(): number {
    return Math.max(this.own, this.backlog) + this.untaken * OVERHEAD;
  }

  /** Sends a message, as soon as `--delay` allows. */
  send(data: Uint8Array, isBinary: boolean): void {
    if (!this.isOpen) return;
    const { length } = data;
    this.waits(length);
    this.soon(() => this.socket.send(data, { binary: isBinary }, () => this.took(length)));
  }

  /** The same for a frame that was built once for many peers. Without compression `ws` sends at once, so that nothing is sent in between. */
  sendFrame(frame: Uint8Array, data: Uint8Array, isBinary: boolean): void {
    if (this.socket.extensions !== '' || this.faults.delay !== undefined) return this.send(data, isBinary);
    if (!this.isOpen) return;
    this.waits(0);
    this.stream.write(frame, () => this.took(0));
  }

  /** Stops reading until everything that was sent is read. */
  waitForReader(): void {
    if (this.cost <= PAUSE_ABOVE || this.socket.isPaused) return;
    this.socket.pause();
    this.stalledSince = this.now();
  }

  /** Resolves when no more than `most` bytes wait for it, or it has closed. */
  async taken(most = PAUSE_ABOVE): Promise<void> {
    while (this.isOpen && this.backlog > most) await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
  }

  /** It does not read what it is sent: for longer than `seconds` where we wait for it, else too many bytes, without reading any. */
  isStalled(seconds: number): boolean {
    if (this.stalledSince !== undefined) return this.now() - this.stalledSince > seconds;
    return this.isStalledNow();
  }

  /** Too many bytes wait for it, and it reads none or by far too few. */
  isStalledNow(): boolean {
    if (this.cost <= MOST_BACKLOG) this.backlogSince = undefined;
    else if (this.hasTaken) this.backlogSince = this.now();
    else this.backlogSince ??= this.now();
    this.hasTaken = false;
    if (this.backlogSince === undefined) return false;
    return this.cost > MOST_IN_BURST || this.now() - this.backlogSince > PATIENCE;
  }

  /** Closes; with a code or reason that may not be sent, the frame is written nevertheless. */
  close(code: number, reason: string): void {
    const payload = writeCloseBody(code, reason);
    const isLegal = closeCodeInfo(code).kind === 'valid' && payload.length <= 125;
    if (isLegal) this.socket.close(code, reason);
    else this.raw(encodeFrame({ fin: true, rsv: 0, opcode: OPCODE.close, payload }));
  }

  /** Writes bytes below the WebSocket, as they are. */
  raw(bytes: Uint8Array): void {
    this.stream.write(bytes);
  }

  /** Ends the connection without a close frame. */
  finish(): void {
    this.stream.end();
    const late = setTimeout(() => this.stream.destroy(), FAREWELL);
    this.stream.once('close', () => clearTimeout(late));
  }

  /** Ends with a TCP reset (RFC 9293 §3.5.1), where the stream can. */
  reset(): void {
    reset(this.stream as Socket);
  }

  private waits(length: number): void {
    this.untaken++;
    this.own += length;
    this.weigh();
  }

  private took(length: number): void {
    this.hasTaken = true;
    this.untaken--;
    this.own -= length;
    this.weigh();
    this.readOn();
  }

  private readonly readOn = (): void => {
    if (this.stalledSince === undefined || this.cost > PAUSE_ABOVE / 2) return;
    this.stalledSince = undefined;
    this.socket.resume();
  };

  private readonly onData = (chunk: Uint8Array): void => {
    this.lastChunk = chunk.length;
    this.incoming += chunk.length;
    this.weigh();
  };

  /** A message or a control frame is whole: the rest is at most what came last. */
  private read(length: number): void {
    const extended = length > 65_535 ? 8 : length > 125 ? 2 : 0;
    this.incoming = Math.min(this.lastChunk, Math.max(0, this.incoming - length - HEADER - extended));
    this.weigh();
  }

  /** Ends it at once: what waits for it is no longer held. */
  drop(): void {
    this.gone();
    this.socket.terminate();
  }

  private gone(): void {
    this.isGone = true;
    this.stream.off('data', this.onData);
    this.weigh();
  }

  private weigh(): void {
    const { weight, reportedWeight } = this;
    this.reportedWeight = weight;
    if (weight !== reportedWeight) this.weighs(weight - reportedWeight);
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
