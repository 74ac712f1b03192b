/** A run to be copied: `length` is 3 to 10, or 258. */
export interface Copy {
  readonly length: number;
  readonly distance: number;
}

interface Stored {
  readonly final?: boolean;
  readonly declared?: number;
  readonly complement?: number;
}

/** Lengths from 3 on that have a symbol without extra bits (RFC 1951 §3.2.5). */
const FIRST_LENGTH = 257;
const LONGEST = 258;
const LONGEST_SYMBOL = 285;
const END = 256;

/** Writes DEFLATE blocks by hand (RFC 1951 §3.2), including blocks that no compressor makes. */
export class DeflateBits {
  private readonly bytes: number[] = [];
  private filled = 8;

  /** Bits as they are stored: the lowest first. */
  bits(value: number, count: number): this {
    for (let i = 0; i < count; i++) {
      if (this.filled === 8) {
        this.bytes.push(0);
        this.filled = 0;
      }
      this.bytes[this.bytes.length - 1]! |= ((value >> i) & 1) << this.filled++;
    }
    return this;
  }

  /** A Huffman code: its highest bit first. */
  code(value: number, count: number): this {
    for (let i = count - 1; i >= 0; i--) this.bits(value >> i, 1);
    return this;
  }

  /** A stored block; its length may be set to a wrong value. */
  stored(data: Uint8Array, { final = false, declared = data.length, complement = ~data.length }: Stored = {}): this {
    this.bits(final ? 1 : 0, 3);
    this.filled = 8;
    this.bits(declared, 16).bits(complement, 16);
    for (const byte of data) this.bytes.push(byte);
    return this;
  }

  /** A block with the fixed codes. */
  fixed(items: readonly (Uint8Array | Copy)[], final = false): this {
    this.bits(final ? 1 : 0, 1).bits(1, 2);
    for (const item of items) {
      if (item instanceof Uint8Array) for (const byte of item) this.symbol(byte);
      else this.copy(item);
    }
    return this.symbol(END);
  }

  /** A literal or length by its fixed code (RFC 1951 §3.2.6). */
  symbol(value: number): this {
    if (value < 144) return this.code(0x30 + value, 8);
    if (value < END) return this.code(0x190 + value - 144, 9);
    return value < 280 ? this.code(value - END, 7) : this.code(0xc0 + value - 280, 8);
  }

  private copy({ length, distance }: Copy): void {
    this.symbol(length === LONGEST ? LONGEST_SYMBOL : FIRST_LENGTH + length - 3);
    const back = distance - 1;
    const extra = back < 4 ? 0 : Math.floor(Math.log2(back)) - 1;
    const symbol = extra === 0 ? back : 2 * extra + (back >> extra);
    this.code(symbol, 5).bits(back & ((1 << extra) - 1), extra);
  }

  /** Bits left in the last byte. */
  get room(): number {
    return 8 - this.filled;
  }

  /** What was written, as it is. */
  end(): Uint8Array {
    return Uint8Array.from(this.bytes);
  }

  /** A message's payload: with an empty stored block at its end, without its 00 00 ff ff (RFC 7692 §7.2.1). */
  message(): Uint8Array {
    return this.bits(0, 3).end();
  }
}

/**
 * A payload of about `size` bytes that inflates to about 1032 times as much, all of it `a`: a code of one bit means 258
 * bytes, one more the distance.
 */
export function bomb(size: number): Uint8Array {
  // Dynamic codes: `a` and the end take two bits, the length 258 and the distance 1 one.
  const head = new DeflateBits()
    .bits(4, 3)
    .bits(LONGEST_SYMBOL + 1 - 257, 5)
    .bits(0, 5)
    .bits(14, 4);
  // The code lengths' code, in the order 16 17 18 0 8 7 9 6 10 5 11 4 12 3 13 2 14 1: of 18, 1 and 2.
  for (const length of [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2]) head.bits(length, 3);
  const zeros = (count: number): void => void head.code(0, 1).bits(count - 11, 7);
  const one = (): void => void head.code(0b10, 2);
  const two = (): void => void head.code(0b11, 2);
  zeros(97); // up to `a`
  two();
  zeros(138);
  zeros(20); // up to 256
  two();
  zeros(28); // up to 285
  one();
  one(); // distance 1
  head.code(0b10, 2); // `a`
  // Zero bits follow, two for each run: of an odd number the last begins a run that ends here.
  const rest = new DeflateBits()
    .bits(0, head.room % 2)
    .code(0b11, 2)
    .message();
  const out = new Uint8Array(head.end().length + size + rest.length);
  out.set(head.end());
  out.set(rest, out.length - rest.length);
  return out;
}
