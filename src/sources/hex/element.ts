/** How the bare elements of a list are to be read. */
export type Radix = 'hex' | 'decimal';

const SUFFIX = "(?:[_']?(?:u8|i8)|[uU]?[lL]?)";
/** Forms of an element that state their radix themselves. */
const EXPLICIT: readonly { readonly pattern: RegExp; readonly radix: number }[] = [
  { pattern: new RegExp(`^0[xX]([0-9a-fA-F]{1,2})${SUFFIX}$`), radix: 16 },
  { pattern: new RegExp(`^0[bB]([01]{1,8})${SUFFIX}$`), radix: 2 },
  { pattern: new RegExp(`^0[oO]([0-3]?[0-7]{1,2})${SUFFIX}$`), radix: 8 },
  // Verilog, Smalltalk, Visual Basic, assemblers
  { pattern: /^8'[hH]([0-9a-fA-F]{1,2})$/, radix: 16 },
  { pattern: /^8'[bB]([01]{1,8})$/, radix: 2 },
  { pattern: /^16r([0-9a-fA-F]{1,2})$/, radix: 16 },
  { pattern: /^(?:&[hH]|\$)([0-9a-fA-F]{1,2})$/, radix: 16 },
  { pattern: /^0?([0-9a-fA-F]{2})[hH]$/, radix: 16 },
];
/** `05` is the same number in octal; `012` is not. */
const DECIMAL = new RegExp(`^(-?(?:0[0-9]?|[1-9][0-9]{0,2}))${SUFFIX}$`);
const HEX = /^[0-9a-fA-F]{1,2}$/;
const QUOTED = /^b?'(?:\\x([0-9a-fA-F]{2})|\\([abefnrtv0\\'"])|([\x20-\x7e]))'$/;
const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, e: 27, f: 12, n: 10, r: 13, t: 9, v: 11, 0: 0 };

/** The radix that an element proves for the bare elements around it; `any` for digits that make sense in both, and for one letter. */
export function radixOf(element: string): Radix | 'any' {
  if (!HEX.test(element)) return 'decimal';
  return /^.$|^[0-9][0-9]$/.test(element) ? 'any' : 'hex';
}

/** `05`: hex as most programs print it, rather than a decimal number. */
export const isZeroPadded = (element: string): boolean => /^0[0-9]$/.test(element);

/** `0110`, `005`: octal in C, or decimal numbers of one width. */
export const mayBeOctal = (element: string): boolean => /^0[0-9]{2,3}$/.test(element);

/** The byte of an element where those with a leading zero are octal, or where they are decimal; undefined where it is none. */
export function paddedByte(element: string, radix: 'octal' | 'decimal'): number | undefined {
  if (!/^0[0-9]+$/.test(element)) return byteOf(element, 'decimal');
  const value = radix === 'octal' ? (/^[0-7]+$/.test(element) ? parseInt(element, 8) : NaN) : Number(element);
  return value <= 255 ? value : undefined;
}

/** The byte that an element stands for (-128 to -1 are the signed bytes of Java), or undefined. */
export function byteOf(element: string, radix: Radix): number | undefined {
  for (const { pattern, radix: own } of EXPLICIT) {
    const match = pattern.exec(element);
    if (match !== null) return parseInt(match[1]!, own);
  }
  const quoted = QUOTED.exec(element);
  if (quoted !== null) return quotedByte(quoted);
  if (radix === 'hex') return HEX.test(element) ? parseInt(element, 16) : undefined;
  const value = Number(DECIMAL.exec(element)?.[1] ?? NaN);
  return value >= -128 && value <= 255 ? value & 0xff : undefined;
}

function quotedByte(match: RegExpExecArray): number {
  const [, hex, letter, plain] = match;
  if (hex !== undefined) return parseInt(hex, 16);
  if (letter !== undefined) return ESCAPES[letter] ?? letter.charCodeAt(0);
  return plain!.charCodeAt(0);
}
