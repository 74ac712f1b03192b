import type { Ending, Received } from './received.js';
import { concat } from '../../codec/bytes/byte-collector.js';
import { createAssembler, senderParameters } from '../../codec/connection/reading-options.js';
import { writeCloseBody } from '../../codec/messages/close.js';
import type { DeflateParameters } from '../../codec/handshake/deflate-params.js';
import { FrameStream } from '../../codec/connection/frame-stream.js';
import { encodeFrame, type FrameInit } from '../../codec/frames/frame-writer.js';
import type { Frame } from '../../codec/messages/records.js';
import { OPCODE } from '../../codec/frames/registry.js';
import { explain, isFinding, type Diagnostic } from '../../rules/catalogue.js';
import { judgeFrame } from '../../rules/frames/rules.js';
import type { Keeping, TesterDeflater, Tools } from './tools.js';
import { Condition } from './condition.js';
import { NOTHING_UNASKED, UnaskedFilter } from './unasked.js';
import type { Exchange } from './exchange.js';
import type { Wire, WireEnd, WireTaker } from './wire.js';

/** A frame to be sent; by default it is whole, and masked as required. */
export interface Sending extends Partial<Omit<FrameInit, 'payload' | 'opcode' | 'key'>> {
  readonly opcode: number;
  readonly payload?: Uint8Array;
  /** False: without a mask, though a client has to; true: with one, though a server must not. */
  readonly masked?: boolean;
}

export interface TesterOptions {
  readonly wire: Wire;
  readonly exchange: Pick<Exchange, 'add'>;
  /** It is a stream of HTTP/2. */
  readonly isStream?: true;
  /** The tester's role. */
  readonly role: 'client' | 'server';
  readonly tools: Tools;
  /** What was negotiated. */
  readonly deflate?: DeflateParameters | undefined;
  random(this: void): number;
}

/** More messages and pongs than any case waits for: further ones are passed over. */
const MOST_RECEIVED = 16 * 1024;
const MIB = 1024 * 1024;
/** Bytes that are kept of a peer: of one message, and of all that are not taken yet. More than any case waits for. */
const MOST_KEPT: Readonly<Record<Keeping, { readonly message: number; readonly all: number }>> = {
  little: { message: 4096, all: 64 * 1024 },
  usual: { message: 2 * MIB, all: 4 * MIB },
  large: { message: 20 * MIB, all: 24 * MIB },
};
/** Pongs that wait to be written, in bytes: above that only the most recent ping is answered (RFC 6455 §5.5.3). */
const MOST_WAITING = 64 * 1024;
/** Seconds that a write waits for the peer to read it. */
const MOST_FLUSH = 5;
/** What is kept of a data frame by itself: its message has it all. */
const PREVIEW = 128;

const EMPTY = new Uint8Array(0);

/** The tester's end of a WebSocket: strict in what it receives, free in what it sends. */
export class Tester implements WireTaker {
  readonly received: Received[] = [];
  /** Called with every message and pong, for cases that answer at once. */
  onReceived: (() => void) | undefined;
  readonly condition = new Condition();
  /** Bytes that came, frames included. */
  bytesReceived = 0;
  private readonly stream: FrameStream;
  private readonly deflater: TesterDeflater | undefined;
  /** Frames after the peer's close frame, and the offset at which the last of them, or the close frame, ends. */
  private afterClose = { frames: 0, end: Infinity };
  private ending: Ending = { weClosed: false, peerClosed: false, clean: false, weDropped: false };
  /** Bytes of the messages that were kept. */
  private kept = 0;
  private closeSent = false;
  private over = false;
  /** The peer's frames are no longer read, except the first close frame. */
  private deaf = false;
  /** The peer reads nothing of what is written. */
  private isStuck = false;
  /** The most recent ping, where the peer does not read the answers to those before it. */
  private latestPing: Uint8Array | undefined;
  private readonly most: (typeof MOST_KEPT)[Keeping];
  private readonly unasked: UnaskedFilter;

  /** `rest` came after the handshake. */
  constructor(
    private readonly options: TesterOptions,
    rest: Uint8Array = EMPTY,
  ) {
    const { role, tools, deflate, isStream } = options;
    if (isStream) this.ending = { ...this.ending, isStream };
    this.most = MOST_KEPT[tools.keeping ?? 'usual'];
    this.unasked = new UnaskedFilter((role === 'client' && tools.unasked) || NOTHING_UNASKED);
    const peer = role === 'client' ? 'server' : 'client';
    const reading = {
      raw: tools.raw,
      previewBytes: PREVIEW,
      messageBytes: this.most.message,
      maxMessageBytes: this.most.message,
    };
    this.stream = new FrameStream(createAssembler(peer, deflate, reading));
    if (deflate) this.deflater = tools.deflater(senderParameters(deflate, role));
    options.wire.listen({ bytes: (chunk) => this.read(chunk), ended: (how) => this.ended(how) });
    // It was recorded with the handshake.
    if (rest.length > 0) this.decode(rest);
  }

