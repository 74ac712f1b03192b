import type { FrameHeader } from './frame.js';
import { unmaskView, type WordView } from './mask.js';
import type { Direction, Frame, Message } from './records.js';

const EMPTY = new Uint8Array(0);

/**
 * A sound frame that came in one piece and is a message of its own, or a ping or pong: by far the most frequent kind.
 * Its payload is unmasked, and its message made, when somebody asks for them.
 */
export class WholeFrame implements Frame {
  readonly missing = 0;
  readonly holed = false;
  readonly joined = false;
  readonly afterClose = false;
  readonly compressed = false;
  readonly close = undefined;
  readonly utf8Error = undefined;
  private kept: Uint8Array | undefined = undefined;
  private made: Message | undefined = undefined;

  constructor(
    readonly header: FrameHeader,
    readonly direction: Direction,
    readonly keyRepeated: boolean,
    /** Where the payload stands. */
    private readonly source: WordView,
    private readonly from: number,
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

  /** As a plain object, for JSON.stringify. */
  toJSON(): Frame {
    const { header, direction, place, payload, received, missing, holed, joined, message } = this;
    const { afterClose, compressed, keyRepeated } = this;
    const state = { afterClose, compressed, keyRepeated, ...(message && { message }) };
    return { header, direction, place, payload, received, missing, holed, joined, ...state };
  }

  /** The first bytes of the payload, unmasked. */
  first(limit: number): Uint8Array {
    const { header, source, from } = this;
    const to = from + Math.min(limit, header.payloadLength);
    if (to === from) return EMPTY;
    return header.masked ? unmaskView(source, from, to, header.key, 0) : source.bytes.subarray(from, to);
  }

  /** Writes the first `count` bytes of the payload, unmasked, to `target` at `at`; false as soon as one is no printable ASCII, or `except`. */
  printable(target: Uint8Array, at: number, count: number, except: number): boolean {
    const { bytes } = this.source;
    const key = this.header.key;
    let from = this.from;
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
