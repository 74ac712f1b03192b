import { escapeText } from '../../describe/escape.js';
import { print, type Printable } from '../../describe/printable.js';
import type { Judged } from '../../traffic/judged.js';
import { hangingLines } from '../handshakes/diagnostics.js';
import { hexOffset, INDENT, type Look } from '../layout.js';

type CauseRecord = Judged & { readonly type: 'cause' };

/** The cause of a framing error, for views that have one line a frame. `whose`: the connection, where records of others may come between. */
export function causeLines(record: CauseRecord, whose: Printable, indent: number, look: Look): Printable {
  return hangingLines(print`${whose}${wordsOf(record)}`, indent, look.theme.title, look);
}

/** The same for views that draw blocks. */
export function causeBlock(record: CauseRecord, origin: readonly Printable[], look: Look): Printable {
  const whose = origin.length > 0 ? print`${origin[0]!}  ` : print``;
  return hangingLines(print`${whose}${wordsOf(record)}`, INDENT.length, look.theme.title, look).trimEnd();
}

function wordsOf({ offset, cause }: CauseRecord): Printable {
  return print`cause at ${hexOffset(offset)}: ${escapeText(cause.message)} (${cause.code})`;
}
