import { connectionRecord, summaryRecord } from '../../describe/connection-json.js';
import { MOST_LINES } from '../../terminal/layout.js';
import { LegPairs, type ProxyLegs } from '../../traffic/legs/proxy-legs.js';
import { RunTally } from '../../traffic/tally/run.js';
import {
  eachDirection,
  type ConnectionSummary,
  type DirectionCounts,
  type Directions,
} from '../../traffic/tally/summary.js';
import { closingFilter, type ClosingFilter } from '../../traffic/selection/closing-filter.js';
import { connectionFilter } from '../../traffic/selection/filters.js';
import { withoutSamples } from '../../traffic/apps/app-tally.js';
import { rankingBy, type Ranking } from '../../traffic/tally/order.js';
import { lookOf } from './look.js';
import { EXIT } from '../host/exit.js';
import type { Io } from '../host/io.js';
import type { DecodingOptions } from '../options/options.js';
import type { RecordOutput } from './record-output.js';
import { print } from '../../describe/printable.js';

/** Records of connections that are held to be sorted. */
const MOST_SORTED = 100_000;

/** What became of each connection, and of all: records with `--json`, else a table at the end. */
export class Closing {
  packets = 0;
  private made: RunTally | undefined;
  private legs: LegPairs | undefined;
  private any = false;
  /** Which connections are shown; undefined: all of them. */
  private readonly filter: ClosingFilter | undefined;
  /** Numbers of those that the filter let through, and what there is besides. */
  readonly chosen = new Set<number>();
  readonly others = { connections: 0, frames: 0 };
  /** Records of `--json` that wait to be sorted. */
  private readonly unsorted: ConnectionSummary[] = [];

  constructor(
    private readonly io: Io,
    private readonly options: DecodingOptions,
    /** Only some of the records are shown: totals are printed only with --stats. */
    private readonly filtered: boolean,
    private readonly output: RecordOutput,
  ) {
    this.filter = closingFilter(options);
    Object.assign(this.others, options.selection?.others);
  }

  /** Made when it is needed: a few pasted bytes have no connection. */
  private get tally(): RunTally {
    return (this.made ??= new RunTally(this.options.verbose ? Infinity : MOST_LINES, this.ranking));
  }

  private pairs(): readonly ProxyLegs[] {
    return this.legs?.pairs() ?? [];
  }

  private get ranking(): Ranking {
    return rankingBy(this.options.sort);
  }

  /** The connection is among those that are shown. */
  wants(summary: ConnectionSummary): boolean {
    return this.filter === undefined || this.filter(summary);
  }

  closed(summary: ConnectionSummary): void {
    this.add(summary);
    this.record(summary);
  }

  /** It counts. */
  add({ leg, ...summary }: ConnectionSummary): void {
    if (leg !== undefined) (this.legs ??= new LegPairs()).add({ ...summary, leg });
    if (!this.wants(summary)) return this.leaveOut(summary);
    this.any = true;
    if (this.filter) this.chosen.add(summary.connection);
    this.tally.add(summary);
    if (!this.options.sort || !this.options.json || !this.isWanted) return;
    this.unsorted.push(summary.app === undefined ? summary : { ...summary, app: withoutSamples(summary.app) });
    if (this.unsorted.length >= MOST_SORTED) this.recordSorted();
  }

  /** Its record with `--json`. */
  record(summary: ConnectionSummary): void {
    const { json, sort } = this.options;
    if (json && !sort && this.isWanted && this.wants(summary)) this.output.json(connectionRecord(summary));
  }

  private recordSorted(): void {
    const summaries = this.ranking(this.unsorted.splice(0), Infinity);
    for (const summary of summaries) this.output.json(connectionRecord(summary));
    if (summaries.length < MOST_SORTED) return;
    this.output.notice(print`--sort: connection records are sorted in groups of ${MOST_SORTED}`);
  }

  private leaveOut({ directions }: ConnectionSummary): void {
    // An earlier reading counted them.
    if (this.options.selection) return;
    this.others.connections++;
    this.others.frames += framesOf(directions);
  }

  passedOver(what: string, connections = 1): void {
    // Nothing shows how it ended: it is none of those that are selected by that.
    if (this.filter) return;
    this.any = true;
    this.tally.passOver(what, connections);
  }

  /** `code`: the exit code of the run, where it is not that of a finding. */
  async draw(found: boolean, code?: number): Promise<void> {
    await this.tellNothing();
    const isAny = this.any || (this.options.json === true && this.others.connections > 0);
    if (!isAny || !this.isWanted || this.options.quiet || this.options.undrawn) return;
    if (this.packets > 0) this.tally.countPackets(this.packets);
    const own = this.io.interrupted.aborted ? this.io.interrupted.reason : found ? EXIT.finding : EXIT.ok;
    const exit = code ?? own;
    this.recordSorted();
    if (this.options.json) return this.output.lastJson(summaryRecord(this.tally.totals(), exit, this.pairs()));
    const { drawConnections } = await import('../entries/views.js');
    const look = await lookOf(this.io, this.options);
    const all = this.options.verbose === true;
    const { sort } = this.options;
    const byName = this.options.stats === true;
    const shown = { all, hint: print`-v shows them`, legs: this.pairs(), ...(sort && { sort }), byName };
    const table = drawConnections(this.tally.summaries, this.tally.totals(), look, shown);
    this.output.text(print`${this.output.anyShown ? '\n' : ''}${table}`);
  }

  /** A filter let nothing through: without a word of it one would wonder whether anything was read. */
  private async tellNothing(): Promise<void> {
    const isSelected = this.filter !== undefined && this.chosen.size === 0;
    const isFiltered = this.filtered || connectionFilter(this.options) !== undefined;
    if (!isSelected && (this.options.stats === true || this.output.anyShown || !isFiltered)) return;
    const { things } = await import('../entries/views.js');
    const totals = this.tally.totals();
    const webSocket = totals.webSocket + this.others.connections;
    const frames = framesOf(totals.directions) + this.others.frames;
    const there =
      webSocket > 0 ? print`; there are ${things(frames, 'frame')} in ${things(webSocket, 'connection')}` : '';
    const { cut, slow } = this.output.leftUnsearched;
    const where = cut + slow > 0 ? ' in what was searched' : '';
    this.output.notice(print`nothing matches${where}${there}`);
  }

  private get isWanted(): boolean {
    return this.options.stats === true || !this.filtered;
  }
}

function framesOf(directions: Directions<DirectionCounts>): number {
  return [...eachDirection(directions)].reduce((sum, [, { frames }]) => sum + frames, 0);
}
