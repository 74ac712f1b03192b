import { encodeUtf8 } from '../bytes/utf8.js';
import { isToken } from './text.js';

/** Header fields in their order; a name may occur more than once. */
export type HeaderFields = readonly (readonly [name: string, value: string])[];

/** The bytes of an HTTP head (RFC 9112 §2.1), as they are given: nothing is checked. */
export function writeHead(line: string, headers: HeaderFields): Uint8Array {
  return encodeUtf8(`${[line, ...headers.map(([name, value]) => `${name}: ${value}`)].join('\r\n')}\r\n\r\n`);
}

/** What would end a line, or is no text (RFC 9110 §5.5). */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/;

/** Throws a TypeError for a name that is no token, and for a value that would not stay in its line. */
export function checkHeaders(headers: HeaderFields): void {
  for (const [name, value] of headers) {
    if (!isToken(name)) throw new TypeError(`'${name}' is no name of a header`);
    checkText(value, `the value of ${name}`);
  }
}

/** Throws a TypeError for text that would not stay in its line. */
export function checkText(text: string, what: string): void {
  if (CONTROL.test(text)) throw new TypeError(`${what} has a control character`);
}
