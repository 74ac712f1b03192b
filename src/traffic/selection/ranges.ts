import { connectionOfStream, isStreamWithin, placeOfStream } from '../stream-number.js';

/** Both ends count. */
export interface NumberRange {
  readonly low: number;
  readonly high: number;
}

/** Numbers of connections; with `of`, places from 1 on of the WebSockets of that connection of HTTP/2. */
export interface ConnectionRange extends NumberRange {
  readonly of?: number;
}

const NUMBERS = /^(\d{1,16})(?:(-)(\d{0,16}))?$/;
const PLACES = /^(\d{1,9})\.(?:\*|([1-9]\d{0,6})(?:(-)(?:(\d{1,9})\.([1-9]\d{0,6}))?)?)$/;

/** `3`, `3-5`, `3-`; undefined: it is no range. `low` may be the larger one. */
export function numberRange(text: string): NumberRange | undefined {
  const [, low, dash, high] = NUMBERS.exec(text) ?? [];
  if (low === undefined) return undefined;
  return { low: Number(low), high: dash === undefined ? Number(low) : high ? Number(high) : Infinity };
}

/** The same of connections, and of WebSockets of one connection `4.2`, `4.2-4.5`, `4.2-`, `4.*`. */
export function connectionRange(text: string): ConnectionRange | undefined {
  const [, of, low, dash, sameOf = of, high] = PLACES.exec(text) ?? [];
  if (of === undefined) return numberRange(text);
  if (Number(sameOf) !== Number(of)) return undefined;
  if (low === undefined) return { of: Number(of), low: 1, high: Infinity };
  return { of: Number(of), low: Number(low), high: dash === undefined ? Number(low) : Number(high ?? Infinity) };
}

/** `mayCarry`: it is asked whether any of the WebSockets that it may carry over HTTP/2 is in the range. */
export function isInRange(number: number, { of, low, high }: ConnectionRange, mayCarry = false): boolean {
  if (of !== undefined && of !== connectionOfStream(number)) return false;
  if (mayCarry) return of !== undefined || isStreamWithin(number, low, high);
  const at = of === undefined ? number : placeOfStream(number);
  return at >= low && at <= high;
}
