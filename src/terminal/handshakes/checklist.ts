import type { Handshake } from '../../codec/handshake/handshake.js';
import type { HandshakeText, TextNote } from '../../codec/handshake/text.js';
import { explain } from '../../rules/catalogue.js';
import { HANDSHAKE_RULES } from '../../rules/handshake/catalogue.js';
import { isRefused, type ChecklistRow, type HandshakeDiagnostic } from '../../rules/handshake/rules.js';
import { HEAD_RULES } from '../../rules/handshake/head-catalogue.js';
import { NEGOTIATION_RULES } from '../../rules/handshake/negotiation-catalogue.js';
import { OBSOLETE_RULES } from '../../rules/handshake/obsolete-catalogue.js';
import { REQUEST_RULES } from '../../rules/handshake/request-catalogue.js';
import { RESPONSE_RULES } from '../../rules/handshake/response-catalogue.js';
import { escapeText } from '../../describe/escape.js';
import { handshakeWords } from './handshake.js';
import { drawTitle, hexOffset, INDENT, type Look } from '../layout.js';
import type { Role } from '../theme.js';
import { displayWidth, padEnd, truncate, wrap } from '../width.js';
import { joined, print, type Printable } from '../../describe/printable.js';

export interface ChecklistOptions {
  /** All rows; without it those that found something, and the number of the others. */
  readonly verbose: boolean;
  /** The place of a diagnostic's offset in the user's text; without it the offset is shown. */
  readonly place?: HandshakeText['place'];
}

interface Group {
  readonly title: Printable;
  readonly rules: object;
}

