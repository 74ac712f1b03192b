import { plainBytes } from '../codec/bytes/payload-memory.js';
import { decodeUtf8 } from '../codec/bytes/utf8.js';
import { senderParameters } from '../codec/connection/reading-options.js';
import { MessageDeflater, type RawDeflate } from '../codec/deflate/message-deflate.js';
import { OPCODE } from '../codec/frames/registry.js';
import type { DeflateWish } from '../codec/handshake/deflate-agreement.js';
import type { Handshake } from '../codec/handshake/handshake.js';
import { writeCloseBody } from '../codec/messages/close.js';
import type { Frame, Message } from '../codec/messages/records.js';
import { plainDiagnostic, type Diagnostic } from '../rules/catalogue.js';
import type { EndpointEvent, EndpointState, SendEvent } from './events.js';
import { FrameReceiver } from './frame-receiver.js';
import { FrameSender } from './frame-sender.js';
import { MaskingKeys, systemRandom, type RandomSource } from './random.js';

export interface EndpointOptions {
  /** permessage-deflate (RFC 7692) is offered, or agreed on: true, or what is wanted of it. By default it is not. */
  readonly deflate?: boolean | DeflateWish;
  /** The DEFLATE library: `nodeDeflate`, the default in Node.js. */
  readonly raw?: RawDeflate;
  /** Bytes that a message may have, compressed and inflated; 16 MiB by default. A larger one fails the connection (1009). */
  readonly maxMessageBytes?: number;
  /** Bytes that a head of the opening handshake may have; 256 KiB by default. */
  readonly maxHeadBytes?: number;
  /** Messages that are sent are split into fragments of this many payload bytes; by default they are not split. */
  readonly fragmentBytes?: number;
  /** A ping is answered with a pong (RFC 6455 §5.5.2); true by default. */
  readonly autoPong?: boolean;
  /** A close frame is answered with a close frame (RFC 6455 §5.5.1); true by default. */
  readonly autoClose?: boolean;
  /** For the key of the handshake and for masking keys; `crypto.getRandomValues` by default. */
  readonly random?: RandomSource;
}

type EndpointRole = 'client' | 'server';

const DEFAULT_MESSAGE = 16 * 1024 * 1024;
const EMPTY = new Uint8Array(0);

/**
 * One end of a WebSocket without any I/O: bytes that came go in, events come out; events to send go in, bytes to write
 * come out. What a peer sends never throws; a caller's mistake does (TypeError, RangeError).
 */
export abstract class WebSocketEndpoint {
  /** Events of the call that runs. */
  protected readonly out: EndpointEvent[] = [];
  protected readonly random: RandomSource;
  protected readonly maxMessageBytes: number;
  private current: EndpointState = 'connecting';
  private receiver: FrameReceiver | undefined;
  private sender: FrameSender | undefined;
  private closeSent = false;
  private isOver = false;
  private peerClose: { readonly code: number; readonly reason: string } | undefined;

  constructor(
    readonly role: EndpointRole,
    private readonly shared: EndpointOptions,
  ) {
    const { deflate, raw, random = systemRandom, maxMessageBytes = DEFAULT_MESSAGE, fragmentBytes = Infinity } = shared;
    if (deflate && !raw) throw new TypeError('deflate needs a DEFLATE library: the option raw');
    if (!(maxMessageBytes >= 0)) throw new RangeError('maxMessageBytes is 0 or more');
    if (!(fragmentBytes >= 1)) throw new RangeError('fragmentBytes is 1 or more');
    this.random = random;
    this.maxMessageBytes = maxMessageBytes;
  }

  get state(): EndpointState {
    return this.current;
  }

  /** Messages, pings and pongs may be sent. */
  get canSend(): boolean {
    return this.sender !== undefined && !this.closeSent && !this.isOver;
  }

  /** Bytes that came from the peer, in any pieces; they may be written over afterwards. Gives what they complete. */
  receive(chunk: Uint8Array): EndpointEvent[] {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('receive takes a Uint8Array');
    if (this.receiver) this.read(chunk);
    else if (this.current === 'connecting') this.shake(chunk);
    else if (this.current === 'closed') this.afterwards(chunk);
    return this.taken();
  }

  /**
   * The bytes of an event, to be written. A close frame begins the closing handshake; a second one is nothing. Throws a
   * TypeError where nothing can be sent (`canSend`), or not this; a RangeError for what no frame may have.
   */
  send(event: SendEvent): Uint8Array {
    if (event.type === 'close' && this.closeSent) return EMPTY;
    if (!this.sender || !this.canSend) throw new TypeError(`nothing can be sent: the connection is ${this.current}`);
    const bytes = this.sender.bytesOf(event);
    if (event.type === 'close') this.noteClose();
    return bytes;
  }

