import type { Span } from '../../codec/bytes/span.js';

/** The items of a JSON array with their bytes. `bytes` is JSON whose value is an array. */
export function jsonItems(bytes: Uint8Array): readonly Span[] {
  const items: Span[] = [];
  let depth = 0;
  let start = -1;
  let end = -1;
  const finish = (): void => {
    if (start >= 0) items.push({ start, end });
    start = -1;
  };
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (BLANK.has(byte)) continue;
    const closes = CLOSING.has(byte);
    if (closes) depth -= 1;
    if (depth === 0 || (depth === 1 && byte === COMMA)) finish();
    else {
      if (start < 0) start = at;
      if (byte === QUOTE) at = endOfText(bytes, at);
      end = at + 1;
    }
    if (OPENING.has(byte)) depth += 1;
  }
  return items;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const BLANK = new Set([0x20, 0x09, 0x0a, 0x0d]);
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** Offset of the quote that ends the text that begins at `start`. */
function endOfText(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}
