import { areaBytes, type Token, tokens, turnedRound } from './form.js';
import { provenOrder, type Row, type RowFamily } from './row.js';
import type { Events } from '../text/events.js';
import { failInLine, type Line } from '../text/lines.js';

const PREFIX = /^([0-9a-fA-F]{6,16}) +(?=[^\s])/;
const USE = 'use hexdump -C, or od -A x -t x1';
/** The meaning of words of this number of characters, where they are no hex bytes. */
const NOT_HEX: Readonly<Record<number, string>> = {
  3: `three digits a byte are octal (od -b, od -c, hexdump -b, hexdump -c): ${USE}`,
  5: `five digits a word are decimal (od -d, hexdump -d): ${USE}`,
  6: `six digits a word are octal (od without options): ${USE}`,
};
const SWAPPED = `words of more than a byte are printed in the byte order of the machine: turned round, as a little-endian one prints them (hexdump -C and od -t x1 leave no doubt)`;

/**
 * `hexdump` and `od`: an offset without a colon, bytes or words with blanks between, and an optional ASCII column in
 * bars (`hexdump -C`) or angle brackets (`od … z`). Words of more than a byte are in the machine's byte order.
 */
export function odRows(events: Events): RowFamily {
  return {
    begins: PREFIX,
    pads: true,
    radices,
    parse: (line) => parse(events, line),
    unproven: () => ({ order: 'swapped', notice: SWAPPED }),
  };
}

/** `od` prints seven octal digits, or six hex ones with `-A x`; `hexdump` seven hex digits, or eight with `-C`. */
function radices({ text }: Line, offset: string): readonly number[] {
  if (offset.length === 6 || text.includes('|')) return [16];
  return offset.length === 7 ? [16, 8, 10] : [16, 10, 8];
}

function parse(events: Events, line: Line): Row | undefined {
  const { text } = line;
  const match = PREFIX.exec(text)!;
  const from = match[0].length;
  const [end, ascii] = columns(text, from);
  const blank = text.indexOf(' ', from);
  const size = ((blank < 0 || blank > end ? end : blank) - from) / 2;
  if (size <= 0) {
    failInLine(events, line, from, 'no bytes follow the offset');
    return undefined;
  }
  if (size === 1) return singleBytes(events, line, match[1]!, from, end);
  const found = tokens(text, from, end);
  const refusal = found.some((token) => token.text.length === 3) ? NOT_HEX[3] : NOT_HEX[size * 2];
  if (refusal !== undefined) failInLine(events, line, from, refusal);
  else if (sameSize(events, line, found)) return wordRow(events, line, match[1]!, from, end, size, ascii);
  return undefined;
}

/** Where the words end, and what the ASCII column shows, if there is one. */
function columns(text: string, from: number): [number, string | undefined] {
  const bar = text.indexOf('|', from);
  if (bar >= 0) return [bar, text.slice(bar + 1).replace(/\|\s*$/, '')];
  const angle = text.indexOf('  >', from);
  return angle >= 0 ? [angle, text.slice(angle + 3).replace(/<\s*$/, '')] : [text.length, undefined];
}

function singleBytes(events: Events, line: Line, offset: string, from: number, end: number): Row | undefined {
  const { text } = line;
  for (let at = from; at < end; at++) {
    if (text[at] === ' ') continue;
    const space = text.indexOf(' ', at);
    const length = (space < 0 || space > end ? end : space) - at;
    if (length === 3) failInLine(events, line, at, NOT_HEX[3]!);
    else if (length > 2) failInLine(events, line, at, 'a word of more than one byte is among single bytes');
    at += length;
  }
  const asPrinted = areaBytes(events, line, from, end);
  return asPrinted === undefined || events.failed ? undefined : { offset, asPrinted, size: 1 };
}

function sameSize(events: Events, line: Line, found: readonly Token[]): boolean {
  const length = found[0]!.text.length;
  const odd = found.find((token) => token.text.length !== length);
  if (length % 2 === 0 && odd === undefined) return true;
  const { at, text } = odd ?? found[0]!;
  failInLine(
    events,
    line,
    at,
    odd === undefined ? `'${text}' is no word of hex bytes: ${USE}` : `'${text}' is not as long as the preceding words`,
  );
  return false;
}

function wordRow(
  events: Events,
  line: Line,
  offset: string,
  from: number,
  end: number,
  size: number,
  ascii: string | undefined,
): Row | undefined {
  const asPrinted = areaBytes(events, line, from, end);
  if (asPrinted === undefined) return undefined;
  const swapped = turnedRound(asPrinted, size);
  return {
    offset,
    asPrinted,
    swapped,
    size,
    proof: ascii === undefined ? 'never' : provenOrder(ascii, asPrinted, swapped),
  };
}
