import type { AppSummary, CallCounts, NamedCalls } from '../../traffic/apps/app-tally.js';
import { escapeText } from '../../describe/escape.js';
import { joined, print, type Printable } from '../../describe/printable.js';
import { INDENT, type Look } from '../layout.js';
import { displayWidth, padEnd, truncate } from '../width.js';
import { drawGrid, flow, gridWidth, NOTHING, row, VALUE_AT, widest, type Column, type LabelledPart } from './lines.js';
import { grouped, numberCell, secondsText, things } from './words.js';

/** Names of one table, unless all are requested. */
const MOST_NAMES = 10;
const LEAST_NAME_WIDTH = 12;
/** Topics of open subscriptions that are named. */
const MOST_TOPICS = 5;
const LONGEST_TOPIC = 40;

export interface AppsOptions {
  /** Every name. */
  readonly all: boolean;
  /** Calls by name, too. */
  readonly byName: boolean;
}

/** What was said by an application protocol: a line, and a table of its calls by name. */
export function drawApp(app: AppSummary, label: Printable, look: Look, { all, byName }: AppsOptions): Printable[] {
  const named = byName ? app.byName.filter(({ calls, replies }) => calls + replies > 0) : [];
  const shown = named.slice(0, all ? Infinity : MOST_NAMES);
  const rest = named.length - shown.length;
  const more = print` `.repeat(VALUE_AT);
  return [
    ...row(label, appParts(app), look),
    ...row(print``, subscribedParts(app), look),
    ...row(print``, brokenParts(app), look),
    ...(shown.length === 0 ? [] : drawNames(shown, look)),
    ...(rest > 0 ? flow(more, [[print`… ${things(rest, 'more name')}`, 'dim']], look) : []),
  ];
}

/** `socket.io  26 packets  9 calls  9 replies  1 unanswered  1 CONNECT_ERROR  p50 4.1 ms  p99 4.2 ms  max 4.2 ms`. */
function appParts({
  protocol,
  packets,
  calls,
  replies,
  unanswered,
  open,
  errors,
  latency,
}: AppSummary): LabelledPart[] {
  const some = (count: number, part: LabelledPart): LabelledPart[] => (count > 0 ? [part] : []);
  return [
    [escapeText(protocol)],
    [things(packets, 'packet')],
    ...some(calls, [things(calls, 'call')]),
    ...some(replies, [print`${grouped(replies)} ${replies === 1 ? 'reply' : 'replies'}`]),
    ...some(unanswered, [print`${grouped(unanswered)} unanswered`, 'warning']),
    ...some(open, [print`${grouped(open)} open`]),
    ...Object.entries(errors).map(([type, count]): LabelledPart => [
      print`${grouped(count)}× ${escapeText(type)}`,
      'warning',
    ]),
    ...(latency
      ? (['p50', 'p99', 'max'] as const).map((name): LabelledPart => [print`${name} ${secondsText(latency[name])}`])
      : []),
  ];
}

/** `3 subscriptions open  a/#  b (2)`. */
function subscribedParts({ subscribed }: AppSummary): LabelledPart[] {
  const topics = Object.entries(subscribed).sort(([, a], [, b]) => b - a);
  if (topics.length === 0) return [];
  const open = topics.reduce((sum, [, count]) => sum + count, 0);
  const named = topics.slice(0, MOST_TOPICS).map(([topic, count]): LabelledPart => {
    const text = truncate(escapeText(JSON.stringify(topic)), LONGEST_TOPIC);
    return [count === 1 ? text : print`${text} (${grouped(count)})`];
  });
  const more = topics.length - named.length;
  return [
    [print`${things(open, 'subscription')} open`],
    ...named,
    ...(more > 0 ? ([[print`… ${grouped(more)} more`, 'dim']] as const) : []),
  ];
}

/** The rules of the protocol that were broken, the most frequent first. */
function brokenParts({ diagnostics }: AppSummary): LabelledPart[] {
  return Object.entries(diagnostics)
    .sort(([, a], [, b]) => b - a)
    .map(([code, count]): LabelledPart => [print`! ${grouped(count)} ${escapeText(code)}`, 'warning']);
}

const COUNTS: readonly { readonly head: Printable; readonly text: (counts: CallCounts) => Printable }[] = [
  { head: print`calls`, text: ({ calls }) => numberCell(calls) },
  { head: print`replies`, text: ({ replies }) => numberCell(replies) },
  { head: print`unanswered`, text: ({ unanswered }) => numberCell(unanswered) },
  { head: print`open`, text: ({ open }) => numberCell(open) },
  ...(['p50', 'p99', 'max'] as const).map((name) => ({
    head: print`${name}`,
    text: ({ latency }: CallCounts) => (latency ? secondsText(latency[name]) : NOTHING),
  })),
];

function drawNames(shown: readonly NamedCalls[], look: Look): Printable[] {
  const columns = COUNTS.map(({ head, text }) => ({ head, cells: shown.map((each): LabelledPart => [text(each)]) }))
    .filter(({ cells }) => cells.some(([text]) => text !== NOTHING))
    .map((column): Column => ({ ...column, width: widest(column.head, column.cells) }));
  const room = Math.max(LEAST_NAME_WIDTH, look.width - gridWidth(columns) - 2 * INDENT.length);
  const names = shown.map((each) => truncate(nameOf(each), room));
  const width = names.reduce((most, name) => Math.max(most, displayWidth(name)), 0);
  const leads = names.map((name) => print`${INDENT}${INDENT}${padEnd(name, width)}`);
  return drawGrid(columns, leads, look);
}

function nameOf({ protocol, type, name }: NamedCalls): Printable {
  if (type === undefined) return print`others`;
  return joined(
    [protocol, type, name].flatMap((word) => (word === undefined ? [] : [escapeText(word)])),
    print` `,
  );
}
