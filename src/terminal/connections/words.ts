import type { Direction } from '../../codec/messages/records.js';
import { closeCodeInfo } from '../../codec/frames/registry.js';
import type { CloseReason } from '../../codec/bytes/stream-taker.js';
import { CAPTURE_RULES } from '../../rules/frames/capture-catalogue.js';
import type { DiagnosticCode } from '../../rules/catalogue.js';
import type { Severity } from '../../rules/rule.js';
import { isQuietClose } from '../../traffic/tally/close-codes.js';
import { severities, severityOf } from '../../traffic/tally/severities.js';
import {
  durationOf,
  eachDirection,
  type ConnectionSummary,
  type DiagnosticCounts,
  type HandshakeSummary,
  type PingSummary,
  type StallSummary,
  type TimeSpan,
} from '../../traffic/tally/summary.js';
import { provenCloser } from '../../traffic/tally/proven.js';
import { isLong } from '../../traffic/tally/stalls.js';
import { NOTHING, type LabelledPart } from './lines.js';
import { escapeText } from '../../describe/escape.js';
import { ARROW } from '../../describe/view.js';
import type { Role } from '../theme.js';
import { truncate } from '../width.js';
import { joined, print, type Printable } from '../../describe/printable.js';

const MARK: Readonly<Record<Severity, Printable>> = { error: print`✗`, warning: print`!`, notice: print`i` };
const SEVERITIES = Object.keys(MARK) as Severity[];

/** `12,345`, of a whole number. By hand: the first number that Node.js groups by a language takes it 10 ms. */
export function grouped(n: number): Printable {
  let rest = String(n);
  let text = '';
  for (; rest.length > 3; rest = rest.slice(0, -3)) text = `,${rest.slice(-3)}${text}`;
  return escapeText(rest + text);
}

/** In a table. */
export function numberCell(n: number): Printable {
  return n === 0 ? NOTHING : grouped(n);
}

/** `1 gap`, `1,448 bytes`. */
export function things(n: number, unit: string): Printable {
  return print`${grouped(n)} ${escapeText(unit)}${n === 1 ? '' : print`s`}`;
}

const BYTE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
const COUNT_UNITS = ['', 'k', 'M', 'G', 'T', 'P'];
/** From here on a list has its counts in units. */
const MANY = 10_000_000;

/** Three digits that count, in powers of 1000 as in `12.3 KB`. */
export function bytesCell(n: number): Printable {
  return n === 0 ? NOTHING : scaled(n, BYTE_UNITS);
}

/** A count where columns are scarce: `12.3 M`. */
export function shortNumberCell(n: number): Printable {
  return n < MANY ? numberCell(n) : scaled(n, COUNT_UNITS);
}

function scaled(n: number, units: readonly string[]): Printable {
  let value = n;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return print`${unit === 0 ? print`${n}` : digits(value)} ${escapeText(units[unit]!)}`;
}

function digits(value: number): Printable {
  return escapeText(value.toFixed(value < 99.95 ? 1 : 0));
}

/** `850 µs`, `12.3 ms`, `12.3 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function secondsText(seconds: number): Printable {
  if (seconds < 0.0009995) return print`${Math.round(seconds * 1e6)} µs`;
  if (seconds < 0.9995) return print`${digits(seconds * 1e3)} ms`;
  if (seconds < 59.95) return print`${digits(seconds)} s`;
  const whole = Math.round(seconds);
  const days = Math.floor(whole / 86400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  if (days > 0) return print`${days} d ${hours} h`;
  return hours > 0 ? print`${hours} h ${minutes} min` : print`${minutes} min ${whole % 60} s`;
}

export function durationText(span: TimeSpan): Printable | undefined {
  const seconds = durationOf(span);
  return seconds === undefined ? undefined : secondsText(seconds);
}

/** The request, and the answer beside it within `room`. */
export function handshakeParts(handshake: HandshakeSummary, room: number): LabelledPart[] {
  const { target, status, subprotocol, extensions, upgraded, answered } = handshake;
  const words = answered ? print`${status ?? '?'}` : print`no response seen`;
  return [
    ...(target === undefined ? [] : [[truncate(escapeText(target), room - words.length - 2)] as const]),
    [words, upgraded ? 'ok' : 'warning'],
    ...(subprotocol === undefined ? [] : [[print`subprotocol ${escapeText(subprotocol)}`] as const]),
    ...extensions.map((extension): LabelledPart => [escapeText(extension)]),
  ];
}

