import type { Handshake } from '../codec/handshake.js';
import type { HandshakeText, TextNote } from '../codec/handshake-text.js';
import { explain } from '../rules/catalogue.js';
import { HANDSHAKE_RULES } from '../rules/handshake-catalogue.js';
import type { ChecklistRow, HandshakeDiagnostic } from '../rules/handshake-rules.js';
import { HEAD_RULES } from '../rules/head-catalogue.js';
import { NEGOTIATION_RULES } from '../rules/negotiation-catalogue.js';
import { OBSOLETE_RULES } from '../rules/obsolete-catalogue.js';
import { REQUEST_RULES } from '../rules/request-catalogue.js';
import { RESPONSE_RULES } from '../rules/response-catalogue.js';
import { escapeText } from './escape.js';
import { handshakeLine } from './handshake.js';
import { hexOffset, INDENT, type Look } from './layout.js';
import type { Role } from './theme.js';
import { padEnd, wrap } from './width.js';

export interface ChecklistOptions {
  /** All rows, those of HTTP itself too. */
  readonly verbose: boolean;
  /** Where a diagnostic's offset stands in the user's text; without it the offset is shown. */
  readonly place?: HandshakeText['place'];
}

interface Group {
  readonly title: string;
  readonly rules: object;
  /** Rows that hold are counted, not shown: they say nothing about WebSocket. */
  readonly brief: boolean;
}

const GROUPS: readonly Group[] = [
  { title: 'request', rules: REQUEST_RULES, brief: false },
  { title: 'response', rules: RESPONSE_RULES, brief: false },
  { title: 'extensions', rules: NEGOTIATION_RULES, brief: false },
  { title: 'HTTP', rules: HEAD_RULES, brief: true },
  { title: 'headers of older drafts', rules: OBSOLETE_RULES, brief: true },
];

type Label = 'pass' | 'fail' | 'warn' | 'note' | 'not seen';

const LABEL_ROLE: Readonly<Record<Label, Role>> = {
  pass: 'ok',
  fail: 'error',
  warn: 'warning',
  note: 'notice',
  'not seen': 'dim',
};
const LABEL_WIDTH = 10;

function labelOf({ code, result, diagnostics }: ChecklistRow): Label {
  if (result !== 'pass') return result === 'fail' ? 'fail' : 'not seen';
  if (diagnostics.length === 0) return 'pass';
  return HANDSHAKE_RULES[code].severity === 'warning' ? 'warn' : 'note';
}

/** The sections' column, where there is room for one: `RFC 9110 §15.5.22` and a gap. */
const RFC_WIDTH = 19;
const WIDE = 76;
const NO_BREAK = '\u00a0';

/** A requirement with its result and section in front; on a narrow terminal the section stands behind it. */
function drawRow(label: Label, requirement: string, rfc: string, look: Look): string[] {
  const { theme, width } = look;
  const wide = width >= WIDE;
  const at = INDENT.length + LABEL_WIDTH + (wide ? RFC_WIDTH : 0);
  // No line ends inside a section's name.
  const text = wide || rfc === '' ? requirement : `${requirement} (${rfc.replaceAll(' ', NO_BREAK)})`;
  const front = INDENT + theme[LABEL_ROLE[label]](padEnd(label, LABEL_WIDTH));
  const section = wide ? theme.dim(padEnd(rfc, RFC_WIDTH)) : '';
  const paint = label === 'not seen' ? theme.dim : (line: string): string => line;
  return wrap(text, Math.max(24, width - at)).map(
    (line, i) => (i === 0 ? front + section : ' '.repeat(at)) + paint(line),
  );
}

function drawFinding(diagnostic: HandshakeDiagnostic, options: ChecklistOptions, group: Group, look: Look): string[] {
  const told = explain(diagnostic);
  const at = options.place?.(diagnostic.side, diagnostic.span.start);
  const where = at === undefined ? hexOffset(diagnostic.span.start) : `line ${at.line}, column ${at.column}`;
  const side = group.title === diagnostic.side ? '' : `${diagnostic.side}, `;
  const indent = ' '.repeat(INDENT.length + LABEL_WIDTH + (look.width >= WIDE ? RFC_WIDTH : 0));
  const room = Math.max(24, look.width - indent.length);
  return wrap(`${side}${where}: ${escapeText(told.message)}`, room).map(
    (line) => indent + look.theme[told.severity](line),
  );
}

