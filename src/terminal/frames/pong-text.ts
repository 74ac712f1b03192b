import { escapeText } from '../../describe/escape.js';
import { print, type Printable } from '../../describe/printable.js';

/** A line that is narrower has no room for it. */
export const LEAST_PONG_WIDTH = 80;

/** The round-trip time of a ping, the same wherever its pong is shown: seconds in milliseconds, to the microsecond. */
export function pongText(seconds: number): Printable {
  return print`pong after ${escapeText((seconds * 1000).toFixed(3))} ms`;
}
