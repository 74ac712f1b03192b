import { concat } from '../codec/bytes/byte-collector.js';
import { encodeUtf8 } from '../codec/bytes/utf8.js';
import type { MessageDeflater } from '../codec/deflate/message-deflate.js';
import { encodeFrame } from '../codec/frames/frame-writer.js';
import { closeCodeInfo, OPCODE } from '../codec/frames/registry.js';
import { writeCloseBody } from '../codec/messages/close.js';
import { MAX_CONTROL_BYTES } from '../codec/messages/open-message.js';
import type { SendEvent } from './events.js';
import type { MaskingKeys } from './random.js';

export interface SendingOptions {
  /** A client's (RFC 6455 §5.3). */
  readonly keys: MaskingKeys | undefined;
  readonly deflater: MessageDeflater | undefined;
  /** Payload bytes of a data frame, at most. */
  readonly fragmentBytes: number;
}

const EMPTY = new Uint8Array(0);
const RSV1 = 4;

/** Events to frames. An illegal frame, or one in the wrong place, is the caller's mistake: it throws. */
export class FrameSender {
  /** The kind of the message whose last fragment was not sent. */
  private open: 'text' | 'binary' | undefined;

  constructor(private readonly options: SendingOptions) {}

  /** The bytes of an event. */
  bytesOf(event: SendEvent): Uint8Array {
    switch (event.type) {
      case 'text':
      case 'binary':
        return this.message(event);
      case 'continuation':
        return this.continuation(event);
      case 'ping':
      case 'pong':
        return this.control(OPCODE[event.type], bytesOf(event.payload ?? EMPTY));
      case 'close':
        return this.control(OPCODE.close, closeBody(event.code, event.reason));
      default:
        throw new TypeError(`nothing of this type can be sent: ${String((event as { type?: unknown }).type)}`);
    }
  }

  /** A control frame, which may come between fragments (RFC 6455 §5.4). */
  control(opcode: number, payload: Uint8Array): Uint8Array {
    if (payload.length > MAX_CONTROL_BYTES) throw new RangeError('a control frame has 125 bytes at the most');
    return this.frame(opcode, payload, true, 0);
  }

  private message(event: SendEvent & { type: 'text' | 'binary' }): Uint8Array {
    if (this.open) throw new TypeError('a fragmented message is open: it is continued first');
    const plain = event.type === 'text' ? textBytes(event.text) : bytesOf(event.payload);
    const opcode = OPCODE[event.type];
    if (event.fin === false) {
      this.open = event.type;
      return this.fragments(opcode, plain, 0, false);
    }
    const { deflater } = this.options;
    if (!deflater || event.compress === false) return this.fragments(opcode, plain, 0, true);
    return this.fragments(opcode, deflater.deflate(plain), RSV1, true);
  }

  private continuation(event: SendEvent & { type: 'continuation' }): Uint8Array {
    if (!this.open) throw new TypeError('no fragmented message is open');
    if ((this.open === 'text') !== (event.text !== undefined)) throw new TypeError(`the message is ${this.open}`);
    const plain = event.text === undefined ? bytesOf(event.payload) : textBytes(event.text);
    const fin = event.fin !== false;
    if (fin) this.open = undefined;
    return this.fragments(OPCODE.continuation, plain, 0, fin);
  }

  private fragments(opcode: number, payload: Uint8Array, rsv: number, fin: boolean): Uint8Array {
    const { fragmentBytes } = this.options;
    if (payload.length <= fragmentBytes) return this.frame(opcode, payload, fin, rsv);
    const frames: Uint8Array[] = [];
    for (let at = 0; at < payload.length; at += fragmentBytes) {
      const isFirst = at === 0;
      const isLast = at + fragmentBytes >= payload.length;
      const part = payload.subarray(at, at + fragmentBytes);
      frames.push(this.frame(isFirst ? opcode : OPCODE.continuation, part, fin && isLast, isFirst ? rsv : 0));
    }
    return concat(frames);
  }

  private frame(opcode: number, payload: Uint8Array, fin: boolean, rsv: number): Uint8Array {
    const { keys } = this.options;
    return encodeFrame({ fin, rsv, opcode, payload, ...(keys && { key: keys.next() }) });
  }
}

function bytesOf(payload: Uint8Array | undefined): Uint8Array {
  if (!(payload instanceof Uint8Array)) throw new TypeError('a payload is a Uint8Array');
  return payload;
}

function textBytes(text: string): Uint8Array {
  if (typeof text !== 'string') throw new TypeError('a text is a string');
  return encodeUtf8(text);
}

/** RFC 6455 §5.5.1, §7.4: only what may be sent. */
function closeBody(code: number | undefined, reason = ''): Uint8Array {
  if (code === undefined) {
    if (reason !== '') throw new TypeError('a reason needs a code');
    return EMPTY;
  }
  if (!Number.isInteger(code) || code < 0 || closeCodeInfo(code).kind !== 'valid') {
    throw new RangeError(`close code ${code} may not be sent`);
  }
  const body = writeCloseBody(code, reason);
  if (body.length > MAX_CONTROL_BYTES) throw new RangeError('the reason of a close frame has 123 bytes at the most');
  return body;
}
