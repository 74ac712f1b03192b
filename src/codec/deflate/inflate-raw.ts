import type { RawDeflate } from './message-deflate.js';

type Inflated = ReturnType<RawDeflate['inflate']>;
type InflateOptions = Parameters<RawDeflate['inflate']>[1];

/** What `RawDeflate.inflate` does, where there is no library for it: raw DEFLATE data (RFC 1951), symbol by symbol. For short input: it is some ten times slower than zlib. */
export function inflateRaw(input: Uint8Array, options: InflateOptions): Inflated {
  return new RawInflation(input, options).run();
}

/** Lengths from symbol 257 on, and distances (RFC 1951 §3.2.5): the least of each code, and its extra bits. */
const LENGTHS = leastOf(29, 3, (code) => (code < 8 || code === 28 ? 0 : (code >> 2) - 1));
const DISTANCES = leastOf(30, 1, (code) => (code < 4 ? 0 : (code >> 1) - 1));
/** The order in which the lengths of code lengths are written (RFC 1951 §3.2.7). */
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const END_OF_BLOCK = 256;
const LONGEST_CODE = 15;
/** What reading a symbol gives instead: no more input, or bits that are no code. */
const SHORT = -1;
const NO_CODE = -2;

/** How a block ended. */
type BlockEnd = 'end' | 'short' | 'too-large' | { readonly reason: string };

const invalid = (reason: string): BlockEnd => ({ reason });

class RawInflation {
  private at = 0;
  /** Bits that were read from the input and not used. */
  private held = 0;
  private count = 0;
  private out = new Uint8Array(1024);
  private length = 0;

  constructor(
    private readonly input: Uint8Array,
    private readonly options: InflateOptions,
  ) {}

  run(): Inflated {
    for (;;) {
      const isFinal = this.bits(1) === 1;
      const end = this.block(this.bits(2));
      if (typeof end === 'object') return { status: 'invalid', reason: end.reason };
      if (end === 'too-large') return { status: end };
      if (end === 'end' && !isFinal) continue;
      const { at, input, out, length } = this;
      const final = end === 'end' && at < input.length;
      return { status: 'ok', output: out.slice(0, length), consumed: final ? at : input.length, final };
    }
  }

  private block(type: number): BlockEnd {
    if (type === SHORT) return 'short';
    if (type === 0) return this.stored();
    if (type === 1) return this.symbols(FIXED.literals, FIXED.distances);
    return type === 2 ? this.dynamic() : invalid('invalid block type');
  }

  /** Up to 16 bits, the lowest first; SHORT: there are fewer. */
  private bits(wanted: number): number {
    while (this.count < wanted) {
      if (this.at === this.input.length) return SHORT;
      this.held |= this.input[this.at++]! << this.count;
      this.count += 8;
    }
    const value = this.held & ((1 << wanted) - 1);
    this.held >>>= wanted;
    this.count -= wanted;
    return value;
  }

  private stored(): BlockEnd {
    this.held = this.count = 0;
    const [length, complement] = [this.bits(16), this.bits(16)];
    if (complement === SHORT) return 'short';
    if (length !== (~complement & 0xffff)) return invalid('invalid stored block lengths');
    const bytes = this.input.subarray(this.at, this.at + length);
    if (!this.room(bytes.length)) return 'too-large';
    this.out.set(bytes, this.length);
    this.length += bytes.length;
    this.at += bytes.length;
    return bytes.length < length ? 'short' : 'end';
  }

  /** RFC 1951 §3.2.7. */
  private dynamic(): BlockEnd {
    const [literals, distances, codes] = [this.bits(5) + 257, this.bits(5) + 1, this.bits(4)];
    if (codes === SHORT) return 'short';
    if (literals > 286 || distances > 30) return invalid('too many length or distance symbols');
    const ofCodes = new Uint8Array(19);
    for (const place of CODE_ORDER.slice(0, codes + 4)) {
      const length = this.bits(3);
      if (length === SHORT) return 'short';
      ofCodes[place] = length;
    }
    const code = codeOf(ofCodes, false);
    if (code === undefined) return invalid('invalid code lengths set');
    const lengths = this.codeLengths(code, literals + distances);
    if (!(lengths instanceof Uint8Array)) return lengths;
    if (lengths[END_OF_BLOCK] === 0) return invalid('invalid code -- missing end-of-block');
    const literalCode = codeOf(lengths.subarray(0, literals), true);
    if (literalCode === undefined) return invalid('invalid literal/lengths set');
    const distanceCode = codeOf(lengths.subarray(literals), true);
    return distanceCode === undefined ? invalid('invalid distances set') : this.symbols(literalCode, distanceCode);
  }

