import { concat } from '../bytes/byte-collector.js';
import { SlidingWindow, type DeflateWindows } from './windows.js';
import { copyOf, plainBytes } from '../bytes/payload-memory.js';

/** What an adapter around a DEFLATE library does: RFC 1951 data in, plain bytes out, synchronously. */
export interface RawDeflate {
  /**
   * Inflates until the final block, the end of the input, or `maxOutput` bytes. `dictionary` is the window that the data may
   * refer to. `consumed` is the number of bytes read, `final` whether a final block stopped it before the input's last byte.
   */
  inflate(
    input: Uint8Array,
    options: { windowBits: number; dictionary: Uint8Array; maxOutput: number },
  ):
    | { status: 'ok'; output: Uint8Array; consumed: number; final: boolean }
    | { status: 'invalid'; reason: string }
    | { status: 'too-large' };
  /** Deflates and ends with an empty stored block (a sync flush): the output ends in 00 00 ff ff. */
  deflate(input: Uint8Array, options: { windowBits: number; dictionary: Uint8Array }): Uint8Array;
  /**
   * A faster way for one direction's messages: a decoder that stays between them. `undefined` where the library has none,
   * or none yet: it is asked again with the next message.
   */
  open?(options: { windowBits: number }): InflateStream | undefined;
}

/** A decoder whose state continues from message to message. Where it is not certain, `RawDeflate.inflate` decides. */
export interface InflateStream {
  /**
   * The plain bytes of one message, its payload as in the frames (RFC 7692 §7.2.1: without 00 00 ff ff): a view that is valid
   * until the next call on any stream. The message may refer to `window`, which has all that came out before; it is read only
   * where the library no longer holds it. `undefined` means anything other than a whole message that ends with its empty
   * stored block: faults, final blocks. After that and after `too-large` (more than `maxOutput` bytes) nothing is held, as
   * after `release`.
   */
  inflate(payload: Uint8Array, window: SlidingWindow, maxOutput: number): Uint8Array | 'too-large' | undefined;
  /** Gives back what is held; the next call begins with the window that it is handed. */
  release(): void;
}

export type InflateOutcome =
  | { readonly status: 'ok'; readonly bytes: Uint8Array }
  /** The data is no DEFLATE stream, or refers to bytes before the window. */
  | { readonly status: 'invalid'; readonly reason: string }
  /** More than `limit` bytes: compressed bytes collected, or plain bytes that came out. */
  | { readonly status: 'too-large'; readonly limit: number }
  /** It refers to earlier messages that were not seen or could not be read. */
  | { readonly status: 'context-lost' };

export interface DirectionDeflate {
  /** LZ77 window of the sender: 8 to 15 (RFC 7692 §7.1.2). */
  readonly windowBits: number;
  /** The sender starts every message with an empty window (RFC 7692 §7.1.1). */
  readonly noContextTakeover: boolean;
}

const EMPTY = new Uint8Array(0);
/** RFC 7692 §7.2.2: what the sender took off each message. */
const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff);
/** An empty final block after the tail, and a byte that it leaves over: reaching it proves that the message's own blocks were complete. */
const SENTINEL = Uint8Array.of(0x01, 0x00, 0x00, 0xff, 0xff, 0x00);
/** Each final block costs a decoder of its own; an ordinary message has at most one. */
const MAX_FINAL_BLOCKS = 256;
const CUT_SHORT = { status: 'invalid', reason: 'the data ends inside a block' } as const;

/** Inflates the messages of one direction in their order (RFC 7692 §7.2.2), window kept as negotiated. */
export class MessageInflater {
  private readonly window: SlidingWindow;
  private contextKnown: boolean;
  private stream: InflateStream | undefined;

  constructor(
    private readonly raw: RawDeflate,
    private readonly parameters: DirectionDeflate,
    /** Plain bytes that one message may have. */
    private readonly maxOutput: number,
    /** False for a stream that was joined in its middle. */
    fromStart = true,
    /** Counts this window with those of other directions; without it a window is never given up. */
    windows?: DeflateWindows,
  ) {
    this.contextKnown = fromStart;
    this.window = new SlidingWindow(1 << parameters.windowBits, () => this.loseContext(), windows);
  }

  /** The stream has a hole: what was sent before it is unknown. */
  loseContext(): void {
    this.window.clear();
    this.stream?.release();
    this.contextKnown = false;
  }

  /** No more messages are expected: gives back window and decoder. A message that comes nevertheless has lost its context. */
  close(): void {
    this.loseContext();
  }

  /** The payload of one whole message, unmasked, its fragments joined. Never throws. */
  inflate(payload: Uint8Array): InflateOutcome {
    const outcome = this.inflateView(payload);
    return outcome.status === 'ok' ? { status: 'ok', bytes: copyOf(outcome.bytes) } : outcome;
  }

