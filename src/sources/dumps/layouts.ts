import { areaEnd, type RowFault, tokens, wrongDigit } from './form.js';
import { type ByteOrder, fits, fittingLength, showsExactly } from './characters.js';
import { bitsOf, type OffsetRow, wordsOf } from './offset-row.js';

/** The rows of tools that are known: what is certain about them needs no proof. */
export interface RowLayout {
  /** A line that is a row; its first group is the offset, and the bytes follow the match. */
  readonly begins: RegExp;
  /** The possible radices of the offsets, by the first row; the likeliest first. */
  readonly radices: (line: string, offset: string) => readonly number[];
  /** The bytes from `from` on. */
  readonly parse: (line: string, from: number) => Words | RowFault;
  /** Zeros pad the last word, so that the offset after it shows the true length. */
  readonly pads: boolean;
  /** The tool can begin in the middle of a file. */
  readonly mayBeginLate: boolean;
  /** The order to go by where no row proves one, and what to say then. */
  readonly unproven: (
    size: number,
  ) => { readonly order: ByteOrder; readonly notice?: string } | { readonly problem: string };
}

type Words = Pick<OffsetRow, 'size' | 'bytes' | 'ends' | 'order' | 'isNumbers'>;

const WORD = /([0-9a-fA-F]{2,})(?=[ |]|$)/y;
const ONE_BLANK = / (?! )/y;
const BLANKS = / +/y;
/** Where the bytes end: the characters follow after two blanks. */
const IS_END = /^(?: ?$| {2})/;

/** The row that a line which `begins` one is, in that layout. */
export function layoutRow({ begins, parse }: RowLayout, line: string): OffsetRow | RowFault {
  const [whole, digits] = begins.exec(line)!;
  const words = parse(line, whole.length);
  return 'problem' in words
    ? words
    : { ...words, at: line.indexOf(digits!), digits: digits!, isHex: false, isSure: true, line };
}

/**
 * `xxd`: words separated by one blank, two blanks, one character a byte. `-e` prints words with their last byte first, and
 * a short word at the right of its column; `-b` prints bits.
 */
export const XXD: RowLayout = {
  begins: /^\s*([0-9a-fA-F]{8,16}): /,
  radices: () => [16, 10],
  pads: false,
  mayBeginLate: true,
  unproven: (size) =>
    size === 2
      ? {
          order: 'as-printed',
          notice:
            'without an ASCII column these words could also be of xxd -e -g 2: read as xxd without -e prints them',
        }
      : {
          problem: `these words of ${size} bytes could be of xxd -g ${size} or, with the bytes in reverse, of xxd -e: use plain xxd`,
        },
  parse: (line, from) =>
    bitsOf(line, from) ??
    inOrder(line, from) ??
    rightAligned(line, from) ??
    inHalves(line, from) ??
    wrongXxd(line, from),
};

function inOrder(line: string, from: number): Words | undefined {
  const words = wordsOf(line, from, WORD, ONE_BLANK);
  const end = words?.ends.at(-1);
  if (words === undefined || end === undefined) return undefined;
  const { bytes, size } = words;
  const rest = line.slice(end.at);
  // The characters are as many as the bytes, or fewer where blanks at the end are lost.
  const isApart = IS_END.test(rest) && rest.slice(0, Math.max(2, rest.length - bytes.length)).trim() === '';
  // Where the row was words of a command line, one blank is left of the gap.
  if (!isApart && !showsExactly(rest, bytes)) return undefined;
  // What has a short word at the left, or words that -e can't have, is not of -e.
  const isPlain = size > 1 && (bytes.length % size !== 0 || (size & (size - 1)) !== 0);
  return { bytes, size, ends: [end], ...(isPlain && { order: 'as-printed' }) };
}

function rightAligned(line: string, from: number): Words | undefined {
  const width = /^ *[0-9a-fA-F]+/.exec(line.slice(from))?.[0].length ?? 0;
  if (width < 4 || (width & (width - 1)) !== 0) return undefined;
  const size = width / 2;
  const bytes: number[] = [];
  for (let at = from; ; at += width + 1) {
    const word = line.slice(at, at + width);
    if (word.length < width || !/^ *(?:[0-9a-fA-F]{2})+$/.test(word)) return undefined;
    for (const [pair] of word.matchAll(/[^ ]{2}/g)) bytes.push(parseInt(pair, 16));
    if (!word.startsWith(' ')) continue;
    const ends = [{ count: bytes.length, at: at + width }];
    const row = { at: 0, digits: '', isHex: false, isSure: false, size, bytes, ends, line };
    const order = fits(row, bytes.length);
    return order === 'swapped' || order === 'either' ? { size, bytes, ends, order: 'swapped' } : undefined;
  }
}

/** The hexdump of Python: a wider gap after eight bytes, and the same as characters. */
function inHalves(line: string, from: number): Words | undefined {
  const words = wordsOf(line, from, WORD, / {1,2}(?=[0-9a-fA-F]{2}(?: |$))/y);
  if (words?.size !== 1) return undefined;
  const count = fittingLength({ ...words, line });
  return count === undefined
    ? undefined
    : { bytes: words.bytes.slice(0, count), size: 1, ends: words.ends.filter((end) => end.count === count) };
}

