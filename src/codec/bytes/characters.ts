import { LETTERS, RUNS } from './character-table.js';

let classes: Uint8Array | undefined;

/** The class of each code point. Made when the first text comes that is not plain ASCII. */
export function characterClasses(): Uint8Array {
  if (classes !== undefined) return classes;
  classes = new Uint8Array(0x110000);
  let at = 0;
  for (const [, length, letter] of RUNS.matchAll(/([0-9a-z]*)([^0-9a-z])/gy)) {
    const end = at + (length === '' ? 1 : parseInt(length!, 36));
    const bits = LETTERS[letter!]!;
    if (bits !== 0) classes.fill(bits, at, end);
    at = end;
  }
  return classes;
}
