import { hexOf } from '../codec/hex.js';

/** The ways to print bytes so that other programs take them; `binary` as they are, the others with a line end. */
export const FORMATS = {
  hex: (bytes) => `${hexOf(bytes)}\n`,
  binary: (bytes) => bytes,
  c: (bytes) => `unsigned char frame[${bytes.length}] = {${list(bytes)}};\n`,
  python: (bytes) => `b'${Array.from(bytes, pythonByte).join('')}'\n`,
  js: (bytes) => `new Uint8Array([${list(bytes)}])\n`,
  json: (bytes) => `${JSON.stringify([...bytes])}\n`,
} satisfies Record<string, (bytes: Uint8Array) => string | Uint8Array>;

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
