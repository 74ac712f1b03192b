import { areMessages } from '../../codec/resync/plausible.js';
import { spelled } from './spelled.js';

const PAIR = '[0-9a-fA-F]{2}';
/** What URLs and mails may leave as it is, and what has to be written as two hex digits. */
const ENCODED = new RegExp(`^([%=])${PAIR}(?:\\1${PAIR}|(?!\\1)[!-~])*$`);
const DIGITS_ALONE = new RegExp(`^([%=])${PAIR}(?:\\1${PAIR})+$`);
const CELLS = { '%': new RegExp(`%${PAIR}|[^]`, 'g'), '=': new RegExp(`=${PAIR}|[^]`, 'g') };

/** Why whole frames in URL encoding can't be read. */
export const PLUS = { problem: 'a + in URL encoding may be a blank as well: write it as %20 or %2B' };

/** Each byte is written with two digits. */
export const isDigitsAlone = (text: string): boolean => DIGITS_ALONE.test(text);

/** The hex digits of `%81%05Hello`: URL encoding, or with `=` the quoted-printable of mails. Undefined: it is none. */
export function encoded(text: string): string | { readonly problem: string } | undefined {
  const sign = ENCODED.exec(text)?.[1] as keyof typeof CELLS | undefined;
  if (sign === undefined) return undefined;
  const digits = text.match(CELLS[sign])!.map((one) => (one.length === 3 ? one.slice(1) : hexOf(one)));
  return sign === '%' && text.includes('+') && spellsMessages(digits.join('')) ? PLUS : digits.join(' ');
}

/** The same of a string in quotes, if it is whole frames. */
export function encodedFrames(quoted: string): string | undefined {
  const digits = encoded(quoted.slice(1, -1));
  return typeof digits === 'string' && spellsMessages(digits) ? digits : undefined;
}

const hexOf = (char: string): string => char.charCodeAt(0).toString(16).padStart(2, '0');
/** Whole messages, and nothing else. */
export const spellsMessages = (digits: string): boolean => areMessages(Uint8Array.from(spelled(digits).bytes));
