import { unmarked, withMarkedNumbers } from './marked-numbers.js';

/** Digits that an integer needs at least, for a double not to hold it. */
const LEAST_DIGITS = 16;
/** Longer integers are rounded, as the time that they take grows faster than they do. */
const MOST_DIGITS = 1000;

/** There may be an integer of 16 digits or more. A look at one byte of sixteen: all JSON comes by here. */
export function hasLargeInteger(bytes: Uint8Array): boolean {
  const { length } = bytes;
  for (let at = LEAST_DIGITS - 1; at < length; at += LEAST_DIGITS) {
    if (!isDigit(bytes[at]!)) continue;
    let start = at;
    while (start > 0 && isDigit(bytes[start - 1]!)) start--;
    while (at + 1 < length && isDigit(bytes[at + 1]!)) at++;
    if (at - start + 1 >= LEAST_DIGITS && BEFORE.has(bytes[start - 1]) && AFTER.has(bytes[at + 1])) return true;
  }
  return false;
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
const codes = (characters: string): number[] => [...characters].map((character) => character.charCodeAt(0));
const BEFORE = new Set<number | undefined>([undefined, ...codes('-[:, \t\r\n')]);
const AFTER = new Set<number | undefined>([undefined, ...codes(']}, \t\r\n')]);

const isLarge = (number: string): boolean =>
  /^-?\d+$/.test(number) && number.length <= MOST_DIGITS && !Number.isSafeInteger(Number(number));

/** What a text holds as JSON, such integers as bigint. Throws where it holds none. */
export function parseExactly(text: string): unknown {
  const root = [JSON.parse(withMarkedNumbers(text, isLarge) ?? '') as unknown];
  const branches: Record<string, unknown>[] = [root as never];
  // Not by calls in one another, nor by a reviver, which makes them: what is nested deeply is JSON as well.
  for (let branch = branches.pop(); branch !== undefined; branch = branches.pop()) {
    for (const [name, value] of Object.entries(branch)) {
      if (typeof value === 'object' && value !== null) branches.push(value as Record<string, unknown>);
      else if (typeof value === 'string') branch[name] = asSpelled(value);
    }
  }
  return root[0];
}

function asSpelled(value: string): unknown {
  const found = unmarked(value);
  return typeof found === 'string' ? found : BigInt(found.number);
}