  get wire(): Wire {
    return this.options.wire;
  }

  get deflate(): DeflateParameters | undefined {
    return this.options.deflate;
  }

  /** TCP has ended, by either end. */
  get isOver(): boolean {
    return this.over;
  }

  /** A close frame was sent or has come. */
  get isClosing(): boolean {
    return this.closeSent || this.ending.peerClosed || this.over;
  }

  /** Frames that came after the peer's close frame; one of which only a part came counts too. */
  get framesAfterClose(): number {
    const { frames, end } = this.afterClose;
    return frames + (this.stream.position > end ? 1 : 0);
  }

  get state(): Ending {
    return this.ending;
  }

  /** The bytes of a frame as this end sends it. */
  frame({ fin = true, rsv = 0, payload = EMPTY, masked, ...rest }: Sending): Uint8Array {
    const key =
      (masked ?? this.options.role === 'client') ? Math.floor(this.options.random() * 0x1_0000_0000) : undefined;
    return encodeFrame({ fin, rsv, payload, ...rest, ...(key !== undefined && { key }) });
  }

  /** Bytes as they are, in pieces of `chop` with a flush after each where that is given. */
  async write(bytes: Uint8Array, chop = Infinity): Promise<void> {
    for (let at = 0; at < bytes.length && !this.over; at += chop) {
      const piece = bytes.subarray(at, at + chop);
      this.options.exchange.add('tester', piece);
      this.wire.write(piece);
      await this.flushed();
    }
  }

  /** Everything written was passed to the system, or the peer reads nothing: a case has limits of its own for that. */
  private async flushed(): Promise<void> {
    if (this.wire.waiting === 0 || this.isStuck) return;
    let isDone = false;
    void this.wire.flushed().then(() => {
      isDone = true;
      this.isStuck = false;
      this.condition.notify();
    });
    await this.condition.until(() => isDone || this.over, MOST_FLUSH);
    this.isStuck = !isDone;
  }

  /** A frame. Close frames count as the beginning of the end (RFC 6455 §7.1.2). */
  async send(sending: Sending, chop?: number): Promise<void> {
    if (isClose(sending)) this.noteClose();
    await this.write(this.frame(sending), chop);
  }

  /** The same for several in one write. */
  async sendTogether(sendings: readonly Sending[], chop?: number): Promise<void> {
    if (sendings.some(isClose)) this.noteClose();
    await this.write(concat(sendings.map((sending) => this.frame(sending))), chop);
  }

  /** Each of our messages is compressed without those before it: equal messages give equal bytes. */
  get compressesAlone(): boolean {
    const { deflate, role } = this.options;
    return deflate !== undefined && senderParameters(deflate, role).noContextTakeover;
  }

  /** A message's payload, compressed as negotiated. */
  compressed(message: Uint8Array): Promise<Uint8Array> {
    return this.deflater!.deflate(message);
  }

  async close(code?: number, reason = ''): Promise<void> {
    if (this.closeSent || this.over) return;
    const payload = code === undefined ? EMPTY : writeCloseBody(code, reason);
    await this.send({ opcode: OPCODE.close, payload });
  }

  /** Resolves with true as soon as `test` holds, with false after this number of seconds or when TCP has ended. */
  async until(test: () => boolean, seconds: number): Promise<boolean> {
    return this.condition.until(() => this.over || test(), seconds).then(() => test());
  }

  /** The end of the closing handshake: the peer's close frame, then TCP (RFC 6455 §7.1.1); after the time limit the connection is ended. */
  async finish(seconds: number): Promise<Ending> {
    if (this.closeSent && !this.ending.peerClosed) await this.until(() => this.ending.peerClosed, seconds);
    // The server is the one to end TCP (RFC 6455 §7.1.1).
    if (!this.over && this.ending.peerClosed) {
      if (this.options.role === 'server') this.wire.finish();
      await this.until(() => this.over, seconds);
    }
    if (!this.over) {
      this.ending = { ...this.ending, weDropped: true };
      this.over = true;
      this.wire.drop();
    }
    this.deflater?.close();
    return this.ending;
  }

  /** Takes the first item that came. */
  shift(): Received | undefined {
    const first = this.received.shift();
    if (first?.what === 'message') this.kept -= first.payload.length;
    return first;
  }

