/** Each byte as two digits. */
const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
/** Longer runs are put together from pieces: text that grows byte by byte takes many times its memory. */
const PIECE = 4096;
/** Shorter runs are sooner put together as text. */
const SHORT = 32;

const CODES = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const decoder = new TextDecoder();

/** Bytes as lower-case hex digits, separated by `separator`. */
export function hexOf(bytes: Uint8Array, separator = ''): string {
  if (separator === '' && bytes.length >= SHORT) return run(bytes);
  if (bytes.length <= PIECE) return digits(bytes, separator);
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += PIECE) pieces.push(digits(bytes.subarray(at, at + PIECE), separator));
  return pieces.join(separator);
}

function digits(bytes: Uint8Array, separator: string): string {
  let out = '';
  for (let i = 0; i < bytes.length; i++) out += (i > 0 ? separator : '') + DIGITS[bytes[i]!]!;
  return out;
}

function run(bytes: Uint8Array): string {
  const out = new Uint8Array(2 * bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    out[2 * i] = CODES[bytes[i]! >> 4]!;
    out[2 * i + 1] = CODES[bytes[i]! & 15]!;
  }
  return decoder.decode(out);
}