/** `areProven`: no byte is missing in which the pongs of unanswered pings may have been. */
export function pingParts(
  { answered, skipped, unanswered, times }: PingSummary,
  arrow: Printable,
  areProven: boolean,
): LabelledPart[] {
  const part = (n: number, word: Printable, role: Role): LabelledPart[] =>
    n > 0 ? [[print`${grouped(n)} ${word}`, role]] : [];
  return [
    [print`${arrow} ${grouped(answered)} answered`],
    ...(times
      ? (['min', 'median', 'max'] as const).map((name): LabelledPart => [print`${name} ${secondsText(times[name])}`])
      : []),
    ...part(skipped, print`passed by`, 'dim'),
    ...(areProven
      ? part(unanswered, print`unanswered`, 'warning')
      : part(unanswered, print`without a pong seen`, 'dim')),
  ];
}

/** `the client took nothing for 3.9 s (window 0)`, `in 2 stalls of up to 3.2 s`. */
export function stallParts(stalls: StallSummary, side: Direction): LabelledPart[] {
  const { count, seconds, longest } = stalls;
  const time = seconds > 0 ? print` for ${secondsText(seconds)}` : print``;
  const words = print`the ${side} took nothing${time} (window 0)`;
  const first: LabelledPart = isLong(stalls) ? [words, 'warning'] : [words];
  if (count === 1) return [first];
  return [first, [print`in ${things(count, 'stall')}${seconds > 0 ? print` of up to ${secondsText(longest)}` : ''}`]];
}

/** How a connection ended, in words and in one; for a stream of HTTP/2 the last ones say all. */
const ENDED: Readonly<Record<CloseReason, readonly [part: LabelledPart, short: LabelledPart]>> = {
  fin: [[print`ended by TCP`], [print`ended`]],
  reset: [
    [print`reset by TCP`, 'warning'],
    [print`reset`, 'warning'],
  ],
  reused: [[print`its ports serve a new connection`, 'dim'], [print`reused`]],
  evicted: [
    [print`given up: too many connections at a time`, 'warning'],
    [print`given up`, 'warning'],
  ],
  end: [[print`open at the end of the input`, 'dim'], [print`open`]],
  failed: [
    [print`failed`, 'error'],
    [print`failed`, 'error'],
  ],
  unrecorded: [[print`how it ended is not in the file`, 'dim'], [NOTHING]],
};

export function closingParts(summary: ConnectionSummary): LabelledPart[] {
  const { closedBy, closeCode, ended, endedBy, failure } = summary;
  const failed: LabelledPart | undefined =
    failure === undefined ? undefined : [print`failed: ${escapeText(failure)}`, 'error'];
  const end = failed ?? (ended && (endedBy === undefined ? endPart(summary, ended) : tcpEnd(summary, endedBy, ended)));
  if (summary.closedHere) return [...closeParts(closeCode, summary.closedHere.reason), [print`by the proxy`]];
  if (closedBy === undefined) {
    const missing: LabelledPart[] =
      closeCode === undefined ? [] : [[print`${closeCode} without a close frame`, 'warning']];
    return [...missing, ...(end ? [end] : [])];
  }
  // Not stated: that it continues after a close frame, or ends in an unknown way.
  const isPlain =
    ended === undefined || (endedBy === undefined && (ended === 'fin' || ended === 'end' || ended === 'unrecorded'));
  return [
    ...closeFrameParts(summary, closedBy, provenCloser(summary) !== undefined),
    ...(end && !isPlain ? [end] : []),
  ];
}

/** An end that no side is known for. */
function endPart({ http }: ConnectionSummary, ended: CloseReason): LabelledPart {
  const isOfStream = http === '2' && (ended === 'fin' || ended === 'reset');
  return ENDED[ended][isOfStream ? 1 : 0];
}

/** The end that ended TCP, and when: `FIN by the server after 2.1 s`. */
function tcpEnd({ firstTime, endedAt }: ConnectionSummary, by: Direction, ended: CloseReason): LabelledPart {
  const flag = ended === 'reset' ? 'RST' : 'FIN';
  const who = by === 'unknown' ? '' : print` by the ${by}`;
  const after =
    firstTime === undefined || endedAt === undefined ? '' : print` after ${secondsText(endedAt - firstTime)}`;
  return [print`${flag}${who}${after}`, ended === 'reset' ? 'warning' : 'dim'];
}

