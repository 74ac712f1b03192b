import { decodeUtf8, Utf8Validator } from '../../codec/bytes/utf8.js';

const SHOWN = 60;
/** Printable, or white space that text has. */
const TEXT = /^[\t\n\r\P{C}]*$/u;

/** Text of bytes that are all printable; undefined where they are not. `isCut`: the last character may be incomplete. */
export function printableText(bytes: Uint8Array, isCut: boolean): string | undefined {
  const validator = new Utf8Validator();
  validator.push(bytes);
  const error = validator.end();
  if (error && !(isCut && error.incomplete)) return undefined;
  const text = decodeUtf8(error ? bytes.subarray(0, error.start) : bytes);
  return TEXT.test(text) ? text : undefined;
}

/** In quotes, and cut where it is long. */
export function quote(text: string): string {
  const characters = [...text.slice(0, 2 * SHOWN)];
  const isWhole = characters.length <= SHOWN && text.length <= 2 * SHOWN;
  return `"${spelled(isWhole ? text : characters.slice(0, SHOWN).join(''))}${isWhole ? '' : '…'}"`;
}

/** Line ends and the like as escapes; quotation marks as they are. */
function spelled(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
}
