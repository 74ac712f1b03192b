import { isDated } from '../../codec/bytes/time.js';
import type { OpcodeName } from '../../codec/frames/registry.js';
import type { DiagnosticCode } from '../../rules/catalogue.js';
import { AppSums, withoutSamples } from '../apps/app-tally.js';
import { DirectionTally } from './lane.js';
import { IdleEnds } from '../causes/idle-ends.js';
import { noteworthy } from './order.js';
import {
  COUNT_NAMES,
  eachDirection,
  type ConnectionSummary,
  type Counts,
  type DirectionCounts,
  type RunTotals,
} from './summary.js';

type Sums = { -readonly [Name in keyof Counts]: number } & { opcodes: Partial<Record<OpcodeName, number>> };

/** Adds up the connections of a run, and keeps those that are to be shown: `most` of them, whatever their number. */
export class RunTally {
  private readonly sums: { client: Sums; server: Sums; unknown?: Sums } = { client: zero(), server: zero() };
  private readonly diagnostics: Partial<Record<DiagnosticCode, number>> = {};
  private readonly closes: Record<string, number> = {};
  private readonly others: Record<string, number> = {};
  private apps: AppSums | undefined;
  private webSocket = 0;
  private packets: number | undefined;
  private firstTime = Infinity;
  private lastTime = -Infinity;
  private kept: ConnectionSummary[] = [];
  private readonly idle = new IdleEnds();

  constructor(
    private readonly most = Infinity,
    /** Chooses those that are kept, and their order. */
    private readonly ranking = noteworthy,
  ) {}

  /** A connection that carries WebSocket. */
  add(summary: ConnectionSummary): void {
    this.webSocket++;
    this.idle.add(summary);
    this.span(summary);
    for (const [direction, counts] of eachDirection(summary.directions)) {
      addTo((this.sums[direction] ??= zero()), counts);
    }
    for (const [code, count] of Object.entries(summary.diagnostics) as [DiagnosticCode, number][]) {
      this.diagnostics[code] = (this.diagnostics[code] ?? 0) + count;
    }
    const { closeCode } = summary;
    if (closeCode !== undefined) this.closes[closeCode] = (this.closes[closeCode] ?? 0) + 1;
    if (summary.app !== undefined) (this.apps ??= new AppSums()).add(summary.app);
    this.kept.push(summary.app === undefined ? summary : { ...summary, app: withoutSamples(summary.app) });
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

  /** Those to be shown, with the causes that only all of them show. */
  get summaries(): ConnectionSummary[] {
    return this.ranking(this.kept, this.most).map((summary) => this.idle.explained(summary));
  }

  totals(): RunTotals {
    const apps = this.apps?.totals() ?? [];
    const { webSocket, others, packets, firstTime, lastTime, sums, diagnostics, closes } = this;
    return {
      connections: Object.values(others).reduce((sum, count) => sum + count, webSocket),
      webSocket,
      passedOver: Object.fromEntries(Object.entries(others).sort(([one], [other]) => placeOf(one) - placeOf(other))),
      ...(packets !== undefined && { packets }),
      ...(lastTime >= firstTime && { firstTime, lastTime }),
      directions: structuredClone(sums),
      closes: { ...closes },
      ...(apps.length > 0 && { apps }),
      diagnostics: { ...diagnostics },
    };
  }
}

/** The order in which what is no WebSocket is listed. */
const KINDS = ['tls', 'http', 'http2', 'proxy', 'socks', 'other', 'silent'];

function placeOf(kind: string): number {
  const place = KINDS.indexOf(kind);
  return place < 0 ? KINDS.length : place;
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
