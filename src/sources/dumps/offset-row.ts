import { type ByteOrder, fittingLength, type ShownRow } from './characters.js';
import { LONGEST_SEARCHED } from '../text/lines.js';

/** A line that may be an offset (or an address) and bytes, possibly with the same bytes as characters. */
export interface OffsetRow extends ShownRow {
  /** The position of the offset in the line. */
  readonly at: number;
  /** Its digits. */
  readonly digits: string;
  /** It was marked as hex (`0x`, `h`), or is too wide for anything but an address. */
  readonly isHex: boolean;
  /** One row is enough: the column ends in a colon (an address also in `=`) and is wider than every byte, or it is zero and stands apart. */
  readonly isSure: boolean;
  /** The order of the bytes in a word, where the form of the words shows it. */
  readonly order?: ByteOrder;
  /** The bytes are numbers of another radix than 16. */
  readonly isNumbers?: boolean;
}

/** The offset, the mark at its end, and the gap up to the first byte. Before it: nothing, a blank, a bracket, a bar, a sign, the name of a segment. */
const OFFSET =
  /(?<=^|[\s|[(<>\])+@#]|[A-Za-z_.]:)(0[xX])?([0-9a-fA-F]{8}[`'][0-9a-fA-F]{8}|[0-9a-fA-F]{1,16})(?![0-9a-fA-F`'])([hH]?)((?:\s?<[^<>]{1,80}>)?[:|\]>);=]*(?:\s?[-|=](?=\s))?)([ \t]*)(?=(?:0[xX])?[0-9a-fA-F]{2}|-?\d)/g;
const WORD = /(?:0[xX])?([0-9a-fA-F]{2,16})[hH]?(?=[\s\-|,]|$)/y;
/** Eight binary digits a byte. */
const BITS = /[01]{8}(?: [01]{8})*(?= {2})/y;
const BETWEEN = /[ \t]?[-|][ \t]?|[ \t]{1,4}|,[ \t]?/y;
/** gdb's `x/8ub`, `x/8db`, `x/8ob`, `x/8tb`, `x/8cb`: numbers up to the end of the line. */
const NUMBERS = /^(?:\s*-?(?:[01]{8}|\d{1,4})(?:\s+'(?:\\.{1,3}|.)')?)+\s*$/;
/** What draws the frames of tables, as UTF-8. */
const BOX = /\xe2\x94[\x82\x8a]|\xe2\x95\x91/g;
const ADDRESS_DIGITS = 8;
/** Bytes that the length or the end of an area may look like. */
const MOST_OPERANDS = 8;
/** The first numbers of the columns above the bytes, equally far from each other. */
const COUNT_START = /(?<!\w)0?0(\s+)0?1\1\s*0?2\s/;
/** The text before them: nothing, a name, or anything that ends in a frame of the table. */
const BEFORE_COUNT = /^$|^(?:Offset(?:\s?\([a-z]+\))?|Address)$|[^\w(]$/;
/** The same, where it is beyond doubt that they are no bytes. */
const NAMED = /^(?:Offset(?:\s?\([a-z]+\))?|Address)$|(?:^|\s)\|$/;
const CELL = /^[0-9A-Fa-f]{1,2}$/;

/**
 * `00 01 02 … 0F` above the bytes of a table: counts up from 0, with at least eight numbers. `alone`: without a name or a
 * frame, so that they may be bytes, too.
 */
export function columnHead(line: string): 'named' | 'alone' | undefined {
  const start = COUNT_START.exec(line)?.index;
  if (start === undefined) return undefined;
  const before = line.slice(0, start).trim();
  if (!BEFORE_COUNT.test(before)) return undefined;
  const [columns = ''] = line.slice(start).split('|', 1);
  const words = columns.trim().split(/[\s-]+/);
  const end = words.findIndex((word) => !CELL.test(word));
  const cells = end < 0 ? words : words.slice(0, end);
  if (cells.length < 8 || !cells.every((cell, index) => parseInt(cell, 16) === index % 16)) return undefined;
  // After an offset they are bytes.
  const row = offsetRow(line, true);
  if (row !== undefined && row.at < start) return undefined;
  return NAMED.test(before) ? 'named' : 'alone';
}

/**
 * The row whose form `line` has, if any: whether it is a row is proven by the rows around it or by its characters.
 * `isGoingOn`: a row comes before it.
 */
export function offsetRow(line: string, isGoingOn = false): OffsetRow | undefined {
  if (line.length > LONGEST_SEARCHED) return undefined;
  const text = withBars(line);
  OFFSET.lastIndex = 0;
  for (let match = OFFSET.exec(text); match !== null; match = OFFSET.exec(text)) {
    const row = rowAt(text, match, isGoingOn);
    if (row !== undefined) return row;
    OFFSET.lastIndex = match.index + 1;
  }
  return undefined;
}

/** Frames of tables as bars: each as one character. */
export const withBars = (line: string): string => (line.includes('\xe2') ? line.replace(BOX, '|') : line);

/** The first column of a line, as it is printed. */
interface OffsetColumn {
  readonly at: number;
  /** The text before it in the line. */
  readonly prefix: string;
  readonly digits: string;
  readonly isZero: boolean;
  /** `0x`, or nothing. */
  readonly mark: string;
  /** `h` after it, or a mark within it: it can only be an address in hex. */
  readonly isAddress: boolean;
  /** What marks its end: a colon, a bar, a bracket, a hyphen. */
  readonly close: string;
  readonly gap: string;
  /** More than one blank, or a tab, is between it and the bytes. */
  readonly isApart: boolean;
}

/** `md.b 82000000 16`: an address after the name of a command, and no characters. */
export function mayBeCommand(row: OffsetRow): boolean {
  const words = row.line.slice(0, row.at);
  return /[A-Za-z]\S*\s+$/.test(words) && !row.isSure && row.bytes.length <= MOST_OPERANDS;
}

/** The first of the rows that a command prints has the address of the command. */
export function isPrintedBy(command: OffsetRow, { digits, at, line }: OffsetRow): boolean {
  const isSame = digits.replace(/^0+/, '').toLowerCase() === command.digits.replace(/^0+/, '').toLowerCase();
  return isSame && line.slice(0, at).trim() !== command.line.slice(0, command.at).trim();
}

function columnOf(line: string, match: RegExpExecArray): OffsetColumn {
  const [, mark = '', printed = '', h = '', close = '', gap = ''] = match;
  const digits = printed.replace(/[`']/, '');
  return {
    at: match.index,
    prefix: line.slice(0, match.index).trim(),
    digits,
    isZero: /^0+$/.test(digits),
    mark,
    isAddress: h !== '' || printed !== digits,
    close,
    gap,
    isApart: gap.length > 1 || gap === '\t',
  };
}

function rowAt(line: string, match: RegExpExecArray, isGoingOn: boolean): OffsetRow | undefined {
  const column = columnOf(line, match);
  const { digits, mark, isZero, isApart } = column;
  if (isOtherWord(column, isGoingOn)) return undefined;
  const area = areaOf(line, match.index + match[0].length, column);
  if (area === undefined) return undefined;
  const isWider = isWiderThan(column, area);
  if (isHidden(column, area, isWider) || !looksLikeOffset(column, area, isWider, isGoingOn)) return undefined;
  const row: OffsetRow = {
    at: column.at,
    digits,
    isHex: mark !== '' || column.isAddress || digits.length > 8,
    isSure: isWider && (isClosed(column) || (isZero && isApart && digits.length >= 4)),
    size: area.size,
    bytes: area.bytes,
    ends: area.ends,
    line,
    isNumbers: area.isNumbers === true,
  };
  return isPlausible(row) ? row : undefined;
}

const isClosed = ({ close, digits }: OffsetColumn): boolean =>
  close.includes(':') || (close.includes('=') && digits.length >= ADDRESS_DIGITS);

/** A word of letters alone, what stands within a string, and the process in `app[71]:` (`buf[0]:` and what follows it are offsets). */
function isOtherWord({ digits, mark, prefix, close, isZero }: OffsetColumn, isGoingOn: boolean): boolean {
  if ((!/\d/.test(digits) && mark === '') || /["'`\\]/.test(prefix)) return true;
  return !isZero && !isGoingOn && /\w\[$/.test(prefix) && close.startsWith(']');
}

function areaOf(line: string, from: number, { mark, gap, close }: OffsetColumn): Area | undefined {
  const bits = bitsOf(line, from);
  if (bits !== undefined) return bits;
  const words = wordsOf(line, from);
  // gdb writes hex with 0x; what has none are numbers.
  const isGdb = mark !== '' && (gap.includes('\t') || close.includes('<'));
  return words === undefined || (isGdb && !words.isPrefixed) ? numbersOf(line, from, mark) : words;
}

function isWiderThan({ digits, mark }: OffsetColumn, { width, isPrefixed }: Area): boolean {
  return digits.length > width || (mark !== '' && isPrefixed && mark.length + digits.length > width + 2);
}

/** A word among other digits, unless it stands apart from both; one that nothing separates from the bytes. */
function isHidden({ prefix, close, isApart, digits, gap }: OffsetColumn, { size }: Area, isWider: boolean): boolean {
  const isAmongDigits = prefix !== '' && !/[^0-9a-fA-F\s]/.test(prefix);
  if (isAmongDigits && !/[:-]/.test(close) && !(isWider && isApart && digits.length >= 4)) return true;
  return gap === '' && !(size === 1 && /[:|]$/.test(close) && digits.length >= 4);
}

function looksLikeOffset(column: OffsetColumn, area: Area, isWider: boolean, isGoingOn: boolean): boolean {
  const { digits, mark, isZero, isApart } = column;
  const isMarked = isMarkedAs(column, area);
  if (isMarked && (isWider || isZero)) return true;
  if (area.size > 1) return looksLikeWords(column, area, isWider, isMarked && isGoingOn);
  const isOdd = digits.length % 2 === 1 && mark === '';
  return isMarked || isWider || isOdd || ((isZero || isGoingOn) && isApart);
}

/** Something says that the column is none of the bytes. */
function isMarkedAs({ mark, close, isAddress }: OffsetColumn, { isPrefixed }: Area): boolean {
  return /[:|\]>);=-]/.test(close) || isAddress || (mark !== '' && !isPrefixed);
}

/** The same before words of more than a byte; gdb's addresses may be narrower than its words. */
function looksLikeWords(column: OffsetColumn, { isPrefixed }: Area, isWider: boolean, goesOn: boolean): boolean {
  const { digits, mark, close, isZero, isApart } = column;
  if (isWider && isZero && isApart) return true;
  return goesOn || (mark !== '' && isPrefixed && close.includes(':') && digits.length > 4);
}

/** What follows the bytes may be nothing, half a byte (the row is cut), or the characters. */
function isPlausible(row: OffsetRow): boolean {
  const rest = row.line.slice(row.ends.at(-1)!.at);
  if (/^[\s-]?[0-9a-fA-F]?\s*$/.test(rest) || /^(?:\s{2,}|\s*[|>[*]|\t)/.test(rest)) return true;
  return fittingLength(row) !== undefined || (row.isSure && row.bytes.length >= 4);
}

/** The bytes of a row, and how they are printed. */
interface Area extends Pick<OffsetRow, 'size' | 'bytes' | 'ends' | 'isNumbers'> {
  /** Digits of the widest word. */
  readonly width: number;
  readonly isPrefixed: boolean;
}

/** Words of hex digits, all as long as the first but for a shorter last one. `word`, `between`: sticky; the digits are its first group. */
export function wordsOf(line: string, from: number, word = WORD, between = BETWEEN): Area | undefined {
  const bytes: number[] = [];
  const ends: { count: number; at: number }[] = [];
  let width = 0;
  let isPrefixed = false;
  for (let at = from; at < line.length;) {
    word.lastIndex = at;
    const [whole = '', text = '0'] = word.exec(line) ?? [];
    if (text.length % 2 !== 0 || (width > 0 && text.length > width)) break;
    const isShort = text.length < width;
    width ||= text.length;
    isPrefixed ||= /^0[xX]/.test(whole);
    for (let index = 0; index < text.length; index += 2) bytes.push(parseInt(text.slice(index, index + 2), 16));
    ends.push({ count: bytes.length, at: word.lastIndex });
    between.lastIndex = word.lastIndex;
    if (isShort || !between.test(line)) break;
    at = between.lastIndex;
  }
  return bytes.length === 0 ? undefined : { size: width / 2, width, bytes, ends, isPrefixed };
}

/** Numbers that are no pairs of hex digits, after an address. */
function numbersOf(line: string, from: number, mark: string): Area | undefined {
  const text = line.slice(from);
  if (mark === '' || !NUMBERS.test(text)) return undefined;
  const numbers = text
    .replace(/'(?:\\.{1,3}|.)'/g, '')
    .trim()
    .split(/\s+/);
  const radix = numbers.every((number) => /^[01]{8}$/.test(number))
    ? 2
    : numbers.some((number) => /^0\d/.test(number))
      ? 8
      : 10;
  const bytes = numbers.map((number) => parseInt(number, radix));
  if (bytes.some((byte) => !(byte >= -128 && byte <= 255))) return undefined;
  return {
    size: 1,
    width: 4,
    bytes: bytes.map((byte) => byte & 0xff),
    ends: [{ count: bytes.length, at: line.length }],
    isPrefixed: false,
    isNumbers: true,
  };
}

/** `xxd -b`: eight binary digits a byte, and the same as characters. */
export function bitsOf(line: string, from: number): Area | undefined {
  BITS.lastIndex = from;
  const [text] = BITS.exec(line) ?? [];
  if (text === undefined) return undefined;
  const bytes = text.split(' ').map((digits) => parseInt(digits, 2));
  const ends = [{ count: bytes.length, at: from + text.length }];
  const row = { size: 1, bytes, ends, line };
  return fittingLength(row) === undefined ? undefined : { ...row, width: 8, isPrefixed: false, isNumbers: true };
}