  /** A wait that was long enough, by a case's script. */
  tick(tag: string): void {
    this.received.push({ what: 'timeout', tag });
  }

  bytes(chunk: Uint8Array): void {
    this.read(chunk);
  }

  ended(how: WireEnd): void {
    this.ending = { ...this.ending, end: how };
    this.over = true;
    if (how === 'fin') this.wire.finish();
    this.condition.notify();
  }

  private read(chunk: Uint8Array): void {
    this.options.exchange.add('peer', chunk);
    this.decode(chunk);
  }

  private decode(chunk: Uint8Array): void {
    this.bytesReceived += chunk.length;
    this.stream.read(chunk, 0, chunk.length, NaN, { frame: (frame) => this.take(frame) });
    this.condition.notify();
  }

  private take(frame: Frame): void {
    if (this.ending.peerClosed) {
      this.afterClose = { frames: this.afterClose.frames + 1, end: endOf(frame) };
      return;
    }
    const { opcode } = frame.header;
    // The connection has failed: how it ends is still looked at.
    if (this.deaf && opcode !== OPCODE.close) return;
    const fault = judgeFrame(frame, { deflate: this.options.deflate !== undefined }).find((one) =>
      isFinding(one, false),
    );
    if (fault) return this.takeBroken(frame, fault);
    if (opcode === OPCODE.ping) this.answerPing(frame.payload);
    else if (opcode === OPCODE.close) this.answerClose(frame);
    else if (this.isFull) return;
    else if (!this.keep(frame)) return;
    this.onReceived?.();
  }

  private takeBroken({ header }: Frame, fault: Diagnostic): void {
    if (header.opcode === OPCODE.close) this.ending = { ...this.ending, brokenClose: true };
    if (this.deaf) return;
    const { code, message, closeCode = 1002 } = explain(fault);
    this.deaf = true;
    this.received.push({ what: 'violation', code, message });
    void this.close(closeCode);
  }

  /** A pong, or the end of a message; false: it is neither, or came without a request. */
  private keep({ header, payload, message }: Frame): boolean {
    if (header.opcode === OPCODE.pong) {
      const pong = { what: 'pong', payload: payload.slice() } as const;
      if (this.isUnasked(pong)) return false;
      this.received.push(pong);
      return true;
    }
    if (!message) return false;
    const whole = { what: 'message', binary: message.opcode === OPCODE.binary, payload: message.payload } as const;
    if (this.isUnasked(whole)) return false;
    this.kept += message.payload.length;
    this.received.push(whole);
    return true;
  }

  private isUnasked(item: Extract<Received, { readonly payload: Uint8Array }>): boolean {
    const isUnasked = this.unasked.takes(item);
    if (isUnasked) this.ending = { ...this.ending, hasUnasked: true };
    return isUnasked;
  }

  private get isFull(): boolean {
    return this.received.length >= MOST_RECEIVED || this.kept >= this.most.all;
  }

  private answerPing(payload: Uint8Array): void {
    if (this.closeSent) return;
    if (this.wire.waiting < MOST_WAITING) return this.put({ opcode: OPCODE.pong, payload });
    if (this.latestPing === undefined) void this.wire.flushed().then(() => this.answerLatest());
    this.latestPing = payload.slice();
  }

  private answerLatest(): void {
    const payload = this.latestPing;
    this.latestPing = undefined;
    if (payload && !this.closeSent && !this.over) this.put({ opcode: OPCODE.pong, payload });
  }

  /** An answer of ours that is not waited for. */
  private put(sending: Sending): void {
    const bytes = this.frame(sending);
    this.options.exchange.add('tester', bytes);
    this.wire.write(bytes);
  }

  private answerClose(frame: Frame): void {
    const { close, payload } = frame;
    this.deaf = true;
    this.afterClose.end = endOf(frame);
    const { code, reason } = close!;
    this.ending = {
      ...this.ending,
      peerClosed: true,
      clean: true,
      ...(code !== undefined && { code, reason: reason ?? '' }),
    };
    if (!this.closeSent) {
      this.closeSent = true;
      const body = code === undefined ? EMPTY : payload.slice(0, 2);
      this.put({ opcode: OPCODE.close, payload: body });
    }
  }

  private noteClose(): void {
    this.closeSent = true;
    if (!this.ending.peerClosed) this.ending = { ...this.ending, weClosed: true };
  }
}

/** With a reserved bit it is none: the peer has to refuse it. */
function isClose({ opcode, rsv = 0 }: Sending): boolean {
  return opcode === OPCODE.close && rsv === 0;
}

/** The offset of the byte after a frame. */
function endOf({ header: { start, length, payloadLength } }: Frame): number {
  return start + length + payloadLength;
}