/** None of the ways to read the line fits: a digit that is none, or columns that contradict each other. */
function wrongXxd(line: string, from: number): RowFault {
  const at = areaEnd(line, from);
  const problem = 'the hex digits of this line and its ASCII column do not belong together';
  return wrongDigit(line, from, at) ?? { problem, at };
}

const USE = 'use hexdump -C, or od -A x -t x1';
/** The meaning of words of this number of characters, where they are no hex bytes. */
const NOT_HEX: Readonly<Record<number, string>> = {
  3: `three digits a byte are octal or decimal (od -b, -c and -t u1, hexdump -b and -c): ${USE}`,
  5: `five digits a word are decimal (od -d, hexdump -d): ${USE}`,
  6: `six digits a word are octal (od without options): ${USE}`,
};
const SWAPPED = `words of more than a byte are printed in the byte order of the machine: turned round, as a little-endian one prints them (hexdump -C and od -t x1 leave no doubt)`;

/** Where the characters begin, each tool with its own frame: either may be among the characters of the other. */
function frameOf(line: string, from: number): number {
  const at = line.slice(from).search(/\|| {2}>/);
  return at < 0 ? line.length : from + at;
}

/**
 * `hexdump` and `od`: an offset without a colon, bytes or words with blanks between, and an optional ASCII column in
 * bars (`hexdump -C`) or angle brackets (`od … z`). Words of more than a byte are in the machine's byte order.
 */
export const OD: RowLayout = {
  begins: /^([0-9a-fA-F]{6,16}) +(?=[^\s])/,
  // `od` prints seven octal digits, or six hex ones with `-A x`; `hexdump` seven hex digits, or eight with `-C`.
  radices: (line, offset) =>
    offset.length === 6 || line[frameOf(line, 0)] === '|' ? [16] : offset.length === 7 ? [16, 8, 10] : [16, 10, 8],
  pads: true,
  mayBeginLate: true,
  unproven: () => ({ order: 'swapped', notice: SWAPPED }),
  parse: (line, from) => {
    const to = frameOf(line, from);
    const words = wordsOf(line, from, WORD, BLANKS);
    const end = words?.ends.at(-1);
    const isWhole =
      words !== undefined &&
      NOT_HEX[words.width] === undefined &&
      words.bytes.length % words.size === 0 &&
      line.slice(end!.at, to).trim() === '';
    return isWhole ? { bytes: words.bytes, size: words.size, ends: [end!] } : wrongOd(line, from, to);
  },
};

function wrongOd(line: string, from: number, to: number): RowFault {
  const found = tokens(line, from, to);
  const [first] = found;
  if (first === undefined) return { problem: 'no bytes follow the offset', at: from };
  const { length } = first.text;
  const three = found.find(({ text }) => text.length === 3);
  if (three !== undefined) return { problem: NOT_HEX[3]!, at: length === 2 ? three.at : from };
  if (NOT_HEX[length] !== undefined) return { problem: NOT_HEX[length], at: from };
  const odd = found.find(({ text }) => (length === 2 ? text.length > 2 : text.length !== length));
  if (odd !== undefined)
    return {
      problem:
        length === 2
          ? 'a word of more than one byte is among single bytes'
          : `'${odd.text}' is not as long as the preceding words`,
      at: odd.at,
    };
  const noBytes = { problem: `'${first.text}' is no word of hex bytes: ${USE}`, at: from };
  return length % 2 === 1 && length > 2 ? noBytes : (wrongDigit(line, from, to) ?? noBytes);
}

const TCPFLOW_BYTES = 32;

/**
 * `tcpflow -D`: up to 32 bytes in words of two. A half word ends the bytes of a line, and so does a blank too many: the
 * ASCII column may follow either at once.
 */
export const TCPFLOW: RowLayout = {
  begins: /^([0-9a-fA-F]{4,7}): (?=[0-9a-fA-F]{2})/,
  radices: () => [16],
  pads: false,
  mayBeginLate: false,
  unproven: () => ({ order: 'as-printed' }),
  parse: (line, from) => {
    const {
      bytes = [],
      ends = [],
      width = 4,
    } = wordsOf(line, from, /([0-9a-fA-F]{4}|[0-9a-fA-F]{2})(?= |$)/y, ONE_BLANK) ?? {};
    const count = width === 2 ? 1 : Math.min(TCPFLOW_BYTES, bytes.length);
    const end = ends.find((one) => one.count === count);
    const at = end?.at ?? from;
    const isEnd = end !== undefined && (count % 2 === 1 || count === TCPFLOW_BYTES || IS_END.test(line.slice(at)));
    if (isEnd) return { bytes: bytes.slice(0, count), size: count === 1 ? 1 : 2, ends: [end], order: 'as-printed' };
    const word = tokens(line, at, line.length)[0]!;
    return (
      wrongDigit(line, word.at, word.at + word.text.length) ?? {
        problem: 'words of two bytes are expected here',
        at: word.at,
      }
    );
  },
};
