import { explain, type Diagnostic, type Explanation } from '../rules/catalogue.js';
import { escapeText } from './escape.js';
import { bitPattern, hexOffset, INDENT, type Look } from './layout.js';
import { wrap } from './width.js';

const MARK = { error: '✗', warning: '!', notice: 'i' } as const;
const LABEL_WIDTH = 10;

/** A diagnostic in words: severity, offset, what is wrong, then rule, section and the close code the RFC asks for. */
export function drawDiagnostic(diagnostic: Diagnostic, look: Look): string[] {
  const told = explain(diagnostic);
  const paint = look.theme[told.severity];
  const label = `${MARK[told.severity]} ${told.severity}`.padEnd(LABEL_WIDTH);
  const indent = ' '.repeat(INDENT.length + LABEL_WIDTH + 1);
  const room = Math.max(24, look.width - indent.length);
  const words = wrap(`${place(diagnostic)}: ${escapeText(told.message)}`, room);
  const source = wrap(reference(told), room);
  return [
    `${INDENT}${paint(label)} ${words[0]}`,
    ...words.slice(1).map((line) => indent + line),
    ...source.map((line) => indent + look.theme.dim(line)),
  ];
}

/** For views that have one line a frame: one line too where nobody looks at columns, else as many as it takes. Ends with a line end. */
export function diagnosticLines(diagnostic: Diagnostic, indent: number, look: Look): string {
  const told = explain(diagnostic);
  const words = `${told.severity} ${offset(diagnostic.span)}: ${escapeText(told.message)} (${reference(told)})`;
  const paint = look.theme[told.severity];
  const lead = ' '.repeat(indent);
  const room = look.isOpen ? Infinity : Math.max(24, look.width - indent - INDENT.length);
  const [first = '', ...more] = wrap(words, room);
  return [lead + paint(first), ...more.map((line) => lead + INDENT + paint(line)), ''].join('\n');
}

/** What is wrong and by which rule, without its place. */
export function brokenRule(diagnostic: Diagnostic): string {
  const told = explain(diagnostic);
  return `${escapeText(told.message)} (${reference(told)})`;
}

function reference(told: Explanation): string {
  const close = told.closeCode === undefined ? '' : `, close ${told.closeCode}`;
  return `${told.code}, ${told.rfc}${close}`;
}

function place({ span }: Diagnostic): string {
  return span.mask === undefined ? offset(span) : `${offset(span)}, bits ${bitPattern(0xff, span.mask)}`;
}

function offset({ start }: Diagnostic['span']): string {
  return `at ${hexOffset(start)}`;
}
