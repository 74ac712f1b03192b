/** Columns that text takes on a terminal: East Asian wide and emoji 2, combining and invisible 0, everything else 1. */

/** First and last code point of the blocks that are wide or full width (Unicode TR11), joined where only unassigned ones lie between. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18aff],
  [0x1b000, 0x1b2ff],
  [0x1f200, 0x1f2ff],
  [0x20000, 0x3fffd],
];
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]$/u;
const EMOJI = /^\p{Emoji_Presentation}$/u;
/** Styling of our own (SGR); text from outside has no ESC left. */
// eslint-disable-next-line no-control-regex
const SGR = /\x1b\[[\d;]*m/g;

function charWidth(char: string): number {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x300) return code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0xad ? 0 : 1;
  if (ZERO.test(char)) return 0;
  if (code < 0x1100) return 1;
  return WIDE.some(([from, to]) => code >= from && code <= to) || EMOJI.test(char) ? 2 : 1;
}

/** Columns of `s`, colour sequences not counted. */
export function displayWidth(s: string): number {
  if (PRINTABLE_ASCII.test(s)) return s.length;
  let width = 0;
  for (const char of s.replace(SGR, '')) width += charWidth(char);
  return width;
}

/** `s` with blanks behind it up to `width` columns; as it is when it is as wide already. */
export function padEnd(s: string, width: number): string {
  return s + ' '.repeat(Math.max(0, width - displayWidth(s)));
}

/** `s` with blanks before it up to `width` columns. */
export function padStart(s: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(s))) + s;
}

/** `s` cut to at most `width` columns, with `mark` as the last of them where something was cut. For text without colour: style afterwards. */
export function truncate(s: string, width: number, mark = '…'): string {
  if (s.length <= width && PRINTABLE_ASCII.test(s)) return s;
  const room = Math.max(0, width - displayWidth(mark));
  let used = 0;
  let kept = 0;
  let end = 0;
  for (const char of s) {
    used += charWidth(char);
    if (used > width) return s.slice(0, end) + (width > 0 ? mark : '');
    kept += char.length;
    if (used <= room) end = kept;
  }
  return s;
}

/** Words of `s` in lines of at most `width` columns; a longer word stands alone, unbroken. */
export function wrap(s: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of s.split(' ')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line.trimEnd());
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line.trimEnd());
  return lines;
}
