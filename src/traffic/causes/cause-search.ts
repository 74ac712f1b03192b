import type { RawDeflate } from '../../codec/deflate/message-deflate.js';
import { unmask } from '../../codec/frames/mask.js';
import type { Direction, Frame } from '../../codec/messages/records.js';
import type { Cause } from '../../rules/causes/catalogue.js';
import { LOOKED_AT } from '../../rules/causes/looked-at.js';
import type { Causes } from './causes.js';

/**
 * RFC 7692 §7.2.2: what a sender takes off each message; then a last block with one byte (RFC 1951 §3.2.4), which comes out
 * only where the data end with a whole block.
 */
const MARK = 0x78;
const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x01, 0x01, 0x00, 0xfe, 0xff, MARK);
const MOST_INFLATED = 64 * 1024;
const WINDOW_BITS = 15;
const MOST = LOOKED_AT[1];

/**
 * The cause of the first framing error of one direction. It looks at the bytes from the faulty frame on, and finds the same
 * in whatever chunks they come: each step is taken when all of its bytes are there, or when none will follow.
 */
export class CauseSearch {
  cause: Cause | undefined;
  /** Where the faulty frame begins. */
  readonly offset: number;
  private readonly bytes = new Uint8Array(MOST);
  private length = 0;
  private step: 0 | 1 | undefined = 0;
  private readonly isCut: boolean;

  constructor(
    private readonly frame: Frame,
    private readonly direction: Direction,
    private readonly raw: RawDeflate | undefined,
    private readonly causes: () => Causes,
    /** The frames are in a stream of HTTP/2. */
    private readonly isHttp2: boolean,
  ) {
    this.offset = frame.header.start;
    const { header, payload, received } = frame;
    this.append(header.bytes);
    this.append(unmask(payload, 0, Math.min(payload.length, MOST), header.key));
    this.isCut = payload.length < received;
  }

  /** The offset up to which the bytes are known, where the ones that follow are wanted; undefined: none are. */
  get wanted(): number | undefined {
    const isOpen = this.step !== undefined && !this.isCut && this.length < MOST;
    return isOpen ? this.offset + this.length : undefined;
  }

  get isOver(): boolean {
    return this.step === undefined;
  }

  append(bytes: Uint8Array): void {
    const some = bytes.subarray(0, MOST - this.length);
    this.bytes.set(some, this.length);
    this.length += some.length;
  }

  /** Takes the steps that look no further than `offset`. */
  decide(offset: number): void {
    while (this.step !== undefined && this.offset + LOOKED_AT[this.step] <= offset) this.take(this.step, false);
  }

  /** Takes the steps that are left: no byte follows, or none that was captured. */
  end(isCaptured: boolean): void {
    while (this.step !== undefined) this.take(this.step, isCaptured && !this.isCut);
  }

  private take(step: 0 | 1, isEnd: boolean): void {
    const { header } = this.frame;
    const { direction, isHttp2 } = this;
    const bytes = this.bytes.subarray(0, Math.min(this.length, LOOKED_AT[step]));
    const inflate = (data: Uint8Array): Uint8Array | undefined => this.inflate(data);
    const isWhole = isEnd && bytes.length === this.length;
    this.cause = this.causes().causeOf({ bytes, isEnd: isWhole, direction, isHttp2, header, inflate }, step);
    this.step = this.cause !== undefined || step === 1 ? undefined : 1;
  }

  private inflate(data: Uint8Array): Uint8Array | undefined {
    const input = new Uint8Array(data.length + TAIL.length);
    input.set(data);
    input.set(TAIL, data.length);
    const options = { windowBits: WINDOW_BITS, dictionary: new Uint8Array(0), maxOutput: MOST_INFLATED };
    const result = this.raw?.inflate(input, options);
    if (result?.status !== 'ok' || result.consumed !== input.length || result.output.at(-1) !== MARK) return undefined;
    return result.output.subarray(0, -1);
  }
}
