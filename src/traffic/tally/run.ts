import { isDated } from '../../codec/bytes/time.js';
import type { OpcodeName } from '../../codec/frames/registry.js';
import { RULES, type DiagnosticCode } from '../../rules/catalogue.js';
import type { Rule, Severity } from '../../rules/rule.js';
import { DirectionTally } from './lane.js';
import { isLong } from './stalls.js';
import {
  COUNT_NAMES,
  eachDirection,
  type ConnectionSummary,
  type Counts,
  type DiagnosticCounts,
  type DirectionCounts,
  type RunTotals,
} from './summary.js';

/** How often rules of each severity were broken. */
export function severities(diagnostics: DiagnosticCounts): Record<Severity, number> {
  const counts = { error: 0, warning: 0, notice: 0 };
  for (const [code, count] of Object.entries(diagnostics)) counts[severityOf(code as DiagnosticCode)] += count;
  return counts;
}

export function severityOf(code: DiagnosticCode): Severity {
  return (RULES[code] as Rule).severity;
}

/** Ordinary ends: done, going away, no code. */
const QUIET_CLOSES: ReadonlySet<number | undefined> = new Set([1000, 1001, 1005, undefined]);

export function isQuietClose(code: number | undefined): boolean {
  return QUIET_CLOSES.has(code);
}

/** The rank by which connections are shown first: how they ended and what broke a rule, before what the capture lacks. */
function urgency({ diagnostics, directions, closeCode, ended, handshake }: ConnectionSummary): number {
  const { error, warning } = severities(diagnostics);
  if (!isQuietClose(closeCode) || ended === 'reset' || ended === 'failed') return error > 0 ? 6 : 5;
  if (error > 0) return 4;
  if (handshake?.upgraded === false) return 3;
  const isWaiting = [...eachDirection(directions)].some(
    ([, { ping, stalls }]) => (ping?.unanswered ?? 0) > 0 || isLong(stalls),
  );
  if (isWaiting) return 2;
  if (warning > 0) return 2;
  return [...eachDirection(directions)].some(([, { gaps }]) => gaps > 0) ? 1 : 0;
}

const byNumber = (a: ConnectionSummary, b: ConnectionSummary): number => a.connection - b.connection;

/** Those of a higher rank first, each rank in the order of their numbers. */
export function ranked(summaries: readonly ConnectionSummary[]): ConnectionSummary[] {
  const rows = summaries.map((summary) => ({ summary, rank: urgency(summary) }));
  rows.sort((a, b) => b.rank - a.rank || byNumber(a.summary, b.summary));
  return rows.map(({ summary }) => summary);
}

/** At most `most` of them, those of the highest rank, in the order of their numbers. */
export function noteworthy(summaries: readonly ConnectionSummary[], most: number): ConnectionSummary[] {
  const chosen = summaries.length <= most ? [...summaries] : ranked(summaries).slice(0, most);
  return chosen.sort(byNumber);
}

type Sums = { -readonly [Name in keyof Counts]: number } & { opcodes: Partial<Record<OpcodeName, number>> };

/** Adds up the connections of a run, and keeps those that are to be shown: `most` of them, whatever their number. */
export class RunTally {
  private readonly sums: { client: Sums; server: Sums; unknown?: Sums } = { client: zero(), server: zero() };
  private readonly diagnostics: Partial<Record<DiagnosticCode, number>> = {};
  private readonly closes: Record<string, number> = {};
  private readonly others: Record<string, number> = {};
  private webSocket = 0;
  private packets: number | undefined;
  private firstTime = Infinity;
  private lastTime = -Infinity;
  private kept: ConnectionSummary[] = [];

  constructor(
    private readonly most = Infinity,
    /** Chooses those that are kept, and their order. */
    private readonly ranking = noteworthy,
  ) {}

  /** A connection that carries WebSocket. */
  add(summary: ConnectionSummary): void {
    this.webSocket++;
    this.span(summary);
    for (const [direction, counts] of eachDirection(summary.directions)) {
      addTo((this.sums[direction] ??= zero()), counts);
    }
    for (const [code, count] of Object.entries(summary.diagnostics) as [DiagnosticCode, number][]) {
      this.diagnostics[code] = (this.diagnostics[code] ?? 0) + count;
    }
    const { closeCode } = summary;
    if (closeCode !== undefined) this.closes[closeCode] = (this.closes[closeCode] ?? 0) + 1;
    this.kept.push(summary);
    // Seldom, so that it costs little for each.
    if (this.kept.length > 2 * this.most + 64) this.kept = this.ranking(this.kept, this.most);
  }

  /** Times with a date and times of day alone have nothing in common: the former count where there are some. */
  private span({ firstTime, lastTime }: ConnectionSummary): void {
    if (firstTime === undefined || lastTime === undefined) return;
    if (isDated(firstTime) && !isDated(this.firstTime)) [this.firstTime, this.lastTime] = [Infinity, -Infinity];
    if (!isDated(firstTime) && isDated(this.lastTime)) return;
    this.firstTime = Math.min(this.firstTime, firstTime);
    this.lastTime = Math.max(this.lastTime, lastTime);
  }

  /** Connections that do not: `tls`, `http`, `http2`, `other`, … */
  passOver(kind: string, count = 1): void {
    this.others[kind] = (this.others[kind] ?? 0) + count;
  }

  countPackets(packets: number): void {
    this.packets = (this.packets ?? 0) + packets;
  }

  /** Those to be shown. */
  get summaries(): ConnectionSummary[] {
    return this.ranking(this.kept, this.most);
  }

  totals(): RunTotals {
    const { webSocket, others, packets, firstTime, lastTime, sums, diagnostics, closes } = this;
    return {
      connections: Object.values(others).reduce((sum, count) => sum + count, webSocket),
      webSocket,
      passedOver: { ...others },
      ...(packets !== undefined && { packets }),
      ...(lastTime >= firstTime && { firstTime, lastTime }),
      directions: structuredClone(sums),
      closes: { ...closes },
      diagnostics: { ...diagnostics },
    };
  }
}

function zero(): Sums {
  return new DirectionTally().summary();
}

function addTo(sums: Sums, counts: DirectionCounts): void {
  for (const name of COUNT_NAMES) sums[name] += counts[name];
  for (const [name, count] of Object.entries(counts.opcodes) as [OpcodeName, number][]) {
    sums.opcodes[name] = (sums.opcodes[name] ?? 0) + count;
  }
}
