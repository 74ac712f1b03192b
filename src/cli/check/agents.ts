import { print } from '../../describe/printable.js';
import type { Case } from '../../conformance/case.js';
import type { RunReport } from '../../conformance/reports/report.js';
import type { CaseResult } from '../../conformance/run.js';
import { pinsFor, type Pins } from './pins.js';
import type { CheckOptions } from '../options/check-options.js';
import { CheckReport, type CheckHead } from './report.js';
import { CaseRoom } from './room.js';
import { belowOf } from './cases.js';
import { EXIT } from '../host/exit.js';
import type { Io } from '../host/io.js';

/** The result of all agents together. */
export interface AgentsEnded {
  readonly runs: readonly RunReport[];
  readonly exit: number;
  /** A case failed, or a verdict is not the pinned one. */
  readonly hasFailed: boolean;
}

/** The reports of the clients that have come, each by its name. The driver limits their number. */
export class Agents {
  private readonly reports = new Map<string, Promise<CheckReport>>();
  private readonly room = new CaseRoom();

  constructor(
    private readonly io: Io,
    private readonly cases: readonly Case[],
    private readonly seed: number,
    private readonly options: CheckOptions,
    private readonly pins: Pins | undefined,
  ) {}

  /** It has come: from now on every case is expected of it. */
  begin(agent: string): void {
    // What goes wrong is reported at the end.
    this.reportOf(agent).catch(() => undefined);
  }

  add(agent: string, result: CaseResult): void {
    this.reportOf(agent).then(
      (report) => report.add(result),
      () => undefined,
    );
  }

  /** Prints the results. */
  async end(): Promise<AgentsEnded> {
    const runs: RunReport[] = [];
    let exit: number = EXIT.ok;
    let hasFailed = false;
    for (const report of await Promise.all(this.reports.values())) {
      const ended = await report.end();
      runs.push(ended.run);
      exit = Math.max(exit, ended.exit);
      hasFailed ||= ended.hasFailed;
    }
    if (runs.length > 0 || this.options.allowPartial) return { runs, exit, hasFailed };
    if (!this.options.quiet)
      await this.io.stderr.write(print`no client came: no case was run (--allow-partial takes that)\n`);
    return { runs, exit: EXIT.finding, hasFailed };
  }

  private reportOf(agent: string): Promise<CheckReport> {
    let report = this.reports.get(agent);
    if (!report) {
      const place = this.options.listen!;
      const head = { peer: 'client' as const, target: place, place, agent, seed: this.seed };
      report = this.start(head);
      this.reports.set(agent, report);
    }
    return report;
  }

  private async start(head: CheckHead): Promise<CheckReport> {
    const pinned = this.pins && pinsFor(this.pins, head.agent);
    return CheckReport.begin(this.io, this.cases, head, this.options, {
      pinned,
      room: this.room,
      below: await belowOf(this.options),
    });
  }
}
