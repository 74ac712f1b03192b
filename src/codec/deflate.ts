import { concat } from './byte-collector.js';

/** What an adapter around a DEFLATE library does: RFC 1951 data in, plain bytes out, synchronously. */
export interface RawDeflate {
  /**
   * Inflates until the final block, the end of the input, or `maxOutput` bytes. `dictionary` is the window that the data
   * may refer to. `consumed` tells how much input was read, `final` whether a final block stopped it before the input's
   * last byte.
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
/** An empty final block behind the tail, and a byte that it leaves over: reaching it proves that the message's own blocks were complete. */
const SENTINEL = Uint8Array.of(0x01, 0x00, 0x00, 0xff, 0xff, 0x00);
/** Each final block costs a decoder of its own; an honest message has one, if any. */
const MAX_FINAL_BLOCKS = 256;

/** Inflates the messages of one direction in their order (RFC 7692 §7.2.2), window kept as negotiated. */
export class MessageInflater {
  private window: Uint8Array = EMPTY;
  private contextKnown: boolean;

  constructor(
    private readonly raw: RawDeflate,
    private readonly parameters: DirectionDeflate,
    /** Plain bytes that one message may have. */
    private readonly maxOutput: number,
    /** False for a stream that was joined in its middle. */
    fromStart = true,
  ) {
    this.contextKnown = fromStart;
  }

  /** The stream has a hole: what was sent before it is unknown. */
  loseContext(): void {
    this.window = EMPTY;
    this.contextKnown = false;
  }

  /** The payload of one whole message, unmasked, its fragments joined. */
  inflate(payload: Uint8Array): InflateOutcome {
    if (this.parameters.noContextTakeover) {
      this.window = EMPTY;
      this.contextKnown = true;
    }
    const outcome = this.blocks(concat([payload, TAIL, SENTINEL]), payload.length);
    if (outcome.status === 'ok') this.remember(outcome.bytes);
    else {
      const knew = this.contextKnown;
      this.loseContext();
      if (outcome.status === 'invalid' && !knew) return { status: 'context-lost' };
    }
    return outcome;
  }

  /** A message may hold several final blocks (RFC 7692 §7.2.1); each ends a DEFLATE stream, the window goes on. */
  private blocks(input: Uint8Array, payloadLength: number): InflateOutcome {
    const outputs: Uint8Array[] = [];
    let produced = 0;
    let at = 0;
    let window = this.window;
    const { windowBits } = this.parameters;
    for (let blocks = 0; blocks <= MAX_FINAL_BLOCKS; blocks++) {
      const result = this.raw.inflate(input.subarray(at), {
        windowBits,
        dictionary: window,
        maxOutput: this.maxOutput - produced,
      });
      if (result.status === 'too-large') return { status: 'too-large', limit: this.maxOutput };
      if (result.status === 'invalid') return result;
      if (!result.final) return { status: 'invalid', reason: 'the data ends inside a block' };
      outputs.push(result.output);
      produced += result.output.length;
      at += result.consumed;
      // A final block that ends the payload exactly: the sender left out the octet 0x00 of RFC 7692 §7.2.3.4.
      if (at > payloadLength + TAIL.length || at === payloadLength) {
        return { status: 'ok', bytes: outputs.length === 1 ? outputs[0]! : concat(outputs, produced) };
      }
      if (at > payloadLength) return { status: 'invalid', reason: 'the data ends inside a block' };
      window = lastBytes(window, result.output, 1 << windowBits);
    }
    return { status: 'invalid', reason: `more than ${MAX_FINAL_BLOCKS} final blocks in one message` };
  }

  private remember(output: Uint8Array): void {
    if (this.parameters.noContextTakeover) return;
    const size = 1 << this.parameters.windowBits;
    this.window = lastBytes(this.window, output, size);
    if (this.window.length === size) this.contextKnown = true;
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
    const payload = output.subarray(0, output.length - TAIL.length);
    // RFC 7692 §7.2.3.6: an empty message is one octet, the header of an empty block.
    return payload.length === 0 ? Uint8Array.of(0x00) : payload;
  }
}

/** The last `size` bytes of `before` followed by `after`, in memory of their own. */
function lastBytes(before: Uint8Array, after: Uint8Array, size: number): Uint8Array {
  if (after.length >= size) return after.slice(after.length - size);
  return concat([before.subarray(Math.max(0, before.length + after.length - size)), after]);
}
