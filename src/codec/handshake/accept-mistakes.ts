import { hexOf } from '../bytes/hex.js';
import { encodeBase64 } from '../bytes/base64.js';
import { decodeKey, WEBSOCKET_GUID, wireBytes } from './key.js';

/** How servers written by hand get the accept value wrong. */
export type AcceptMistake =
  | 'key-itself'
  | 'hex'
  | 'hex-in-base64'
  | 'no-guid'
  | 'guid-lower-case'
  | 'guid-first'
  | 'guid-mistyped'
  | 'decoded-key'
  | 'line-end'
  | 'no-padding'
  | 'letter-case';

/** A GUID that many copies of one wrong listing carry. */
const MISTYPED_GUID = '258EAFA5-E914-47DA-95CA-5AB5DC11B735';

/**
 * The mistake that gives `value` for `key` in place of the right accept value; undefined when it is none of the known
 * ones (or no mistake). `sha1` is handed in, so that this file stays pure.
 */
export function findAcceptMistake(
  key: string,
  value: string,
  sha1: (bytes: Uint8Array) => Uint8Array,
): AcceptMistake | undefined {
  const digest = (text: string): Uint8Array => sha1(wireBytes(text));
  const right = encodeBase64(digest(key + WEBSOCKET_GUID));
  if (value === right) return undefined;
  const raw = new Uint8Array([...decodeKey(key).bytes, ...wireBytes(WEBSOCKET_GUID)]);
  const wrong: readonly (readonly [AcceptMistake, readonly string[]])[] = [
    ['key-itself', [key]],
    ['hex', [hexOf(digest(key + WEBSOCKET_GUID)), hexOf(digest(key + WEBSOCKET_GUID)).toUpperCase()]],
    ['hex-in-base64', [encodeBase64(wireBytes(hexOf(digest(key + WEBSOCKET_GUID))))]],
    ['no-guid', [encodeBase64(digest(key))]],
    ['guid-lower-case', [encodeBase64(digest(key + WEBSOCKET_GUID.toLowerCase()))]],
    ['guid-first', [encodeBase64(digest(WEBSOCKET_GUID + key))]],
    ['guid-mistyped', [encodeBase64(digest(key + MISTYPED_GUID))]],
    ['decoded-key', [encodeBase64(sha1(raw))]],
    ['line-end', ['\n', '\r\n', '\r', ' '].map((end) => encodeBase64(digest(key + end + WEBSOCKET_GUID)))],
    ['no-padding', [right.slice(0, -1)]],
  ];
  const found = wrong.find(([, values]) => values.includes(value));
  return found?.[0] ?? (value.toLowerCase() === right.toLowerCase() ? 'letter-case' : undefined);
}