/** The first close frame, and the other side's. */
function closeFrameParts(
  { directions, closeCode }: ConnectionSummary,
  closedBy: Direction,
  isFirst: boolean,
): LabelledPart[] {
  const parts = closeParts(closeCode, directions[closedBy]?.close?.reason ?? '');
  if (closedBy === 'unknown') return parts;
  const other = closedBy === 'client' ? 'server' : 'client';
  if (!isFirst) return [...parts, [print`from the ${closedBy}`], [print`the ${other}'s end not seen`, 'dim']];
  const answer = directions[other].close;
  const answered: LabelledPart = answer ? [print`answered with ${answer.code ?? '?'}`] : [print`not answered`, 'dim'];
  return [...parts, [print`by the ${closedBy}`], answered];
}

/** The code of a close frame, and its reason. */
function closeParts(code: number | undefined, reason: string): LabelledPart[] {
  const part: LabelledPart =
    code === undefined
      ? [print`a close frame, its code not captured`, 'dim']
      : [print`${code} ${escapeText(closeCodeInfo(code).name)}`, isQuietClose(code) ? 'ok' : 'warning'];
  return reason === '' ? [part] : [part, [print`"${escapeText(reason)}"`]];
}

/** The same in a few columns: the end that closed, and the code. */
export function closedCell({ closedBy, closedHere, closeCode, ended, handshake }: ConnectionSummary): LabelledPart {
  if (closedHere) return [print`${closeCode ?? print`?`} by proxy`, isQuietClose(closeCode) ? 'ok' : 'warning'];
  if (closedBy !== undefined) {
    const text = print`${ARROW[closedBy]} ${closeCode ?? print`?`}`;
    return isQuietClose(closeCode) ? [text] : [text, 'warning'];
  }
  if (handshake?.answered === true && !handshake.upgraded)
    return [print`HTTP ${handshake.status ?? print`?`}`, 'warning'];
  if (closeCode !== undefined && ended !== 'reset') return [print`no close`, 'warning'];
  return ended === undefined ? [NOTHING] : ENDED[ended][1];
}

interface Fault {
  readonly code: DiagnosticCode;
  readonly count: number;
  readonly severity: Severity;
}

/** The rules that were broken, the worst and most frequent first. What the capture lacks is no fault of either end, and is reported elsewhere. */
function faultsOf(diagnostics: DiagnosticCounts): Fault[] {
  return (Object.entries(diagnostics) as [DiagnosticCode, number][])
    .filter(([code]) => !(code in CAPTURE_RULES))
    .map(([code, count]) => ({ code, count, severity: severityOf(code) }))
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || b.count - a.count);
}

function faultText({ code, count, severity }: Fault): Printable {
  return print`${MARK[severity]} ${grouped(count)} ${code}`;
}

/** At most this many of them, but all errors, and how many more there are. */
export function faultParts(diagnostics: DiagnosticCounts, most: number): LabelledPart[] {
  const faults = faultsOf(diagnostics);
  const errors = faults.filter(({ severity }) => severity === 'error').length;
  const parts = faults
    .slice(0, Math.max(most, errors))
    .map((fault): LabelledPart => [faultText(fault), fault.severity]);
  const rest = faults.length - parts.length;
  return rest > 0 ? [...parts, [print`and ${things(rest, 'more rule')}`, 'dim']] : parts;
}

/** What is wrong with a connection, from all of it to the least that can be said; without notices. */
export function faultCells({ diagnostics, directions }: ConnectionSummary): [LabelledPart, ...LabelledPart[]] {
  const faults = faultsOf(diagnostics).filter(({ severity }) => severity !== 'notice');
  const lostBytes = [...eachDirection(directions)].reduce((total, [, counts]) => total + counts.lostBytes, 0);
  const lost = lostBytes > 0 ? [print`lost ${bytesCell(lostBytes)}`] : [];
  const [worst] = faults;
  if (!worst && lostBytes === 0) return [[NOTHING]];
  if (!worst)
    return [
      [joined(lost), 'warning'],
      [print`lost`, 'warning'],
    ];
  const { error, warning } = severities(diagnostics);
  const counts = [
    error > 0 ? print`${MARK.error} ${grouped(error)}` : print``,
    warning > 0 ? print`${MARK.warning} ${grouped(warning)}` : print``,
  ];
  const texts = [[...faults.map(faultText), ...lost], [...counts.filter(Boolean), ...lost], counts.filter(Boolean)];
  const [all, ...shorter] = texts.map((parts): LabelledPart => [joined(parts, print`  `), worst.severity]);
  return [all!, ...shorter];
}