  /**
   * The same without a copy: the bytes may be a view of memory that all inflaters share, valid until the next call on ANY
   * inflater.
   */
  inflateView(payload: Uint8Array): InflateOutcome {
    const { noContextTakeover } = this.parameters;
    if (noContextTakeover) this.contextKnown = true;
    const outcome = this.ordinary(payload) ?? this.blocks(concat([payload, TAIL, SENTINEL]), payload.length);
    if (outcome.status === 'ok') {
      if (noContextTakeover) this.stream?.release();
      else this.remember(outcome.bytes);
      return outcome;
    }
    const knew = this.contextKnown;
    this.loseContext();
    return outcome.status === 'invalid' && !knew ? { status: 'context-lost' } : outcome;
  }

  /** The fast way, for a message like nearly all: without a fault, its last block the empty stored one. */
  private ordinary(payload: Uint8Array): InflateOutcome | undefined {
    this.stream ??= this.raw.open?.(this.parameters);
    const bytes = this.stream?.inflate(payload, this.window, this.maxOutput);
    if (bytes === undefined) return undefined;
    return bytes === 'too-large' ? { status: bytes, limit: this.maxOutput } : { status: 'ok', bytes };
  }

  /** A message may hold several final blocks (RFC 7692 §7.2.1); each ends a DEFLATE stream, the window continues. */
  private blocks(input: Uint8Array, payloadLength: number): InflateOutcome {
    const outputs: Uint8Array[] = [];
    let produced = 0;
    let at = 0;
    let window = this.window.copy();
    const { windowBits } = this.parameters;
    for (let blocks = 0; blocks <= MAX_FINAL_BLOCKS; blocks++) {
      const options = { windowBits, dictionary: window, maxOutput: this.maxOutput - produced };
      const result = this.raw.inflate(input.subarray(at), options);
      if (result.status === 'invalid') return result;
      // A library may have a least limit above 0, as Node has.
      if (result.status === 'too-large' || result.output.length > options.maxOutput) {
        return { status: 'too-large', limit: this.maxOutput };
      }
      if (!result.final) return CUT_SHORT;
      outputs.push(plainBytes(result.output));
      produced += result.output.length;
      const begin = at;
      at += result.consumed;
      if (this.ends(input, begin, at, payloadLength, options, result.output.length)) {
        return { status: 'ok', bytes: outputs.length === 1 ? outputs[0]! : concat(outputs, produced) };
      }
      if (at > payloadLength) return CUT_SHORT;
      if (result.output.length > 0) window = lastBytes(window, result.output, 1 << windowBits);
    }
    return { status: 'invalid', reason: `more than ${MAX_FINAL_BLOCKS} final blocks in one message` };
  }

  /** Is the message whole whose decoder, begun at `begin`, stopped after a final block at `at`? */
  private ends(
    input: Uint8Array,
    begin: number,
    at: number,
    payloadLength: number,
    options: Parameters<RawDeflate['inflate']>[1],
    produced: number,
  ): boolean {
    // The whole sentinel was a block of its own. Or a final block ends the payload exactly: the sender left out the
    // octet 0x00 of RFC 7692 §7.2.3.4.
    if (at === input.length - 1 || at === payloadLength) return true;
    if (at !== payloadLength + TAIL.length) return false;
    // The final block is the empty stored one whose end is the tail (RFC 7692 §7.2.1 leaves BFINAL free), or one that
    // was cut short and read the tail as its data. The latter made something of it.
    const without = this.raw.inflate(input.subarray(begin, payloadLength), options);
    return without.status === 'ok' && !without.final && without.output.length === produced;
  }

  /** The window is known again once it is full of what came out: then nothing can refer to what was lost. */
  private remember(output: Uint8Array): void {
    this.window.push(output);
    if (this.window.length === this.window.size) this.contextKnown = true;
  }
}

/** Deflates the messages of one direction in their order (RFC 7692 §7.2.1). */
export class MessageDeflater {
  private window: Uint8Array = EMPTY;

  constructor(
    private readonly raw: RawDeflate,
    private readonly parameters: DirectionDeflate,
  ) {}

  deflate(message: Uint8Array): Uint8Array {
    const { windowBits, noContextTakeover } = this.parameters;
    const output = this.raw.deflate(message, { windowBits, dictionary: this.window });
    if (!noContextTakeover) this.window = lastBytes(this.window, message, 1 << windowBits);
    const payload = plainBytes(output).subarray(0, output.length - TAIL.length);
    // RFC 7692 §7.2.3.6: an empty message is one octet, the header of an empty block.
    return payload.length === 0 ? Uint8Array.of(0x00) : payload;
  }
}

/** The last `size` bytes of `before` followed by `after`, in memory of their own. */
function lastBytes(before: Uint8Array, after: Uint8Array, size: number): Uint8Array {
  if (after.length >= size) return copyOf(after.subarray(after.length - size));
  return concat([before.subarray(Math.max(0, before.length + after.length - size)), after]);
}
