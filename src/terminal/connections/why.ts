import { escapeText } from '../../describe/escape.js';
import { print, type Printable } from '../../describe/printable.js';
import type { Cause } from '../../rules/causes/catalogue.js';
import type { Look } from '../layout.js';
import { hangingLines } from '../handshakes/diagnostics.js';

/** Why a connection was refused, failed or dropped: one line, whatever its length, as for stderr. */
export function whyLine({ code, message }: Cause): Printable {
  return print`why: ${escapeText(message)} (${code})\n`;
}

/** The same within a view, from the column `indent` on. */
export function whyLines({ code, message }: Cause, indent: number, look: Look): Printable {
  return hangingLines(print`why: ${escapeText(message)} (${code})`, indent, look.theme.title, look);
}
