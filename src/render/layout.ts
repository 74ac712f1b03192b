import { hexOf } from '../codec/hex.js';
import type { Theme } from './theme.js';
import { displayWidth, truncate } from './width.js';

/** What a view is drawn with. */
export interface Look {
  readonly theme: Theme;
  /** Columns to stay within. */
  readonly width: number;
}

/** Columns of the annotated view: two of indent, the offset, the bytes, their bits, the name, the value, the meaning. */
export const INDENT = '  ';
const OFFSET_WIDTH = 6;
const BYTES_WIDTH = 13;
const BITS_WIDTH = 11;
export const NAME_WIDTH = 10;
/** Where the bytes begin and where the names do. */
export const BYTES_AT = OFFSET_WIDTH + INDENT.length;
export const NAME_AT = BYTES_AT + BYTES_WIDTH + BITS_WIDTH;
/** Bytes that fit in front of the names. */
export const BYTES_PER_ROW = 8;

/** `0x` and at least two hex digits. */
export function hexOffset(offset: number): string {
  return `0x${offset.toString(16).padStart(2, '0')}`;
}

/** Hex bytes separated by single spaces. */
export function spaced(bytes: Uint8Array): string {
  return hexOf(bytes, ' ');
}

/** The bits of `mask` as digits, the others as dots, in two groups of four: `1... ....`. */
export function bitPattern(byte: number, mask: number): string {
  let out = '';
  for (let bit = 0x80; bit > 0; bit >>= 1) {
    if (bit === 0x08) out += ' ';
    out += mask & bit ? (byte & bit ? '1' : '0') : '.';
  }
  return out;
}

/** A line of the annotated view. `bytes`, `bits`, `value` are plain; `paint` colours all three, so that they read as one thing. */
export interface Row {
  readonly offset?: number;
  /** Plain text of the bytes, and how it is painted where that differs from `paint`. */
  readonly bytes?: string;
  readonly paintBytes?: (s: string) => string;
  readonly bits?: string;
  readonly name?: string;
  readonly value?: string;
  readonly meaning?: string;
  readonly paint: (s: string) => string;
}

/** Draws a row; the meaning is cut at the width, everything before it is kept whole. */
export function drawRow(row: Row, look: Look): string {
  const { theme } = look;
  const offset = row.offset === undefined ? '' : hexOffset(row.offset);
  let line = INDENT + theme.offset(offset);
  let used = INDENT.length + offset.length;
  const put = (text: string | undefined, at: number, paint: (s: string) => string): void => {
    if (!text) return;
    const gap = Math.max(used === 0 ? 0 : 1, at - used);
    line += ' '.repeat(gap) + paint(text);
    used += gap + displayWidth(text);
  };
  put(row.bytes, BYTES_AT, row.paintBytes ?? row.paint);
  put(row.bits, BYTES_AT + BYTES_WIDTH, row.paint);
  put(row.name, NAME_AT, (s) => s);
  put(row.value, NAME_AT + NAME_WIDTH, row.paint);
  if (row.meaning) {
    const at = Math.max(used + 2, NAME_AT + NAME_WIDTH + 5);
    const room = look.width - at;
    if (room >= 8) put(truncate(row.meaning, room), at, theme.dim);
  }
  return line;
}

/** Wider than this, what stands at the right end is no longer seen. */
const WIDEST_TITLE = 100;

/** `left` and `right` at both ends of the width; `right` on a line of its own where they don't fit. */
export function spread(left: string, right: string, width: number): string {
  const gap = Math.min(width, WIDEST_TITLE) - displayWidth(left) - displayWidth(right);
  return gap >= 2 ? left + ' '.repeat(gap) + right : `${left}\n${INDENT}${right}`;
}

/** `1 byte`, `2 bytes`, `1 frame`, … */
export function count(n: number | bigint, unit: string): string {
  return `${n} ${unit}${n === 1 || n === 1n ? '' : 's'}`;
}
