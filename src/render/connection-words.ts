import type { Direction } from '../codec/records.js';
import { closeCodeInfo } from '../codec/registry.js';
import type { CloseReason } from '../codec/stream-taker.js';
import { CAPTURE_RULES } from '../rules/capture-catalogue.js';
import type { DiagnosticCode } from '../rules/catalogue.js';
import type { Severity } from '../rules/rule.js';
import { isQuietClose, severities, severityOf } from '../traffic/tally-run.js';
import {
  durationOf,
  eachDirection,
  type ConnectionSummary,
  type DiagnosticCounts,
  type HandshakeSummary,
  type PingSummary,
  type TimeSpan,
} from '../traffic/tally-summary.js';
import { NOTHING, type Part } from './connection-lines.js';
import { escapeText } from './escape.js';
import type { Role } from './theme.js';
import { truncate } from './width.js';

export const ARROW: Readonly<Record<Direction, string>> = { client: '→', server: '←', unknown: '·' };
const MARK: Readonly<Record<Severity, string>> = { error: '✗', warning: '!', notice: 'i' };
const SEVERITIES = Object.keys(MARK) as Severity[];

/** `12,345`. */
export function grouped(n: number): string {
  return n.toLocaleString('en-US');
}

/** In a table. */
export function numberCell(n: number): string {
  return n === 0 ? NOTHING : grouped(n);
}

/** `1 gap`, `1,448 bytes`. */
export function things(n: number, unit: string): string {
  return `${grouped(n)} ${unit}${n === 1 ? '' : 's'}`;
}

const BYTE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
const COUNT_UNITS = ['', 'k', 'M', 'G', 'T', 'P'];
/** From here on a list has its counts in units. */
const MANY = 10_000_000;

/** Three digits that count, in powers of 1000 as in `12.3 KB`. */
export function bytesCell(n: number): string {
  return n === 0 ? NOTHING : scaled(n, BYTE_UNITS);
}

/** A count where columns are scarce: `12.3 M`. */
export function shortNumberCell(n: number): string {
  return n < MANY ? numberCell(n) : scaled(n, COUNT_UNITS);
}

