import type { Dice } from './dice.js';

/** What must never be printed, besides the end of a line: controls, and what turns the reading direction. */
// eslint-disable-next-line no-control-regex
export const CONTROL = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

/** Throws where a text holds what must never be printed. */
export function printable(what: string, text: string): void {
  const found = CONTROL.exec(text);
  if (!found) return;
  const around = text.slice(Math.max(0, found.index - 100), found.index + 100);
  throw new Error(
    `${what} prints U+${found[0].charCodeAt(0).toString(16).padStart(4, '0')}: ${JSON.stringify(around)}`,
  );
}

/** The same bytes in chunks of up to `most` bytes, each of memory of its own. */
export function cut(dice: Dice, bytes: Uint8Array, most = dice.pick([1, 3, 20, 200])): Uint8Array[] {
  if (dice.once(3)) return [bytes.slice()];
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = 1 + dice.roll(most);
    chunks.push(bytes.slice(at, at + size));
    at += size;
  }
  return chunks;
}
