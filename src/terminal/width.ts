import { CHARACTER } from '../codec/bytes/character-bits.js';
import { characterClasses } from '../codec/bytes/characters.js';
import { print, type Printable } from '../describe/printable.js';

const BLANK = print` `;
const CUT = print`…`;

/** Columns that text takes on a terminal: East Asian wide and emoji 2, combining and invisible 0, everything else 1. */

/** Without the table of all characters: printable ASCII, and the signs of our own views. */
const ONE_COLUMN_EACH = /^[\x20-\x7e·…←→↔│]*$/;
/** Styling of our own (SGR); text from outside has no ESC left. */
// eslint-disable-next-line no-control-regex
const SGR = /\x1b\[[\d;]*m/g;

function charWidth(char: string): number {
  if (ONE_COLUMN_EACH.test(char)) return 1;
  const code = char.codePointAt(0) ?? 0;
  const bits = characterClasses()[code]!;
  if ((bits & CHARACTER.wide) !== 0) return 2;
  return (bits & (CHARACTER.unseen | CHARACTER.mark)) !== 0 ? 0 : 1;
}

/** Columns of `s`, colour sequences not counted. */
export function displayWidth(s: string): number {
  if (ONE_COLUMN_EACH.test(s)) return s.length;
  let width = 0;
  for (const char of s.replace(SGR, '')) width += charWidth(char);
  return width;
}

/** `s` followed by blanks up to `width` columns; as it is when it is as wide already. */
export function padEnd(s: Printable, width: number): Printable {
  return print`${s}${BLANK.repeat(Math.max(0, width - displayWidth(s)))}`;
}

/** `s` with blanks before it up to `width` columns. */
export function padStart(s: Printable, width: number): Printable {
  return print`${BLANK.repeat(Math.max(0, width - displayWidth(s)))}${s}`;
}

/** `s` cut to at most `width` columns, with `mark` as the last of them where something was cut. For text without colour: style afterwards. */
export function truncate(s: Printable, width: number, mark: Printable = CUT): Printable {
  if (s.length <= width && ONE_COLUMN_EACH.test(s)) return s;
  const room = Math.max(0, width - displayWidth(mark));
  let used = 0;
  let kept = 0;
  let end = 0;
  for (const char of s) {
    used += charWidth(char);
    if (used > width) return print`${s.slice(0, end)}${width > 0 ? mark : ''}`;
    kept += char.length;
    if (used <= room) end = kept;
  }
  return s;
}

/** Words of `s` in lines of at most `width` columns; a longer word has a line of its own, unbroken. */
export function wrap(s: Printable, width: number): Printable[] {
  const lines: Printable[] = [];
  let line = BLANK.slice(1);
  for (const word of s.split(' ')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line.trimEnd());
      line = word;
    } else {
      line = line === '' ? word : print`${line} ${word}`;
    }
  }
  lines.push(line.trimEnd());
  return lines;
}
