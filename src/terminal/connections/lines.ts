import { INDENT, openRoom, type Look } from '../layout.js';
import type { Role, Theme } from '../theme.js';
import { displayWidth, padEnd, padStart, truncate } from '../width.js';
import { joined, print, type Printable } from '../../describe/printable.js';

/** A piece of text, safe to print, and what it is painted as. */
export type LabelledPart = readonly [text: Printable, role?: Role];

const LABEL_WIDTH = 11;
/** Where the values of labelled lines begin. */
export const VALUE_AT = INDENT.length + LABEL_WIDTH;
/** Between two parts, and two columns. */
const GAP = print`  `;
/** In a table, for 0 and for no value, so that values are easy to see. */
export const NOTHING = print`·`;

function paint(text: Printable, role: Role | undefined, theme: Theme): Printable {
  return role === undefined ? text : theme[role](text);
}

/** Parts after `lead`, over as many lines as that takes; a part that does not fit into a line of a terminal is cut. */
export function flow(lead: Printable, parts: readonly LabelledPart[], look: Look): Printable[] {
  const { width, theme } = look;
  const lines: Printable[] = [];
  let line = lead;
  let used = displayWidth(lead);
  let gap = print``;
  for (const [text, role] of parts) {
    const cut = truncate(text, openRoom(look, width - (gap === '' ? Math.max(used, VALUE_AT) : VALUE_AT)));
    if (gap !== '' && used + gap.length + displayWidth(cut) > width) {
      lines.push(line);
      line = print` `.repeat(VALUE_AT);
      used = VALUE_AT;
      gap = print``;
    }
    line = print`${line}${gap}${paint(cut, role, theme)}`;
    used += gap.length + displayWidth(cut);
    gap = GAP;
  }
  return [...lines, line];
}

/** A label with its parts; no line where there are none. */
export function row(label: Printable, parts: readonly LabelledPart[], look: Look): Printable[] {
  return parts.length === 0 ? [] : flow(print`${INDENT}${padEnd(label, LABEL_WIDTH)}`, parts, look);
}

/** A column of a table: its head, and a cell for each line. */
export interface Column {
  readonly head: Printable;
  readonly cells: readonly LabelledPart[];
  readonly width: number;
  /** Text; numbers are aligned to the right. */
  readonly left?: boolean;
  /** Text is cut in its middle: the port of an address is at the end. */
  readonly ends?: boolean;
}

/** The width that they take side by side, each with a gap before it. */
export function gridWidth(columns: readonly Column[]): number {
  return columns.reduce((sum, { width }) => sum + GAP.length + width, 0);
}

/** The columns that the widest of a head and its cells takes. */
export function widest(head: Printable, cells: readonly LabelledPart[]): number {
  return cells.reduce((width, [text]) => Math.max(width, displayWidth(text)), displayWidth(head));
}

/** Columns side by side under their heads; `leads` begin the lines, all of one width. */
export function drawGrid(columns: readonly Column[], leads: readonly Printable[], { theme }: Look): Printable[] {
  const last = columns.at(-1);
  const put = ([text, role]: LabelledPart, column: Column): Printable => {
    const cut = (column.ends ? cutMiddle : truncate)(text, column.width);
    const padded = !column.left ? padStart(cut, column.width) : column === last ? cut : padEnd(cut, column.width);
    return print`${GAP}${paint(padded, text === NOTHING ? 'dim' : role, theme)}`;
  };
  const line = (lead: Printable, cellOf: (column: Column) => LabelledPart): Printable =>
    print`${lead}${joined(columns.map((column) => put(cellOf(column), column)))}`;
  return [
    line(print` `.repeat(displayWidth(leads[0] ?? print``)), ({ head }) => [head, 'dim']),
    ...leads.map((lead, i) => line(lead, ({ cells }) => cells[i]!)),
  ];
}

/** `text` with its middle left out where it is too wide. */
export function cutMiddle(text: Printable, width: number): Printable {
  if (text.length <= width || width < 3 || !/^[ -~]*$/.test(text)) return truncate(text, width);
  const tail = Math.ceil((width - 1) * 0.6);
  return print`${text.slice(0, width - 1 - tail)}…${text.slice(text.length - tail)}`;
}
