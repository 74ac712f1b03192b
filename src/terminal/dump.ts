import { characterLength, decodeUtf8 } from '../codec/bytes/utf8.js';
import { hexOf } from '../codec/bytes/hex.js';
import { escapeText } from '../describe/escape.js';
import { hexOffset, INDENT, OFFSET_WIDTH, type Look } from './layout.js';
import { displayWidth, padEnd } from './width.js';
import { joined, print, type Printable } from '../describe/printable.js';

/** A run of bytes to be drawn as hex and text. */
export interface Dump {
  readonly bytes: Uint8Array;
  /** The same bytes as they were on the wire, where they were masked. */
  readonly wire?: Uint8Array;
  /** Offset printed for the first byte. */
  readonly offset: number;
  /** The bytes are meant as text: whole characters are shown where they begin, and what is no UTF-8 is marked. */
  readonly text: boolean;
}

type DumpMark = 'plain' | 'invalid';

/** Columns of a dump of `perRow` bytes, in one or two hex columns. */
function columns(perRow: number, wire: boolean, offsetWidth: number): number {
  return INDENT.length + offsetWidth + 2 + (wire ? 2 : 1) * (perRow * 3 + 1) + 1 + perRow;
}

/** Hex and text side by side, 16 bytes a row or 8 where 16 don't fit, preceded by the masked bytes where there is room. */
export function drawDump(dump: Dump, look: Look): Printable[] {
  const { bytes } = dump;
  const offsetWidth = Math.max(look.offsetWidth ?? OFFSET_WIDTH, hexOffset(dump.offset + bytes.length).length);
  const fits = (perRow: number, wire: boolean): boolean => columns(perRow, wire, offsetWidth) <= look.width;
  const masked = dump.wire !== undefined;
  const [perRow, showWire] =
    masked && fits(16, true) ? [16, true] : masked && fits(8, true) ? [8, true] : [fits(16, false) ? 16 : 8, false];
  const wireTitle = showWire ? padEnd(print`on the wire`, perRow * 3 + (perRow > 8 ? 2 : 1)) : '';
  const titles = print`${print` `.repeat(INDENT.length + offsetWidth + 2)}${wireTitle}unmasked`;
  const cells = new Cells(bytes, dump.text);
  const lines: Printable[] = masked ? [look.theme.dim(titles)] : [];
  for (let at = 0; at < bytes.length; at += perRow) {
    const end = Math.min(bytes.length, at + perRow);
    const row = cells.row(at, end);
    const offset = look.theme.offset(padEnd(hexOffset(dump.offset + at), offsetWidth));
    const wire = showWire ? print`${look.theme.payload(hexCell(dump.wire!.subarray(at, end), perRow))}  ` : '';
    const plain = paintHex(bytes.subarray(at, end), row, perRow, look);
    lines.push(print`${INDENT}${offset}  ${wire}${plain}  ${drawText(row, look)}`.trimEnd());
  }
  return lines;
}

interface Cell {
  readonly text: Printable;
  readonly mark: DumpMark;
}

const BLANK = print` `;
const INVALID: Cell = { text: print`·`, mark: 'invalid' };
const BEHIND: Cell = { text: print``, mark: 'plain' };

const DOT: Cell = { text: print`.`, mark: 'plain' };
const HASH = 0x23;
/** `##[`, `##vso[`, `##teamcity[`: CI runners read them as commands wherever they are in a line. */
const AFTER_HASHES: ReadonlySet<number | undefined> = new Set([...'[vt'].map((char) => char.charCodeAt(0)));

let cellsOfBytes: readonly Cell[] | undefined;

/** One cell for each byte, whatever its place: dumps may be long. Made with the first dump. */
function byteCell(byte: number): Cell {
  cellsOfBytes ??= Array.from({ length: 256 }, (_, value) => ({
    text: value >= 0x20 && value < 0x7f ? escapeText(String.fromCharCode(value)) : print`.`,
    mark: 'plain',
  }));
  return cellsOfBytes[byte]!;
}

/** The cells of one row after the other: all of a large payload's at once would take many times its memory. */
class Cells {
  /** Bytes that come next and belong to a character that began before them. */
  private behind = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly isText: boolean,
  ) {}

  /** A cell for each byte from `start`, which follows the row before, to `end`. */
  row(start: number, end: number): Cell[] {
    const cells: Cell[] = [];
    for (let at = start; at < end; at++) cells.push(this.isCommand(at) ? DOT : this.cell(at));
    return cells;
  }

  private isCommand(at: number): boolean {
    const { bytes } = this;
    return bytes[at] === HASH && bytes[at - 1] === HASH && AFTER_HASHES.has(bytes[at + 1]);
  }

  /** A character of several bytes is in the cell of its first, padded over the others. */
  private cell(at: number): Cell {
    const { bytes } = this;
    if (!this.isText) return byteCell(bytes[at]!);
    if (this.behind > 0) {
      this.behind--;
      return BEHIND;
    }
    const length = characterLength(bytes, at);
    if (length <= 1) return length === 1 ? byteCell(bytes[at]!) : INVALID;
    this.behind = length - 1;
    const char = decodeUtf8(bytes.subarray(at, at + length));
    const escaped = escapeText(char);
    const shown = escaped === char && displayWidth(char) > 0 ? escaped : print`.`;
    return { text: padEnd(shown, length), mark: 'plain' };
  }
}

function hexCell(bytes: Uint8Array, perRow: number): Printable {
  const half = escapeText(hexOf(bytes.subarray(0, 8), ' '));
  const rest = bytes.length > 8 ? print`  ${escapeText(hexOf(bytes.subarray(8), ' '))}` : '';
  return print`${half}${rest}`.padEnd(perRow * 3 - (perRow > 8 ? 0 : 1));
}

function paintHex(bytes: Uint8Array, cells: readonly Cell[], perRow: number, look: Look): Printable {
  const plain = hexCell(bytes, perRow);
  if (cells.every((cell) => cell.mark === 'plain')) return look.theme.unmasked(plain);
  const painted = Array.from(bytes, (byte, i) => {
    const digits = escapeText(byte.toString(16).padStart(2, '0'));
    const gap = i === 0 ? '' : i === 8 ? print`  ` : print` `;
    return print`${gap}${(cells[i]?.mark === 'invalid' ? look.theme.error : look.theme.unmasked)(digits)}`;
  });
  const used = bytes.length * 3 - 1 + (bytes.length > 8 ? 1 : 0);
  return print`${joined(painted)}${BLANK.repeat(Math.max(0, plain.length - used))}`;
}

/** The text column of a row: what is left of a character that began in the row before is blank. */
function drawText(row: readonly Cell[], look: Look): Printable {
  let column = 0;
  let text = print``;
  row.forEach((cell, i) => {
    const blank = i - column;
    const fits = i + displayWidth(cell.text.trimEnd()) <= row.length;
    const shown = fits ? cell.text.slice(0, row.length - i) : print`.`;
    if (shown === '') return;
    text = print`${text}${BLANK.repeat(Math.max(0, blank))}${cell.mark === 'invalid' ? look.theme.error(shown) : shown}`;
    column = i + displayWidth(shown);
  });
  return text;
}
