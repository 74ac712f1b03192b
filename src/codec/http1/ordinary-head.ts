import { startsLikeHead } from './head-start.js';
import { latin1 } from './text.js';

/** Bytes that `startsLikeHead` looks at. */
const LOOK = 32;
const [CR, LF, A, Z, LOWER] = [0x0d, 0x0a, 0x41, 0x5a, 0x20];
/** Methods after which a connection carries something else: a tunnel (RFC 9110 §9.3.6), HTTP/2 (RFC 9113 §3.4). */
const TUNNELS = ['CONNECT ', 'PRI * '];
const SWITCHED = /^HTTP\/\d(?:\.\d)? 101/;
/** Headers that ask for another protocol, or grant it (RFC 9110 §7.8, RFC 6455 §4.1). */
const SWITCHING = ['upgrade:', 'sec-websocket-'].map((name) => Array.from(name, (char) => char.charCodeAt(0)));

/**
 * Whether bytes `start` to `end` begin with an HTTP/1 head of an ordinary exchange: whole, and without anything by which the
 * connection becomes another protocol's. Undefined: they begin with no head.
 */
export function isOrdinaryHead(bytes: Uint8Array, start: number, end: number): boolean | undefined {
  const first = bytes[start];
  if (start >= end || first! < A || first! > Z) return undefined;
  const beginning = bytes.subarray(start, Math.min(end, start + LOOK));
  const kind = startsLikeHead(beginning);
  if (kind === 'no' || kind === 'maybe') return undefined;
  const text = latin1(beginning);
  if (kind === 'response' ? SWITCHED.test(text) : TUNNELS.some((method) => text.startsWith(method))) return false;
  // The rest of a request may ask for more; that of an answer can grant nothing.
  return staysHttp(bytes, start, end, kind === 'response');
}

/** None of its lines asks for another protocol, or grants it, and a head in it is whole. */
function staysHttp(bytes: Uint8Array, start: number, end: number, isAnswer: boolean): boolean {
  let isWhole = isAnswer;
  for (let at = bytes.indexOf(LF, start); at >= 0 && at < end; at = bytes.indexOf(LF, at + 1)) {
    if (SWITCHING.some((name) => isNamed(bytes, at + 1, end, name))) return false;
    isWhole ||= bytes[at + 1] === LF || (bytes[at + 1] === CR && bytes[at + 2] === LF && at + 2 < end);
  }
  return isWhole;
}

function isNamed(bytes: Uint8Array, start: number, end: number, name: readonly number[]): boolean {
  return start + name.length <= end && name.every((char, i) => (bytes[start + i]! | LOWER) === char);
}