/** Rows of permessage-deflate, where there was none, in one. */
function foldDeflate(rows: readonly ChecklistRow[], look: Look): { rows: readonly ChecklistRow[]; folded: string[] } {
  const deflate = rows.filter(({ code }) => code.startsWith('deflate-'));
  if (deflate.length === 0 || deflate.some(({ result }) => result !== 'not-seen')) return { rows, folded: [] };
  return {
    rows: rows.filter((row) => !deflate.includes(row)),
    folded: drawRow('not seen', `permessage-deflate (${deflate.length} requirements)`, 'RFC 7692', look),
  };
}

function drawGroup(group: Group, all: readonly ChecklistRow[], options: ChecklistOptions, look: Look): string[] {
  const mine = all.filter(({ code }) => Object.hasOwn(group.rules, code));
  const { rows, folded } = options.verbose ? { rows: mine, folded: [] } : foldDeflate(mine, look);
  const isShown = (row: ChecklistRow): boolean => {
    if (options.verbose || row.diagnostics.length > 0) return true;
    return !group.brief;
  };
  const lines = rows
    .filter(isShown)
    .flatMap((row) => [
      ...drawRow(labelOf(row), row.requirement, row.rfc, look),
      ...row.diagnostics.flatMap((diagnostic) => drawFinding(diagnostic, options, group, look)),
    ]);
  const held = rows.filter((row) => group.brief && !isShown(row) && row.result === 'pass').length;
  if (held > 0) lines.push(...drawRow('pass', `${held} requirements hold (-v lists them)`, '', look));
  lines.push(...folded);
  return lines.length === 0 ? [] : ['', look.theme.title(group.title), ...lines];
}

/** A refusal breaks no rule, but it is no handshake either. */
export function isRefused(handshake: Handshake): boolean {
  return handshake.response !== undefined && !handshake.upgraded;
}

function verdict(rows: readonly ChecklistRow[], handshake: Handshake, look: Look): string {
  const { theme } = look;
  const count = (label: Label): number => rows.filter((row) => labelOf(row) === label).length;
  const fails = count('fail');
  const tail = [
    `${count('pass')} pass`,
    `${fails} fail`,
    ...(['warn', 'note'] as const).filter((label) => count(label) > 0).map((label) => `${count(label)} ${label}`),
    `${count('not seen')} not seen`,
  ].join(', ');
  const status = handshake.response?.status;
  if (fails > 0) return `${theme.error('invalid')}  ${tail}`;
  if (isRefused(handshake)) return `${theme.error('refused')}  by the server with ${status ?? 'no status'}; ${tail}`;
  return `${theme.ok('valid')}  ${tail}`;
}

/** Every requirement as a line with pass, fail or not seen, findings below theirs, and a verdict at the end. */
export function drawChecklist(
  rows: readonly ChecklistRow[],
  handshake: Handshake,
  options: ChecklistOptions,
  look: Look,
): string[] {
  return [
    ...wrap(handshakeLine(handshake), look.width).map(look.theme.title),
    ...GROUPS.flatMap((group) => drawGroup(group, rows, options, look)),
    '',
    verdict(rows, handshake, look),
  ];
}

const NOTES: Readonly<Record<TextNote['kind'], (note: TextNote) => string>> = {
  'no-start-line': ({ side }) =>
    `${side === 'request' ? 'the request line is' : 'the status line is'} not in the text: nothing is said about it`,
  'pseudo-headers': ({ args }) =>
    `${args['names'] ?? ''}: pseudo-headers of HTTP/2 (RFC 9113 §8.3), no headers of an HTTP/1.1 upgrade: left out ` +
    '(WebSocket over HTTP/2 is RFC 8441: CONNECT with :protocol, no key)',
  'authority-as-host': () => ':authority is taken for Host',
  'full-url': ({ args }) =>
    `${args['url'] ?? ''} is how browsers show the request: its path is taken for the request target`,
  pairs: () => 'names and values on lines in turn are taken for headers',
  several: ({ side }) => `the text has several ${side}s: the one of this line is judged`,
};

/** How the text was understood, in one line. */
export function noteText(note: TextNote): string {
  return `line ${note.line}: ${escapeText(NOTES[note.kind](note))}`;
}