const GROUPS: readonly Group[] = [
  { title: print`request`, rules: REQUEST_RULES },
  { title: print`response`, rules: RESPONSE_RULES },
  { title: print`extensions`, rules: NEGOTIATION_RULES },
  { title: print`HTTP`, rules: HEAD_RULES },
  { title: print`headers of older drafts`, rules: OBSOLETE_RULES },
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
const NO_BREAK = print`\u00a0`;

/** Where the words of a row begin. */
function wordsAt({ width }: Look): number {
  return INDENT.length + LABEL_WIDTH + (width >= WIDE ? RFC_WIDTH : 0);
}

/** Words in lines of the room after the sections; a word that is longer than a line continues in the next. */
function fill(text: Printable, look: Look): Printable[] {
  const room = Math.max(24, look.width - wordsAt(look));
  return wrap(text, room).flatMap((line) => broken(line, room));
}

function broken(line: Printable, room: number): Printable[] {
  const pieces: Printable[] = [];
  let rest = line;
  while (displayWidth(rest) > room) {
    const piece = truncate(rest, room, print``);
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return [...pieces, rest];
}

/** A requirement after its result and section; on a narrow terminal the section follows it. */
function drawRow(label: Label, requirement: Printable, rfc: Printable, look: Look): Printable[] {
  const { theme, width } = look;
  const wide = width >= WIDE;
  // No line ends inside a section's name.
  const text = wide || rfc === '' ? requirement : print`${requirement} (${escapeText(rfc.replaceAll(' ', NO_BREAK))})`;
  const front = print`${INDENT}${theme[LABEL_ROLE[label]](padEnd(print`${label}`, LABEL_WIDTH))}`;
  const section = wide ? theme.dim(padEnd(rfc, RFC_WIDTH)) : '';
  const paint = label === 'not seen' ? theme.dim : (line: Printable): Printable => line;
  const indent = print` `.repeat(wordsAt(look));
  return fill(text, look).map((line, i) => print`${i === 0 ? front : indent}${i === 0 ? section : ''}${paint(line)}`);
}

/** What was found for a row: where and what, with the rule's code. */
function drawFindings(row: ChecklistRow, options: ChecklistOptions, look: Look): Printable[] {
  const { theme } = look;
  const indent = print` `.repeat(wordsAt(look));
  const lines = row.diagnostics.flatMap((diagnostic) => {
    const { severity, message } = explain(diagnostic);
    const words = print`${placeWords(diagnostic, options)}: ${escapeText(message)} (${diagnostic.code})`;
    return fill(words, look).map((line) => print`${indent}${theme[severity](line)}`);
  });
  return row.toldBy === undefined ? lines : [...lines, print`${indent}${theme.dim(print`see ${row.toldBy}`)}`];
}

function placeWords({ side, span }: HandshakeDiagnostic, options: ChecklistOptions): Printable {
  const at = options.place?.(side, span.start);
  const where = at === undefined ? hexOffset(span.start) : print`line ${at.line}, column ${at.column}`;
  return print`${side}, ${where}`;
}

/** All rows of a group, without what was found: that is shown above. */
function drawGroup(group: Group, all: readonly ChecklistRow[], look: Look): Printable[] {
  const mine = all.filter(({ code }) => Object.hasOwn(group.rules, code));
  const rows = mine.flatMap((row) => drawRow(labelOf(row), escapeText(row.requirement), escapeText(row.rfc), look));
  return [print``, look.theme.title(group.title), ...rows];
}

/** The result in a few words; of one half alone it can only be said that nothing is wrong with it. */
function resultOf(
  handshake: Handshake,
  fails: number,
  warns: number,
  isUnseen: boolean,
): readonly [role: Role, words: Printable] {
  const { request, response } = handshake;
  if (fails > 0) return ['error', print`invalid`];
  if (isRefused(handshake)) return ['error', print`refused by the server with ${response?.status ?? print`no status`}`];
  if (request !== undefined && response !== undefined) {
    return isUnseen ? ['ok', print`nothing wrong in what is seen; not all of it is`] : ['ok', print`valid`];
  }
  const [seen, unseen] =
    request === undefined ? (['response', 'request'] as const) : (['request', 'response'] as const);
  return ['ok', print`${warns > 0 ? print`no error` : print`nothing wrong`} in the ${seen}; no ${unseen} seen`];
}

function drawVerdict(rows: readonly ChecklistRow[], handshake: Handshake, look: Look): Printable[] {
  const count = (label: Label): number => rows.filter((row) => labelOf(row) === label).length;
  const counts = joined(
    [
      print`${count('pass')} pass`,
      print`${count('fail')} fail`,
      ...(['warn', 'note'] as const)
        .filter((label) => count(label) > 0)
        .map((label) => print`${count(label)} ${label}`),
      print`${count('not seen')} not seen`,
    ],
    print`, `,
  );
  const [role, words] = resultOf(handshake, count('fail'), count('warn'), unseenOf(rows, handshake).length > 0);
  const paint = look.theme[role];
  if (words.length + 2 + counts.length <= look.width) return [print`${paint(words)}  ${counts}`];
  return [
    ...wrap(words, look.width).map(paint),
    ...wrap(counts, look.width - 2).map((line) => print`${INDENT}${line}`),
  ];
}

/** Faults come first, then warnings and notices, then what a verdict needs and was not seen. */
const FOUND: readonly Label[] = ['fail', 'warn', 'note', 'not seen'];

/** What was found, and where; without it, what was not seen of the headers that a handshake needs. */
function drawFound(
  rows: readonly ChecklistRow[],
  handshake: Handshake,
  options: ChecklistOptions,
  look: Look,
): Printable[] {
  const unseen = unseenOf(rows, handshake);
  return FOUND.flatMap((label) =>
    rows
      .filter((row) => labelOf(row) === label && (label !== 'not seen' || unseen.includes(row)))
      .flatMap((row) => [
        ...drawRow(label, escapeText(row.requirement), escapeText(row.rfc), look),
        ...drawFindings(row, options, look),
      ]),
  );
}

const NEEDED = /^re(?:quest|sponse)-(?:host|upgrade|connection|key|version|accept)-missing$/;

/** Headers that the seen halves need, and may have had: the source shows no end of that head. */
function unseenOf(rows: readonly ChecklistRow[], handshake: Handshake): readonly ChecklistRow[] {
  return rows.filter(({ code, result }) => {
    if (result !== 'not-seen' || !NEEDED.test(code)) return false;
    return code.startsWith('request-') ? handshake.request !== undefined : handshake.upgraded;
  });
}

/** The verdict, and what was found; with `verbose` then every requirement as a line with pass, fail or not seen. */
export function drawChecklist(
  rows: readonly ChecklistRow[],
  handshake: Handshake,
  options: ChecklistOptions,
  look: Look,
): Printable[] {
  return [
    ...drawTitle(handshakeWords(handshake), print``, look),
    ...drawVerdict(rows, handshake, look),
    ...drawFound(rows, handshake, options, look),
    ...(options.verbose ? GROUPS.flatMap((group) => drawGroup(group, rows, look)) : []),
  ];
}

const NOTES: Readonly<Record<TextNote['kind'], (note: TextNote) => string>> = {
  'no-start-line': ({ side }) =>
    `${side === 'request' ? `the request line is` : `the status line is`} not in the text: it is not judged`,
  'pseudo-headers': ({ args }) =>
    `${args['names'] ?? ''}: pseudo-headers of HTTP/2 (RFC 9113 §8.3), no headers of an HTTP/1.1 upgrade: left out (WebSocket over HTTP/2 is RFC 8441: CONNECT with :protocol, no key)`,
  'authority-as-host': () => `:authority is read as Host`,
  'full-url': ({ args }) =>
    `${args['url'] ?? ''} is how browsers show the request: its path is read as the request target`,
  pairs: () => `alternating lines of names and values are read as headers`,
  'left-out': ({ args }) =>
    args['count'] === '1'
      ? `this line is no header: left out`
      : `this line and others (${args['count'] ?? ''}) are no headers: left out`,
  'cut-line': () => `the text ends inside this line: left out`,
  several: ({ side }) => `the text has several ${side}s: the one of this line is judged`,
};

/** How the text was understood, in one line. */
export function noteText(note: TextNote): Printable {
  return print`line ${note.line}: ${escapeText(NOTES[note.kind](note))}`;
}