  private codeLengths(code: HuffmanCode, wanted: number): Uint8Array | BlockEnd {
    const lengths = new Uint8Array(wanted);
    for (let at = 0; at < wanted;) {
      const symbol = this.symbol(code);
      if (symbol < 0) return symbol === SHORT ? 'short' : invalid('invalid code lengths set');
      if (symbol < 16) {
        lengths[at++] = symbol;
        continue;
      }
      const [extra, least] = symbol === 16 ? [2, 3] : symbol === 17 ? [3, 3] : [7, 11];
      const more = this.bits(extra);
      if (more === SHORT) return 'short';
      const end = at + least + more;
      if (end > wanted || (symbol === 16 && at === 0)) return invalid('invalid bit length repeat');
      lengths.fill(symbol === 16 ? lengths[at - 1]! : 0, at, end);
      at = end;
    }
    return lengths;
  }

  private symbols(literals: HuffmanCode, distances: HuffmanCode): BlockEnd {
    for (;;) {
      const symbol = this.symbol(literals);
      if (symbol === SHORT) return 'short';
      if (symbol === END_OF_BLOCK) return 'end';
      if (symbol === NO_CODE || symbol - 257 >= LENGTHS.length) return invalid('invalid literal/length code');
      if (symbol < END_OF_BLOCK) {
        if (!this.room(1)) return 'too-large';
        this.out[this.length++] = symbol;
        continue;
      }
      const end = this.copy(symbol - 257, distances);
      if (end !== undefined) return end;
    }
  }

  /** Undefined: it was copied. */
  private copy(lengthCode: number, distances: HuffmanCode): BlockEnd | undefined {
    const { least, extra } = LENGTHS[lengthCode]!;
    const more = this.bits(extra);
    if (more === SHORT) return 'short';
    const symbol = this.symbol(distances);
    if (symbol === SHORT) return 'short';
    const code = DISTANCES[symbol];
    if (code === undefined) return invalid('invalid distance code');
    const further = this.bits(code.extra);
    if (further === SHORT) return 'short';
    return this.repeat(least + more, code.least + further);
  }

  private repeat(length: number, distance: number): BlockEnd | undefined {
    const { dictionary, windowBits } = this.options;
    if (distance > Math.min(this.length + dictionary.length, 1 << windowBits)) {
      return invalid('invalid distance too far back');
    }
    if (!this.room(length)) return 'too-large';
    for (let i = 0; i < length; i++) {
      const from = this.length - distance;
      this.out[this.length++] = from < 0 ? dictionary[dictionary.length + from]! : this.out[from]!;
    }
    return undefined;
  }

  /** Its codes have the highest bit first (RFC 1951 §3.1.1). */
  private symbol({ counts, symbols }: HuffmanCode): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= LONGEST_CODE; length++) {
      const bit = this.bits(1);
      if (bit === SHORT) return SHORT;
      code |= bit;
      const count = counts[length]!;
      if (code - count < first) return symbols[index + code - first]!;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return NO_CODE;
  }

  /** False: it would be more than `maxOutput`. */
  private room(bytes: number): boolean {
    const needed = this.length + bytes;
    if (needed > this.options.maxOutput) return false;
    if (needed > this.out.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.out.length));
      larger.set(this.out);
      this.out = larger;
    }
    return true;
  }
}

/** A canonical code (RFC 1951 §3.2.2). */
interface HuffmanCode {
  /** By length. */
  readonly counts: Uint16Array;
  /** In the order of their codes. */
  readonly symbols: Uint16Array;
}

/** Undefined: no such code is possible. One of a single symbol, of one bit, or of none is, where that is allowed. */
function codeOf(lengths: Uint8Array, mayBeSingle: boolean): HuffmanCode | undefined {
  const counts = new Uint16Array(LONGEST_CODE + 1);
  for (const length of lengths) if (length > 0) counts[length]!++;
  const offsets = [0, 0];
  let left = 1;
  for (let length = 1; length <= LONGEST_CODE; length++) {
    left = 2 * left - counts[length]!;
    if (left < 0) return undefined;
    offsets.push(offsets[length]! + counts[length]!);
  }
  const used = offsets.at(-1)!;
  if (left > 0 && used > 0 && !(mayBeSingle && used === 1 && counts[1] === 1)) return undefined;
  const symbols = new Uint16Array(used);
  lengths.forEach((length, symbol) => {
    if (length > 0) symbols[offsets[length]!++] = symbol;
  });
  return { counts, symbols };
}

/** RFC 1951 §3.2.6. */
const FIXED = {
  literals: codeOf(
    Uint8Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)),
    false,
  )!,
  distances: codeOf(new Uint8Array(32).fill(5), false)!,
};

interface LeastOfCode {
  readonly least: number;
  readonly extra: number;
}

function leastOf(codes: number, first: number, extraOf: (code: number) => number): LeastOfCode[] {
  let least = first;
  const rows = Array.from({ length: codes }, (_, code): LeastOfCode => {
    const row = { least, extra: extraOf(code) };
    least += 1 << row.extra;
    return row;
  });
  // The last length has a code of its own.
  if (first === 3) rows[codes - 1] = { least: 258, extra: 0 };
  return rows;
}
