import type { FrameHeader } from '../frames/frame.js';
import { unmaskView, WordView } from '../frames/mask.js';
import type { Direction, Frame, Message } from './records.js';

const EMPTY = new Uint8Array(0);
const NOWHERE = new WordView(EMPTY);

/**
 * A sound frame that came in one piece and is a message of its own, or a ping or pong: by far the most frequent kind. Its
 * payload is unmasked, and its message made, when they are first used.
 */
export class WholeFrame implements Frame {
  readonly missing = 0;
  readonly holed = false;
  readonly joined = false;
  readonly afterClose = false;
  readonly compressed = false;
  readonly close = undefined;
  readonly utf8Error = undefined;
  /** The first bytes of the payload in memory of their own. */
  private own: Uint8Array | undefined = undefined;
  private kept: Uint8Array | undefined = undefined;
  private made: Message | undefined = undefined;

  constructor(
    readonly header: FrameHeader,
    readonly direction: Direction,
    readonly keyRepeated: boolean,
    /** The place of the payload. */
    private source: WordView,
    private readonly from: number,
    /** The masking key with which it is still masked; 0: none. */
    private readonly key: number,
    /** Payload bytes that are kept, of the frame and of its message. */
    private readonly keep: number,
    private readonly keepMessage: number,
    /** Number of the message; not used by control frames. */
    private readonly messageIndex: number,
  ) {}

  get place(): 'first' | 'control' {
    return this.header.control ? 'control' : 'first';
  }

  get received(): number {
    return this.header.payloadLength;
  }

  get payload(): Uint8Array {
    return (this.kept ??= this.first(this.keep));
  }

  get message(): Message | undefined {
    const { header } = this;
    if (header.control) return undefined;
    return (this.made ??= {
      index: this.messageIndex,
      direction: this.direction,
      opcode: header.opcode,
      span: { start: header.start, end: header.start + header.length + header.payloadLength },
      frames: 1,
      compressed: false,
      wireBytes: header.payloadLength,
      payload: this.first(this.keepMessage),
      bytes: header.payloadLength,
    });
  }

  /** The bytes among which the frame is as it was on the wire; undefined: they are not kept, or not masked any more. */
  get wire(): Uint8Array | undefined {
    return this.own === undefined && this.key === this.header.key ? this.source.bytes : undefined;
  }

  /** Where its header begins there. */
  get wireStart(): number {
    return this.from - this.header.length;
  }

  /** As a plain object, for JSON.stringify. */
  toJSON(): Frame {
    const { header, direction, place, payload, received, missing, holed, joined, message } = this;
    const { afterClose, compressed, keyRepeated } = this;
    const state = { afterClose, compressed, keyRepeated, ...(message && { message }) };
    return { header, direction, place, payload, received, missing, holed, joined, ...state };
  }

  /** The first bytes of the payload, unmasked. */
  first(limit: number): Uint8Array {
    const { header, source, from, key, own } = this;
    const length = Math.min(limit, header.payloadLength);
    if (length === 0) return EMPTY;
    if (own !== undefined) return length >= own.length ? own : own.subarray(0, length);
    return key === 0 ? source.part(from, from + length) : unmaskView(source, from, from + length, key, 0);
  }

  /** Copies what is kept of the payload: the chunk that it came in is not used any more. */
  detach(): void {
    const { header, source, from, key } = this;
    const most = header.control ? this.keep : Math.max(this.keep, this.keepMessage);
    this.own = unmaskView(source, from, from + Math.min(most, header.payloadLength), key, 0);
    this.source = NOWHERE;
  }

  /** Writes the first `count` bytes of the payload, unmasked, to `target` at `at`; false as soon as one is no printable ASCII, or `except`. */
  printable(target: Uint8Array, at: number, count: number, except: number): boolean {
    const { own } = this;
    const bytes = own ?? this.source.bytes;
    const key = own === undefined ? this.key : 0;
    let from = own === undefined ? this.from : 0;
    let shift = 24;
    for (let to = at; to < at + count; to++) {
      const byte = bytes[from++]! ^ ((key >>> shift) & 0xff);
      if (byte < 0x20 || byte > 0x7e || byte === except) return false;
      target[to] = byte;
      shift = (shift - 8) & 31;
    }
    return true;
  }
}
