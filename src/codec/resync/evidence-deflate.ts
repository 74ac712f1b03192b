/**
 * Whether a payload has the structure of one compressed message (RFC 7692 §7.2.1): blocks of DEFLATE (RFC 1951) that end
 * where the payload does, in the header of an empty stored block. Nothing is inflated: the window of a stream joined in
 * its middle is not known, but codes and block ends are the same with any window.
 */

/** Beyond this, what was looked at of a payload is enough evidence. */
const ENOUGH = 2048;
const MAX_BITS = 15;

/** RFC 1951 §3.2.7: the order in which the lengths of the code length codes are written. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/** Extra bits after length symbols 257 to 285 and after distance symbols 0 to 29 (RFC 1951 §3.2.5). */
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
const END_OF_BLOCK = 256;

/** A canonical Huffman code: how many codes of each length, and the symbols in the order of their codes. */
interface HuffmanCode {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

/** The code with these lengths; undefined where they make none (RFC 1951 §3.2.2). `single`: a single code is allowed. */
function codeOf(lengths: Uint8Array, single: boolean): HuffmanCode | undefined {
  const counts = new Uint16Array(MAX_BITS + 1);
  for (const length of lengths) counts[length]!++;
  const used = lengths.length - counts[0]!;
  counts[0] = 0;
  let left = 1;
  for (let length = 1; length <= MAX_BITS; length++) {
    left = left * 2 - counts[length]!;
    if (left < 0) return undefined;
  }
  if (left > 0 && !(single && used <= 1)) return undefined;
  const next = new Uint16Array(MAX_BITS + 2);
  for (let length = 1; length <= MAX_BITS; length++) next[length + 1] = next[length]! + counts[length]!;
  const symbols = new Uint16Array(used);
  lengths.forEach((length, symbol) => {
    if (length > 0) symbols[next[length]!++] = symbol;
  });
  return { counts, symbols };
}

const FIXED_LITERALS = codeOf(
  Uint8Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)),
  false,
)!;
const FIXED_DISTANCES = codeOf(new Uint8Array(32).fill(5), false)!;

/** Bits of a payload, unmasked as they are read. Beyond the end there are zeros, and `over` is set. */
class BitReader {
  /** Next bit, counted from the payload's first. */
  at = 0;
  readonly length: number;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly from: number,
    to: number,
    private readonly key: number,
  ) {
    this.length = (to - from) * 8;
  }

  get over(): boolean {
    return this.at > this.length;
  }

  bit(): number {
    const index = this.at >> 3;
    const shift = this.at & 7;
    this.at++;
    return this.at > this.length ? 0 : (this.byte(index) >> shift) & 1;
  }

  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value |= this.bit() << i;
    return value;
  }

  /** Goes to the next whole byte; false where what is passed over is not zero (every encoder writes zeros). */
  align(): boolean {
    return this.bits(-this.at & 7) === 0;
  }

  private byte(index: number): number {
    return this.bytes[this.from + index]! ^ ((this.key >>> (24 - 8 * (index & 3))) & 0xff);
  }
}

/** The next symbol; -1 where no code fits. */
function symbolOf(reader: BitReader, { counts, symbols }: HuffmanCode): number {
  let code = 0;
  let first = 0;
  let index = 0;
  for (let length = 1; length <= MAX_BITS; length++) {
    code |= reader.bit();
    const count = counts[length]!;
    if (code - count < first) return symbols[index + code - first]!;
    index += count;
    first = (first + count) << 1;
    code <<= 1;
  }
  return -1;
}

/** RFC 1951 §3.2.7: the lengths of both codes, themselves coded. */
function dynamicCodes(reader: BitReader): [literals: HuffmanCode, distances: HuffmanCode] | undefined {
  const literalCount = reader.bits(5) + 257;
  const distanceCount = reader.bits(5) + 1;
  if (literalCount > 286 || distanceCount > 30) return undefined;
  const own = new Uint8Array(19);
  const written = reader.bits(4) + 4;
  for (let i = 0; i < written; i++) own[ORDER[i]!] = reader.bits(3);
  const code = codeOf(own, false);
  const lengths = code && readLengths(reader, code, literalCount + distanceCount);
  if (!lengths || lengths[END_OF_BLOCK] === 0) return undefined;
  const literals = codeOf(lengths.subarray(0, literalCount), true);
  const distances = codeOf(lengths.subarray(literalCount), true);
  return literals && distances && [literals, distances];
}

function readLengths(reader: BitReader, code: HuffmanCode, count: number): Uint8Array | undefined {
  const lengths = new Uint8Array(count);
  let at = 0;
  while (at < count) {
    const symbol = symbolOf(reader, code);
    if (symbol < 0 || reader.over || (symbol === 16 && at === 0)) return undefined;
    const value = symbol < 16 ? symbol : symbol === 16 ? lengths[at - 1]! : 0;
    const run =
      symbol < 16 ? 1 : symbol === 16 ? 3 + reader.bits(2) : symbol === 17 ? 3 + reader.bits(3) : 11 + reader.bits(7);
    if (at + run > count) return undefined;
    lengths.fill(value, at, at + run);
    at += run;
  }
  return lengths;
}

/** Passes over a block's symbols; false where there is none or the payload is over before the block is. */
function passSymbols(reader: BitReader, [literals, distances]: readonly [HuffmanCode, HuffmanCode]): boolean {
  while (reader.at < ENOUGH * 8) {
    const symbol = symbolOf(reader, literals);
    if (symbol < 0 || reader.over) return false;
    if (symbol === END_OF_BLOCK) return true;
    if (symbol < END_OF_BLOCK) continue;
    const lengthExtra = LENGTH_EXTRA[symbol - 257];
    if (lengthExtra === undefined) return false;
    reader.bits(lengthExtra);
    const distanceExtra = DISTANCE_EXTRA[symbolOf(reader, distances)];
    if (distanceExtra === undefined) return false;
    reader.bits(distanceExtra);
  }
  return true;
}

/** A stored block after its header: true where it continues, or where the payload ends in its header, as messages do. */
function passStored(reader: BitReader): boolean {
  if (!reader.align() || reader.over) return false;
  if (reader.at === reader.length) return true;
  const length = reader.bits(16);
  if ((reader.bits(16) ^ length) !== 0xffff) return false;
  reader.at += length * 8;
  return !reader.over && reader.at < reader.length;
}

/**
 * Whether `bytes[from, to)` is a compressed message, as far as its first 2 KiB show. `key` is its masking key in network
 * order, 0 for none.
 */
export function isDeflated(bytes: Uint8Array, from: number, to: number, key: number): boolean {
  const reader = new BitReader(bytes, from, to, key);
  while (reader.at < ENOUGH * 8) {
    const final = reader.bit();
    const type = reader.bits(2);
    if (reader.over) return false;
    if (type === 0) {
      if (!passStored(reader)) return false;
      if (reader.at === reader.length) return final === 0;
    } else {
      const codes = type === 1 ? FIXED : type === 2 ? dynamicCodes(reader) : undefined;
      if (!codes || !passSymbols(reader, codes)) return false;
    }
    // RFC 7692 §7.2.3.4: after a final block another one begins with the next byte.
    if (final === 1 && !reader.align()) return false;
  }
  return true;
}

const FIXED = [FIXED_LITERALS, FIXED_DISTANCES] as const;
