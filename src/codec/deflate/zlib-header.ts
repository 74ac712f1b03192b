/** RFC 1950 §2.2: 8 is DEFLATE. */
const DEFLATE = 8;
const PRESET_DICTIONARY = 0x20;

/** Bytes of a zlib header. */
export const ZLIB_HEADER = 2;

/** The window of the zlib header that bytes begin with, in bits; undefined: they begin with none, or with one that needs a preset dictionary. */
export function zlibWindowBits([method = 0, flags = 0]: Uint8Array): number | undefined {
  const isHeader = (method & 0x0f) === DEFLATE && method >> 4 <= 7 && (method * 256 + flags) % 31 === 0;
  return isHeader && (flags & PRESET_DICTIONARY) === 0 ? (method >> 4) + 8 : undefined;
}
