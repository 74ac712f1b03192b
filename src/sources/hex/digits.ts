import { HexReader } from './hex-reader.js';
import { PlainHex } from './plain.js';
import { latin1 } from '../../codec/http1/text.js';

/** Bytes that are looked at. */
const MOST = 64 * 1024;
const DIGITS = /^(?:[0-9a-fA-F]{2}){2,}(?:\r?\n)?$/;
const SPACED = /^[0-9a-fA-F]{2}(?: [0-9a-fA-F]{2})+$/;
/** What follows may make binary digits of them. */
const BITS = /^[01\s]*$/;

/**
 * Whether `text`, the beginning of an input or all of it, is one line of hex digits, two per byte, of two bytes or more, and nothing else:
 * whatever follows, it stands for these bytes. Pairs with blanks between them may be a row of a dump unless `isHex`.
 */
export function isDigits(text: Uint8Array, isHex: boolean): boolean {
  if (text.length > MOST) return false;
  const line = latin1(text, 0, text.length);
  return !BITS.test(line) && (DIGITS.test(line) || (isHex && SPACED.test(line)));
}

/** Reads what `isDigits`. */
export class DigitSource extends HexReader {
  override kind: string | undefined = 'hex';

  constructor() {
    super((context) => new PlainHex(context));
  }
}