function scaled(n: number, units: readonly string[]): string {
  let value = n;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? n : digits(value)} ${units[unit]}`;
}

function digits(value: number): string {
  return value.toFixed(value < 99.95 ? 1 : 0);
}

/** `850 µs`, `12.3 ms`, `12.3 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function secondsText(seconds: number): string {
  if (seconds < 0.0009995) return `${(seconds * 1e6).toFixed(0)} µs`;
  if (seconds < 0.9995) return `${digits(seconds * 1e3)} ms`;
  if (seconds < 59.95) return `${digits(seconds)} s`;
  const whole = Math.round(seconds);
  const days = Math.floor(whole / 86400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}

export function durationText(span: TimeSpan): string | undefined {
  const seconds = durationOf(span);
  return seconds === undefined ? undefined : secondsText(seconds);
}

/** What was asked for, and the answer beside it within `room`. */
export function handshakeParts(handshake: HandshakeSummary, room: number): Part[] {
  const { target, status, subprotocol, extensions, upgraded, answered } = handshake;
  const words = answered ? String(status ?? '?') : 'no response seen';
  return [
    ...(target === undefined ? [] : [[truncate(escapeText(target), room - words.length - 2)] as const]),
    [words, upgraded ? 'ok' : 'warning'],
    ...(subprotocol === undefined ? [] : [[`subprotocol ${escapeText(subprotocol)}`] as const]),
    ...extensions.map((extension): Part => [escapeText(extension)]),
  ];
}

export function pingParts({ answered, skipped, unanswered, times }: PingSummary, arrow: string): Part[] {
  const part = (n: number, word: string, role: Role): Part[] => (n > 0 ? [[`${grouped(n)} ${word}`, role]] : []);
  return [
    [`${arrow} ${grouped(answered)} answered`],
    ...(times ? (['min', 'median', 'max'] as const).map((name): Part => [`${name} ${secondsText(times[name])}`]) : []),
    ...part(skipped, 'passed by', 'dim'),
    ...part(unanswered, 'unanswered', 'warning'),
  ];
}

/** How a connection ended, in words and in one. */
const ENDED: Readonly<Record<CloseReason, readonly [part: Part, short: Part]>> = {
  fin: [['ended by TCP'], ['ended']],
  reset: [
    ['reset by TCP', 'warning'],
    ['reset', 'warning'],
  ],
  reused: [['its ports serve a new connection', 'dim'], ['reused']],
  evicted: [
    ['given up: too many connections at a time', 'warning'],
    ['given up', 'warning'],
  ],
  end: [['open at the end of the input', 'dim'], ['open']],
};

export function closingParts(summary: ConnectionSummary): Part[] {
  const { closedBy, closeCode, ended, endedBy } = summary;
  const end = ended && (endedBy === undefined ? ENDED[ended][0] : tcpEnd(summary, endedBy, ended));
  if (closedBy === undefined) {
    const missing: Part[] = closeCode === undefined ? [] : [[`${closeCode} without a close frame`, 'warning']];
    return [...missing, ...(end ? [end] : [])];
  }
  // That it goes on behind a close frame, or ends nobody knows how, goes without saying.
  const isPlain = ended === undefined || (endedBy === undefined && (ended === 'fin' || ended === 'end'));
  return [...closeFrameParts(summary, closedBy), ...(end && !isPlain ? [end] : [])];
}

/** Who ended TCP, and when: `FIN by the server after 2.1 s`. */
function tcpEnd({ firstTime, endedAt }: ConnectionSummary, by: Direction, ended: CloseReason): Part {
  const flag = ended === 'reset' ? 'RST' : 'FIN';
  const who = by === 'unknown' ? '' : ` by the ${by}`;
  const after = firstTime === undefined || endedAt === undefined ? '' : ` after ${secondsText(endedAt - firstTime)}`;
  return [`${flag}${who}${after}`, ended === 'reset' ? 'warning' : 'dim'];
}

/** The first close frame, and the other side's. */
function closeFrameParts({ directions, closeCode }: ConnectionSummary, closedBy: Direction): Part[] {
  const reason = directions[closedBy]?.close?.reason ?? '';
  const parts: Part[] = [
    closeCode === undefined
      ? ['a close frame, its code not captured', 'dim']
      : [`${closeCode} ${closeCodeInfo(closeCode).name}`, isQuietClose(closeCode) ? 'ok' : 'warning'],
  ];
  if (reason !== '') parts.push([`"${escapeText(reason)}"`]);
  if (closedBy === 'unknown') return parts;
  const answer = directions[closedBy === 'client' ? 'server' : 'client'].close;
  const answered: Part = answer ? [`answered with ${answer.code ?? '?'}`] : ['not answered', 'dim'];
  return [...parts, [`by the ${closedBy}`], answered];
}

/** The same in a few columns: who closed, and the code. */
export function closedCell({ closedBy, closeCode, ended, handshake }: ConnectionSummary): Part {
  if (closedBy !== undefined) {
    const text = `${ARROW[closedBy]} ${closeCode ?? '?'}`;
    return isQuietClose(closeCode) ? [text] : [text, 'warning'];
  }
  if (handshake?.answered === true && !handshake.upgraded) return [`HTTP ${handshake.status ?? '?'}`, 'warning'];
  if (closeCode !== undefined && ended !== 'reset') return ['no close', 'warning'];
  return ended === undefined ? [NOTHING] : ENDED[ended][1];
}

interface Fault {
  readonly code: DiagnosticCode;
  readonly count: number;
  readonly severity: Severity;
}

/** The rules that were broken, the worst and most frequent first. What the capture lacks is nobody's fault, and is told elsewhere. */
function faultsOf(diagnostics: DiagnosticCounts): Fault[] {
  return (Object.entries(diagnostics) as [DiagnosticCode, number][])
    .filter(([code]) => !(code in CAPTURE_RULES))
    .map(([code, count]) => ({ code, count, severity: severityOf(code) }))
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || b.count - a.count);
}

function faultText({ code, count, severity }: Fault): string {
  return `${MARK[severity]} ${grouped(count)} ${code}`;
}

/** At most so many of them, but all errors, and how many more there are. */
export function faultParts(diagnostics: DiagnosticCounts, most: number): Part[] {
  const faults = faultsOf(diagnostics);
  const errors = faults.filter(({ severity }) => severity === 'error').length;
  const parts = faults.slice(0, Math.max(most, errors)).map((fault): Part => [faultText(fault), fault.severity]);
  const rest = faults.length - parts.length;
  return rest > 0 ? [...parts, [`and ${things(rest, 'more rule')}`, 'dim']] : parts;
}

/** What is wrong with a connection, from all of it to the least that can be said; without notices. */
export function faultCells({ diagnostics, directions }: ConnectionSummary): [Part, ...Part[]] {
  const faults = faultsOf(diagnostics).filter(({ severity }) => severity !== 'notice');
  const lostBytes = [...eachDirection(directions)].reduce((total, [, counts]) => total + counts.lostBytes, 0);
  const lost = lostBytes > 0 ? [`lost ${bytesCell(lostBytes)}`] : [];
  const [worst] = faults;
  if (!worst && lostBytes === 0) return [[NOTHING]];
  if (!worst)
    return [
      [lost.join(''), 'warning'],
      ['lost', 'warning'],
    ];
  const { error, warning } = severities(diagnostics);
  const counts = [
    error > 0 ? `${MARK.error} ${grouped(error)}` : '',
    warning > 0 ? `${MARK.warning} ${grouped(warning)}` : '',
  ];
  const texts = [[...faults.map(faultText), ...lost], [...counts.filter(Boolean), ...lost], counts.filter(Boolean)];
  const [all, ...shorter] = texts.map((parts): Part => [parts.join('  '), worst.severity]);
  return [all!, ...shorter];
}
