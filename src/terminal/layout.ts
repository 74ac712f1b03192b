import { count as plural } from '../codec/bytes/plural.js';
import { escapeText } from '../describe/escape.js';
import { bitPattern } from '../describe/header-rows.js';
import { hexOf } from '../codec/bytes/hex.js';
import type { Theme } from './theme.js';
import { displayWidth, truncate } from './width.js';
import { print, type Printable } from '../describe/printable.js';

/** What a view is drawn with. */
export interface Look {
  readonly theme: Theme;
  /** Columns to stay within. */
  readonly width: number;
  /** There is no terminal (a pipe, a file): lines of text from outside are not cut at the width. */
  readonly isOpen?: boolean;
  /** Columns that offsets take; `OFFSET_WIDTH` where it is not said. */
  readonly offsetWidth?: number;
}

/** Columns where there is no terminal. */
export const DEFAULT_WIDTH = 80;
/** Columns of a payload's preview on a line where there is no terminal: the same for every line. */
const OPEN_PREVIEW = 66;

/** Columns that text may take: `room` of them on a terminal, without limit elsewhere. */
export function openRoom(look: Look, room: number): number {
  return look.isOpen ? Infinity : room;
}

/** Columns of a payload's preview: `room` of them on a terminal. */
export function previewRoom(look: Look, room: number): number {
  return look.isOpen ? OPEN_PREVIEW : room;
}

/** Lines of a closing table unless all are requested: what a screen holds. */
export const MOST_LINES = 30;

/** Columns of the annotated view: two of indent, the offset, the bytes, their bits, the name, the value, the meaning. */
export const INDENT = print`  `;
export const OFFSET_WIDTH = 4;
const BYTES_WIDTH = 13;
const BITS_WIDTH = 11;
export const NAME_WIDTH = 10;
/** Where the bytes begin. */
export function bytesAt({ offsetWidth = OFFSET_WIDTH }: Look): number {
  return INDENT.length + offsetWidth + 2;
}
/** Where the names begin. */
export function nameAt(look: Look): number {
  return bytesAt(look) + BYTES_WIDTH + BITS_WIDTH;
}
/** Columns that are left for a value: without a terminal always the same. */
export function valueRoom(look: Look): number {
  const drawn = look.isOpen ? { ...look, width: DEFAULT_WIDTH, offsetWidth: OFFSET_WIDTH } : look;
  return Math.max(12, drawn.width - nameAt(drawn) - NAME_WIDTH);
}
/** Bytes that fit before the names. */
export const BYTES_PER_ROW = 8;

/** `0x` and at least two hex digits. */
export function hexOffset(offset: number): Printable {
  return escapeText(`0x${offset.toString(16).padStart(2, '0')}`);
}

/** Hex bytes separated by single spaces. */
export function spaced(bytes: Uint8Array): Printable {
  return escapeText(hexOf(bytes, ' '));
}

/** The bits of `mask` as digits, the others as dots: `1... ....`. */
export function bits(byte: number, mask: number): Printable {
  return escapeText(bitPattern(byte, mask, '.'));
}

/** A line of the annotated view. `bytes`, `bits`, `value` are plain; `paint` colours all three, so that they read as one thing. */
export interface AnnotatedRow {
  readonly offset?: number;
  /** Plain text of the bytes, and how it is painted where that differs from `paint`. */
  readonly bytes?: Printable;
  readonly paintBytes?: (s: Printable) => Printable;
  readonly bits?: Printable;
  readonly name?: Printable;
  readonly value?: Printable;
  readonly meaning?: Printable;
  readonly paint: (s: Printable) => Printable;
}

/** Draws a row; the meaning is cut at the width, everything before it is kept whole. */
export function drawRow(row: AnnotatedRow, look: Look): Printable {
  const { theme } = look;
  const offset = row.offset === undefined ? print`` : hexOffset(row.offset);
  let line = print`${INDENT}${theme.offset(offset)}`;
  let used = INDENT.length + offset.length;
  const put = (text: Printable | undefined, at: number, paint: (s: Printable) => Printable): void => {
    if (!text) return;
    const gap = Math.max(used === 0 ? 0 : 1, at - used);
    line = print`${line}${print` `.repeat(gap)}${paint(text)}`;
    used += gap + displayWidth(text);
  };
  put(row.bytes, bytesAt(look), row.paintBytes ?? row.paint);
  put(row.bits, bytesAt(look) + BYTES_WIDTH, row.paint);
  put(row.name, nameAt(look), (s) => s);
  // A number of 20 digits moves to the left rather than past the edge.
  const valueAt = Math.min(
    nameAt(look) + NAME_WIDTH,
    Math.max(used + 1, openRoom(look, look.width) - displayWidth(row.value ?? print``)),
  );
  put(row.value, valueAt, row.paint);
  if (row.meaning) {
    const at = Math.max(used + 2, nameAt(look) + NAME_WIDTH + 5);
    const room = look.width - at;
    if (room >= 8) put(shorten(row.meaning, room), at, theme.dim);
  }
  return line;
}

/** What does not fit is cut: at a colon if there is one, since the text after it explains the text before it. */
function shorten(text: Printable, room: number): Printable {
  if (displayWidth(text) <= room) return text;
  const colon = text.indexOf(':');
  return truncate(colon < 0 ? text : text.slice(0, colon), room);
}

/** On a wider line the right end is no longer seen. */
const WIDEST_TITLE = 100;

/** A title of `parts` at the left end, and `right` at the other; over as many lines as that takes. */
export function drawTitle(parts: readonly Printable[], right: Printable, look: Look): Printable[] {
  const lines: Printable[] = [];
  let line = print``;
  for (const part of parts) {
    if (line !== '' && displayWidth(line) + 2 + displayWidth(part) > look.width) {
      lines.push(line);
      line = print`${INDENT}${part}`;
    } else line = print`${line}${line === '' ? part : print`  ${part}`}`;
  }
  const painted = [...lines, line].map((text) => look.theme.title(truncate(text, openRoom(look, look.width))));
  const gap = Math.min(look.width, WIDEST_TITLE) - displayWidth(line) - displayWidth(right);
  if (right === '') return painted;
  if (gap < 2) return [...painted, look.theme.dim(print`${INDENT}${right}`)];
  return [
    ...painted.slice(0, -1),
    print`${painted[painted.length - 1]!}${print` `.repeat(gap)}${look.theme.dim(right)}`,
  ];
}

/** `1 byte`, `2 bytes`, `1 frame`, … */
export function count(n: number | bigint, unit: string): Printable {
  return escapeText(plural(n, unit));
}
