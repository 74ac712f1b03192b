import { latin1 } from '../http1/text.js';

/** RFC 7541, Appendix B: the bits of each symbol's code, 0 to 255 and EOS, as digits of base 36. The codes follow from them: it is canonical. */
const LENGTHS =
  'dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6ca' +
  'd67777777777777777777777878djde6f56565666577666567655677777fbeds' +
  'kmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmn' +
  'qqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrq' +
  'u';
const EOS = 256;
const LONGEST = 30;
const SHORTEST = 5;

/** Codes of each length: the first one, how many there are, and the place of the first one's symbol. */
const first = new Uint32Array(LONGEST + 1);
const counts = new Uint16Array(LONGEST + 1);
const places = new Uint16Array(LONGEST + 1);
const symbols: number[] = [];
/** By symbol. */
const codes = new Uint32Array(EOS + 1);
const bits = Uint8Array.from(LENGTHS, (digit) => parseInt(digit, 36));

let nextCode = 0;
for (let length = SHORTEST; length <= LONGEST; length++) {
  first[length] = nextCode;
  places[length] = symbols.length;
  bits.forEach((each, symbol) => {
    if (each !== length) return;
    codes[symbol] = nextCode++;
    symbols.push(symbol);
  });
  counts[length] = symbols.length - places[length]!;
  nextCode *= 2;
}

/** The text of a Huffman-coded string (RFC 7541 §5.2), one character per byte; undefined: it has EOS in it, or its padding is none. */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number): string | undefined {
  const out = new Uint8Array(Math.floor(((end - start) * 8) / SHORTEST));
  let written = 0;
  let code = 0;
  let length = 0;
  for (let at = start; at < end; at++) {
    for (let bit = 7; bit >= 0; bit--) {
      code = code * 2 + ((bytes[at]! >> bit) & 1);
      length++;
      if (length < SHORTEST) continue;
      const index = code - first[length]!;
      if (index >= 0 && index < counts[length]!) {
        const symbol = symbols[places[length]! + index]!;
        if (symbol === EOS) return undefined;
        out[written++] = symbol;
        code = 0;
        length = 0;
      } else if (length === LONGEST) return undefined;
    }
  }
  // Fewer than 8 bits, the first ones of EOS.
  return length < 8 && code === 2 ** length - 1 ? latin1(out, 0, written) : undefined;
}

/** The bytes of a Huffman-coded string; each character of `text` is one byte. */
export function encodeHuffman(text: string): Uint8Array {
  const out = new Uint8Array(huffmanLength(text));
  let at = 0;
  let free = 8;
  for (const char of text) {
    const symbol = char.charCodeAt(0);
    for (let left = bits[symbol]!; left > 0;) {
      const taken = Math.min(left, free);
      const part = Math.floor(codes[symbol]! / 2 ** (left - taken)) % 2 ** taken;
      out[at]! |= part << (free - taken);
      left -= taken;
      free -= taken;
      if (free > 0) continue;
      at++;
      free = 8;
    }
  }
  if (free < 8) out[at]! |= (1 << free) - 1;
  return out;
}

/** Bytes that it has, coded. */
export function huffmanLength(text: string): number {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum += bits[text.charCodeAt(i)]!;
  return Math.ceil(sum / 8);
}
