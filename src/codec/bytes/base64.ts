export const BASE64_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const CODES = Uint8Array.from(BASE64_ALPHABET, (char) => char.charCodeAt(0));
const PAD = 0x3d;
const decoder = new TextDecoder();

/** Bytes as Base64 with padding (RFC 4648 §4). */
export function encodeBase64(bytes: Uint8Array): string {
  const out = new Uint8Array(Math.ceil(bytes.length / 3) * 4).fill(PAD);
  let to = 0;
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const group = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    out[to] = CODES[group >> 18]!;
    out[to + 1] = CODES[(group >> 12) & 63]!;
    if (left > 1) out[to + 2] = CODES[(group >> 6) & 63]!;
    if (left > 2) out[to + 3] = CODES[group & 63]!;
    to += 4;
  }
  return decoder.decode(out);
}

const VALUES = new Uint8Array(128).fill(0xff);
for (const [value, code] of CODES.entries()) VALUES[code] = value;

/** The bytes of Base64 (RFC 4648 §4), with or without padding; undefined where it is none. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const end = text.endsWith('==') ? text.length - 2 : text.endsWith('=') ? text.length - 1 : text.length;
  if (end % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((end * 3) / 4));
  let bits = 0;
  let at = 0;
  for (let i = 0; i < end; i++) {
    const value = VALUES[text.charCodeAt(i)] ?? 0xff;
    if (value > 63) return undefined;
    bits = ((bits << 6) | value) & 0xffffff;
    const place = i & 3;
    if (place === 0) continue;
    bytes[at++] = bits >> (6 - 2 * place);
  }
  return bytes;
}