  /** TCP is over, however it ended. */
  end(): EndpointEvent[] {
    if (this.isOver) return [];
    this.isOver = true;
    const found = this.receiver ? this.receiver.end() : this.current === 'connecting' ? this.unfinished() : [];
    if (found.length > 0) this.out.push({ type: 'fault', diagnostics: found.map(plainDiagnostic) });
    this.current = 'closed';
    const { code, reason } = this.peerClose ?? { code: 1006, reason: '' };
    this.out.push({ type: 'closed', code, reason, clean: this.peerClose !== undefined && this.closeSent });
    return this.taken();
  }

  /** Bytes of the opening handshake. */
  protected abstract shake(chunk: Uint8Array): void;
  /** Bytes after an opening handshake that failed. */
  protected abstract afterwards(chunk: Uint8Array): void;
  /** What the end of TCP cuts off of the opening handshake. */
  protected abstract unfinished(): readonly Diagnostic[];

  /** The opening handshake has passed; `offset` is that of the peer's first frame, `rest` is what came of its frames. */
  protected opened(handshake: Handshake, offset: number, rest: Uint8Array): void {
    const { deflate, subprotocol } = handshake;
    const { raw, fragmentBytes = Infinity } = this.shared;
    this.receiver = new FrameReceiver({
      peer: this.role === 'client' ? 'server' : 'client',
      deflate,
      raw,
      maxMessageBytes: this.maxMessageBytes,
      offset,
    });
    this.sender = new FrameSender({
      keys: this.role === 'client' ? new MaskingKeys(this.random) : undefined,
      deflater: deflate && new MessageDeflater(raw!, senderParameters(deflate, this.role)),
      fragmentBytes,
    });
    this.current = 'open';
    this.out.push({
      type: 'open',
      handshake,
      ...(subprotocol !== undefined && { subprotocol }),
      ...(deflate && { deflate }),
    });
    if (rest.length > 0) this.read(rest);
  }

  /** There is no WebSocket, and will be none. */
  protected never(): void {
    this.current = 'closed';
  }

  protected taken(): EndpointEvent[] {
    return this.out.splice(0);
  }

  private read(chunk: Uint8Array): void {
    if (this.isOver) return;
    const found = this.receiver!.receive(chunk, (frame) => this.take(frame));
    if (found.length > 0) this.fail(found);
  }

  private take(frame: Frame): void {
    const { payload, message } = frame;
    switch (frame.header.opcode) {
      case OPCODE.ping:
        this.out.push({ type: 'ping', payload });
        if (this.shared.autoPong !== false && this.canSend) this.write('pong', OPCODE.pong, payload);
        break;
      case OPCODE.pong:
        this.out.push({ type: 'pong', payload });
        break;
      case OPCODE.close:
        this.takeClose(frame);
        break;
      default:
        if (message) this.out.push(messageEvent(message));
    }
  }

  /** RFC 6455 §5.5.1, §7.1.1: the server is the one to end TCP. */
  private takeClose({ close, payload }: Frame): void {
    const { code, reason = '' } = close ?? {};
    this.peerClose = { code: code ?? 1005, reason };
    this.out.push({ type: 'close', ...(code !== undefined && { code, reason }) });
    this.current = 'closing';
    if (!this.closeSent && this.shared.autoClose !== false) {
      this.write('close', OPCODE.close, payload.subarray(0, 2));
      this.closeSent = true;
    }
    if (this.closeSent && this.role === 'server') this.out.push({ type: 'end' });
  }

  private noteClose(): void {
    this.closeSent = true;
    this.current = 'closing';
  }

  /** RFC 6455 §7.1.7. */
  private fail(found: readonly Diagnostic[]): void {
    const diagnostics = found.map(plainDiagnostic);
    const { closeCode = 1002 } = diagnostics[0]!;
    this.out.push({ type: 'fault', diagnostics, closeCode });
    if (!this.closeSent) this.write('close', OPCODE.close, writeCloseBody(closeCode));
    this.noteClose();
    this.out.push({ type: 'end' });
  }

  private write(what: 'pong' | 'close', opcode: number, payload: Uint8Array): void {
    this.out.push({ type: 'write', what, bytes: this.sender!.control(opcode, payload) });
  }
}

function messageEvent({ opcode, payload }: Message): EndpointEvent {
  return opcode === OPCODE.text
    ? { type: 'text', text: decodeUtf8(payload) }
    : { type: 'binary', payload: plainBytes(payload) };
}
