import { encoded, isDigitsAlone, PLUS, spellsMessages } from './encoded.js';
import type { LiteralForm } from './literal-forms.js';

const PAIR = '[0-9a-fA-F]{2}';
const always = (): boolean => true;
const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

/** Other forms read pairs with only these between them. */
const PLAIN = /^[\s,:;-]+$/;
/**
 * Spellings in which each byte carries the same signs (`81h 05h`, `&H81 &H05`, `81|05`, `<0x81><0x05>`), groups of digits
 * (`8105 4865`), URL encoding, and what `cat -v` prints. All of them look like other things, too: whole frames prove them.
 */
export const MARKED_FORMS: readonly LiteralForm[] = [
  {
    pattern: new RegExp(
      `["'\`]?(?<![0-9a-fA-F])${PAIR}((?:0[xX]|\\+00|[^0-9a-fA-F]){1,8})${PAIR}(?:\\1${PAIR})+(?![0-9a-fA-F])`,
      'g',
    ),
    spell: ({ 0: text, 1: between, index }, line) =>
      PLAIN.test(between!) || goesOn(line, index, text, between!) ? undefined : pairsIn(text, between!),
    isWeak: always,
    isFrames: true,
  },
  {
    pattern: new RegExp(
      `(?<=^|[\\s:=\\](>])(?<!(?:^|\\s)(?:0x)?(?:${PAIR})+ )(?:0x)?(?:${PAIR}){1,16}(?: (?:0x)?(?:${PAIR}){1,16})+(?=\\s*$|\\s{2,}|\\s*[|\\])(,;])`,
      'g',
    ),
    spell: ([text]) => text,
    isWeak: always,
    isFrames: true,
  },
  {
    // A field of a form ends before &.
    pattern: new RegExp(`(?<=^|[\\s:=(<>[])(?:%${PAIR}[!-%'-~]*|=${PAIR}[!-~]*)`, 'g'),
    spell: ([text]) => encoded(text),
    // Digits alone, and nothing else in the line.
    isWeak: ({ 0: text, input }) => encoded(text) !== PLUS && (!isDigitsAlone(text) || input.trim() !== text),
    isFrames: true,
  },
  {
    pattern: /(?<=^|[\s:=>])M-(?:\^[ABHIJ]|[AB])[\t -~]*$/g,
    spell: ([text]) => [text, text.replace(/\$$/, '')].map(caretNotation).find(spellsMessages),
    isWeak: always,
    isFrames: true,
  },
];

/** What was found is a piece of more: the same signs and digits are next to it. */
function goesOn(line: string, index: number, text: string, between: string): boolean {
  const [before, after] = [line.slice(0, index), line.slice(index + text.length)];
  const isBefore = before.endsWith(between) && /[0-9a-fA-F]$/.test(before.slice(0, -between.length));
  return isBefore || (after.startsWith(between) && /^[0-9a-fA-F]/.test(after.slice(between.length)));
}

const pairsIn = (text: string, between: string): string =>
  text
    .replace(/^["'`]/, '')
    .split(between)
    .join(' ');

/** `M-^A^EHello`, as `cat -v` prints bytes. */
function caretNotation(text: string): string {
  const cells = text.match(/(?:M-)?(?:\^[@-_?]|[^])/g)!;
  return cells
    .map((cell) => {
      const high = cell.length > 2 ? 0x80 : 0;
      const low = high === 0 ? cell : cell.slice(2);
      return hex(high | (low.length === 2 ? low.charCodeAt(1) ^ 0x40 : low.charCodeAt(0)));
    })
    .join(' ');
}
