import { isToken, latin1 } from './text.js';

/** The beginning of a client that requests a tunnel (RFC 9110 §9.3.6). */
export const CONNECT_START: readonly number[] = Array.from('CONNECT ', (char) => char.charCodeAt(0));

const RESPONSE_START = 'HTTP/';
/** Methods that a head before frames may begin with. A frame that begins with a letter would have FIN 0 and reserved bits set. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'PRI'];
/** How a request target begins: origin form, absolute form, asterisk form, or (CONNECT) a host (RFC 9112 §3.2). */
const TARGET_START = /^[/*A-Za-z0-9[]$/;

export interface StartsLikeHeadOptions {
  /** The caller expects a head: any token counts as a method. */
  readonly anyMethod?: boolean;
}

/**
 * Whether a stream begins with an HTTP/1 head rather than with a frame. `maybe`: too few bytes to decide. Looks at the first
 * bytes only (the method, a blank, the target's first character; or `HTTP/` and a digit).
 */
export function startsLikeHead(
  bytes: Uint8Array,
  options: StartsLikeHeadOptions = {},
): 'request' | 'response' | 'no' | 'maybe' {
  const start = latin1(bytes.subarray(0, 32));
  const known = RESPONSE_START.startsWith(start.slice(0, RESPONSE_START.length));
  if (known) {
    const digit = start[RESPONSE_START.length];
    if (digit === undefined) return 'maybe';
    return /\d/.test(digit) ? 'response' : 'no';
  }
  const space = start.indexOf(' ');
  const method = space < 0 ? start : start.slice(0, space);
  const target = space < 0 ? undefined : start[space + 1];
  const isMethod = options.anyMethod
    ? isToken(method) && (space >= 0 || start.length < 32)
    : METHODS.some((name) => (space < 0 ? name.startsWith(method) : name === method));
  if (!isMethod) return 'no';
  if (target === undefined) return 'maybe';
  return TARGET_START.test(target) ? 'request' : 'no';
}
