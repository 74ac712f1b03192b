import { append } from '../../codec/bytes/lists.js';
import { areaEnd, evenWords, tokens, turnedRound, wordBytes } from './form.js';
import { provenOrder, type Row, type RowFamily, shows } from './row.js';
import type { Events } from '../text/events.js';
import { failInLine, type Line } from '../text/lines.js';

const PREFIX = /^\s*([0-9a-fA-F]{8,16}): /;
const BITS = /[01]{8}(?: [01]{8})*(?= {2}|$)/y;
const isBlankBetween = (text: string, from: number, to: number): boolean => text.slice(from, to).trim() === '';

/**
 * `xxd`: an offset, a colon, words separated by one blank, two blanks, one character a byte. `-e` prints words with their
 * last byte first, and a short word at the right of its column; `-b` prints bits.
 */
export function xxdRows(events: Events): RowFamily {
  return {
    begins: PREFIX,
    pads: false,
    radices: () => [16, 10],
    parse: (line) => parse(events, line),
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
  };
}

function parse(events: Events, line: Line): Row | undefined {
  const { text } = line;
  const match = PREFIX.exec(text)!;
  const offset = match[1]!;
  const from = match[0].length;
  const row = bits(text, offset, from) ?? words(text, offset, from) ?? rightAligned(text, offset, from);
  if (row === undefined) reportWrong(events, line, from);
  return row;
}

/** Where the ASCII column begins when the line has `count` bytes, or -1 where that can't be. */
function asciiStart(text: string, end: number, count: number): number {
  const start = Math.min(text.length, Math.max(end + 2, text.length - count));
  return isBlankBetween(text, end, start) ? start : -1;
}

/** Words as `xxd` without `-e` puts them, and as `-e` does where all are complete. */
function words(text: string, offset: string, from: number): Row | undefined {
  const end = areaEnd(text, from);
  const found = evenWords(text, from, end);
  if (found === undefined) return undefined;
  const { bytes: asPrinted, size, last } = found;
  const start = asciiStart(text, end, asPrinted.length);
  if (start < 0) return undefined;
  if (size === 1) return { offset, asPrinted, size };
  if (last < size || (size & (size - 1)) !== 0) return { offset, asPrinted, size, proof: 'as-printed' };
  const swapped = turnedRound(asPrinted, size);
  return { offset, asPrinted, swapped, size, proof: provenOrder(text.slice(start), asPrinted, swapped) };
}

/** Words of `-e` with a short one at the end, which stands at the right of its column. */
function rightAligned(text: string, offset: string, from: number): Row | undefined {
  const width = /^ *[0-9a-fA-F]+/.exec(text.slice(from))?.[0].length ?? 0;
  if (width < 4 || (width & (width - 1)) !== 0) return undefined;
  const swapped: number[] = [];
  for (let at = from; ; at += width + 1) {
    const word = text.slice(at, at + width);
    if (word.length < width || !/^ *(?:[0-9a-fA-F]{2})+$/.test(word)) return undefined;
    append(swapped, hexBytes(word.trim()).reverse());
    if (!word.startsWith(' ')) continue;
    const start = asciiStart(text, at + width, swapped.length);
    const fits = start >= 0 && shows(text.slice(start), swapped);
    return fits ? { offset, asPrinted: swapped, swapped, size: width / 2, proof: 'swapped' } : undefined;
  }
}

/** `xxd -b`: eight binary digits a byte, as many as the ASCII column has characters. */
function bits(text: string, offset: string, from: number): Row | undefined {
  BITS.lastIndex = from;
  if (!BITS.test(text)) return undefined;
  const end = BITS.lastIndex;
  const asPrinted = tokens(text, from, end).map((token) => parseInt(token.text, 2));
  const start = asciiStart(text, end, asPrinted.length);
  const ascii = start < 0 ? '' : text.slice(start);
  return ascii.length > 0 && shows(ascii, asPrinted) ? { offset, asPrinted, size: 1 } : undefined;
}

function hexBytes(digits: string): number[] {
  const bytes: number[] = [];
  for (let at = 0; at < digits.length; at += 2) bytes.push(parseInt(digits.slice(at, at + 2), 16));
  return bytes;
}

/** None of the ways to read the line fits: a digit that is none, or columns that contradict each other. */
function reportWrong(events: Events, line: Line, from: number): void {
  const end = areaEnd(line.text, from);
  for (const token of tokens(line.text, from, end)) if (!wordBytes(events, line, token, [])) return;
  failInLine(events, line, end, 'the hex digits of this line and its ASCII column do not belong together');
}
