import { explain, type Diagnostic, type Explanation } from '../../rules/catalogue.js';
import { RECORDING_RULES } from '../../rules/frames/recording-catalogue.js';
import { escapeText } from '../../describe/escape.js';
import { bits, hexOffset, INDENT, openRoom, type Look } from '../layout.js';
import { wrap } from '../width.js';
import { joined, print, type Printable } from '../../describe/printable.js';

type Paint = (s: Printable) => Printable;

const MARK = { error: '✗', warning: '!', notice: 'i' } as const;
const LABEL_WIDTH = 10;

/** A diagnostic in words: severity, offset, what is wrong, then rule, section and the close code the RFC asks for. */
export function drawDiagnostic(diagnostic: Diagnostic, look: Look): Printable[] {
  const explained = explain(diagnostic);
  const paint = look.theme[explained.severity];
  const label = print`${MARK[explained.severity]} ${explained.severity}`.padEnd(LABEL_WIDTH);
  const indent = print` `.repeat(INDENT.length + LABEL_WIDTH + 1);
  const room = Math.max(24, look.width - indent.length);
  const words = wrap(print`${place(diagnostic)}${escapeText(explained.message)}`, room);
  const source = wrap(reference(explained), room);
  return [
    print`${INDENT}${paint(label)} ${words[0]!}`,
    ...words.slice(1).map((line) => print`${indent}${line}`),
    ...source.map((line) => print`${indent}${look.theme.dim(line)}`),
  ];
}

/** For views that have one line a frame (see `hangingLines`). */
export function diagnosticLines(diagnostic: Diagnostic, indent: number, look: Look): Printable {
  const explained = explain(diagnostic);
  const words = print`${explained.severity}${hasPlace(diagnostic) ? print` ${offset(diagnostic.span)}` : print``}: ${escapeText(explained.message)} (${reference(explained)})`;
  return hangingLines(words, indent, look.theme[explained.severity], look);
}

/** Words on one line where the width does not matter, else on as many as it takes, indented further from the second on. Ends with a line end. */
export function hangingLines(words: Printable, indent: number, paint: Paint, look: Look): Printable {
  const lead = print` `.repeat(indent);
  const room = openRoom(look, Math.max(24, look.width - indent - INDENT.length));
  const [first = print``, ...more] = wrap(words, room);
  return joined(
    [print`${lead}${paint(first)}`, ...more.map((line) => print`${lead}${INDENT}${paint(line)}`), print``],
    print`\n`,
  );
}

/** What is wrong and by which rule, without its place. */
export function brokenRule(diagnostic: Diagnostic): Printable {
  const explained = explain(diagnostic);
  return print`${escapeText(explained.message)} (${reference(explained)})`;
}

function reference(explained: Explanation): Printable {
  const close = explained.closeCode === undefined ? '' : print`, close ${explained.closeCode}`;
  return print`${explained.code}, ${escapeText(explained.rfc)}${close}`;
}

function place(diagnostic: Diagnostic): Printable {
  const { span } = diagnostic;
  if (!hasPlace(diagnostic)) return print``;
  return span.mask === undefined ? print`${offset(span)}: ` : print`${offset(span)}, bits ${bits(0xff, span.mask)}: `;
}

/** What a recording says of a connection is in none of its bytes. */
function hasPlace({ code }: Diagnostic): boolean {
  return !Object.hasOwn(RECORDING_RULES, code);
}

function offset({ start }: Diagnostic['span']): Printable {
  return print`at ${hexOffset(start)}`;
}
