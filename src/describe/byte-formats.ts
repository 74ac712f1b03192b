import { hexOf } from '../codec/bytes/hex.js';

/** Bytes in a piece of output: frames of any size are printed without holding all of their text. */
const PIECE = 64 * 1024;

type Pieces = Iterable<string | Uint8Array>;

/** The ways to print bytes so that other programs take them, in pieces; `binary` as they are, the others with a line end. */
export const FORMATS = {
  hex: (bytes) => pieces('', bytes, hexOf, '', '\n'),
  binary: (bytes) => [bytes],
  c: (bytes) => pieces(`unsigned char frame[${bytes.length}] = {`, bytes, list, ', ', '};\n'),
  python: (bytes) => pieces("b'", bytes, (piece) => Array.from(piece, pythonByte).join(''), '', "'\n"),
  js: (bytes) => pieces('new Uint8Array([', bytes, list, ', ', '])\n'),
  json: (bytes) => pieces('[', bytes, (piece) => piece.join(), ',', ']\n'),
} satisfies Record<string, (bytes: Uint8Array) => Pieces>;

/** `before`, then each piece of `bytes` as `text` has it, then `after`. */
export function* pieces(
  before: string,
  bytes: Uint8Array,
  text: (piece: Uint8Array) => string,
  separator: string,
  after: string,
): Generator<string> {
  yield before;
  for (let at = 0; at < bytes.length; at += PIECE) {
    yield (at > 0 ? separator : '') + text(bytes.subarray(at, at + PIECE));
  }
  yield after;
}

function list(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(', ');
}

/** As Python's own repr writes it. */
function pythonByte(byte: number): string {
  const known: Record<number, string> = { 9: '\\t', 10: '\\n', 13: '\\r', 39: "\\'", 92: '\\\\' };
  if (known[byte]) return known[byte];
  const printable = byte >= 0x20 && byte < 0x7f;
  return printable ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
}
