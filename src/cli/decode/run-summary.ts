import { connectionRecord, summaryRecord } from '../../describe/connection-json.js';
import { MOST_LINES } from '../../terminal/layout.js';
import { RunTally } from '../../traffic/tally/run.js';
import { eachDirection, type ConnectionSummary } from '../../traffic/tally/summary.js';
import { connectionFilter } from '../../traffic/filters.js';
import { lookOf } from './view-selection.js';
import { EXIT } from '../host/exit.js';
import type { Io } from '../host/io.js';
import type { DecodeOptions } from '../options/options.js';
import type { RecordOutput } from './record-output.js';
import { print } from '../../describe/printable.js';

/** The result of each connection, and of all: records with `--json`, else a table at the end. */
export class Closing {
  packets = 0;
  private readonly tally: RunTally;
  private any = false;

  constructor(
    private readonly io: Io,
    private readonly options: DecodeOptions,
    /** Only some of the records are shown: totals are printed only with --stats. */
    private readonly filtered: boolean,
    private readonly output: RecordOutput,
  ) {
    this.tally = new RunTally(options.verbose ? Infinity : MOST_LINES);
  }

  closed(summary: ConnectionSummary): void {
    this.add(summary);
    this.record(summary);
  }

  /** It counts. */
  add(summary: ConnectionSummary): void {
    this.any = true;
    this.tally.add(summary);
  }

  /** Its record with `--json`. */
  record(summary: ConnectionSummary): void {
    if (this.options.json && this.isWanted) this.output.json(connectionRecord(summary));
  }

  passedOver(what: string, connections = 1): void {
    this.any = true;
    this.tally.passOver(what, connections);
  }

  /** `code`: the exit code of the run, where it is not that of a finding. */
  async draw(found: boolean, code?: number): Promise<void> {
    await this.reportNothing();
    if (!this.any || !this.isWanted || this.options.quiet) return;
    if (this.packets > 0) this.tally.countPackets(this.packets);
    const own = this.io.interrupted.aborted ? this.io.interrupted.reason : found ? EXIT.finding : EXIT.ok;
    const exit = code ?? own;
    if (this.options.json) return this.output.lastJson(summaryRecord(this.tally.totals(), exit));
    const { drawConnections } = await import('../entries/views.js');
    const look = await lookOf(this.io, this.options);
    const all = this.options.verbose === true;
    const table = drawConnections(this.tally.summaries, this.tally.totals(), look, { all, hint: print`-v shows them` });
    this.output.text(print`${this.output.anyShown ? '\n' : ''}${table}`);
  }

  /** A filter matched nothing: without a notice the user could not see whether anything was read. */
  private async reportNothing(): Promise<void> {
    const { stats } = this.options;
    if (stats || this.output.anyShown || (!this.filtered && connectionFilter(this.options) === undefined)) return;
    const { things } = await import('../entries/views.js');
    const { webSocket, directions } = this.tally.totals();
    const frames = [...eachDirection(directions)].reduce((sum, [, counts]) => sum + counts.frames, 0);
    const there =
      webSocket > 0 ? print`; there are ${things(frames, 'frame')} in ${things(webSocket, 'connection')}` : '';
    const where = this.output.leftUnsearched > 0 ? ' in what was searched' : '';
    this.output.notice(print`nothing matches${where}${there}`);
  }

  private get isWanted(): boolean {
    return this.options.stats === true || !this.filtered;
  }
}
