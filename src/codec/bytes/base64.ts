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
