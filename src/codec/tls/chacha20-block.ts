const WORDS = 16;

/** "expand 32-byte k" (RFC 8439 §2.3). */
const CONSTANTS = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const;

/** The words of a block that each quarter round mixes: the columns, then the diagonals (§2.3). */
const QUARTERS = [
  ...[0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
  ...[0, 5, 10, 15, 1, 6, 11, 12, 2, 7, 8, 13, 3, 4, 9, 14],
] as const;

/** The key stream of ChaCha20 under one key (RFC 8439 §2.4). */
export class ChaCha20Blocks {
  private readonly start = new Int32Array(WORDS);
  private readonly mixed = new Int32Array(WORDS);

  constructor(key: Uint8Array) {
    this.start.set(CONSTANTS);
    for (let i = 0; i < 8; i++) this.start[4 + i] = word(key, 4 * i);
  }

  /** The byte of the key stream that hides byte `index` of a message with this nonce of 12 bytes (RFC 8439 §2.8: block 0 is the tag's). */
  byteAt(nonce: Uint8Array, index: number): number {
    const { start, mixed } = this;
    start[12] = 1 + (index >>> 6);
    for (let i = 0; i < 3; i++) start[13 + i] = word(nonce, 4 * i);
    mixed.set(start);
    for (let round = 0; round < 20; round += 2) doubleRound(mixed);
    const at = (index & 63) >>> 2;
    return ((mixed[at]! + start[at]!) >>> (8 * (index & 3))) & 255;
  }
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function doubleRound(words: Int32Array): void {
  for (let i = 0; i < QUARTERS.length; i += 4) {
    const [ia, ib, ic, id] = [QUARTERS[i]!, QUARTERS[i + 1]!, QUARTERS[i + 2]!, QUARTERS[i + 3]!];
    let [a, b, c, d] = [words[ia]!, words[ib]!, words[ic]!, words[id]!];
    a = (a + b) | 0;
    d = rotated(d ^ a, 16);
    c = (c + d) | 0;
    b = rotated(b ^ c, 12);
    a = (a + b) | 0;
    d = rotated(d ^ a, 8);
    c = (c + d) | 0;
    b = rotated(b ^ c, 7);
    words[ia] = a;
    words[ib] = b;
    words[ic] = c;
    words[id] = d;
  }
}

function rotated(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
