import { lined, print, type Printable } from '../render/printable.js';
import type { Case, PeerRole } from '../conformance/case.js';
import { githubCommands } from '../conformance/reports/github.js';
import { deviations, type Deviation, type Outcomes } from '../conformance/reports/outcomes.js';
import { checkRecords } from '../conformance/reports/records.js';
import { caseReport, hasFailed, type CaseReport, type RunReport } from '../conformance/reports/report.js';
import { tapText } from '../conformance/reports/tap.js';
import type { Result } from '../conformance/run.js';
import { hexOf } from '../codec/hex.js';
import { encodeUtf8 } from '../codec/utf8.js';
import { escapedLines, escapeText, jsonLine, safeJson } from '../render/escape.js';
import type { Look } from '../render/layout.js';
import { createTheme } from '../render/theme.js';
import { outcomesOf, write } from './check-files.js';
import { framesOf } from './check-frames.js';
import { LiveMatrix } from './check-live.js';
import type { CheckOptions } from './check-options.js';
import { closingText, failureText, skippedText } from './check-text.js';
import { lookOf } from './drawing.js';
import { EXIT } from './exit.js';
import type { Io } from './io.js';
import { VERSION } from './version.js';

/** Who was tested, and how to do it again. */
export interface CheckHead {
  readonly peer: PeerRole;
  readonly target: string;
  readonly agent: string;
  readonly seed: number;
}

/** What the frames in files are drawn with: files have no columns and no colour. */
const FILE_WIDTH = 120;

/** Takes results as they come, shows how far it is, and at the end tells what there was. */
export class CheckReport {
  private readonly results = new Map<string, Result>();
  private readonly live: LiveMatrix | undefined;
  private readonly startedAt: number;

  private constructor(
    private readonly io: Io,
    private readonly cases: readonly Case[],
    private readonly head: CheckHead,
    private readonly options: CheckOptions,
    private readonly look: Look,
    private readonly plain: Look,
    private readonly pinned: Outcomes | undefined,
  ) {
    this.startedAt = io.now();
    if (io.stderr.isTTY && !options.quiet) this.live = new LiveMatrix(io, cases, look);
  }

  static async begin(
    io: Io,
    cases: readonly Case[],
    head: CheckHead,
    options: CheckOptions,
    pinned?: Outcomes,
  ): Promise<CheckReport> {
    const plain = { theme: await createTheme(false), width: FILE_WIDTH, isOpen: true };
    return new CheckReport(io, cases, head, options, await lookOf(io, options), plain, pinned);
  }

  add(result: Result): void {
    this.results.set(result.case.id, result);
    this.live?.add(result);
    if (this.options.record !== undefined) write(this.options.record, exchangeLines(this.head.agent, result), 'a');
  }

  /** Everything is there, or an interruption came: prints it; gives it, and the exit code. */
  async end(): Promise<{ readonly run: RunReport; readonly exit: number }> {
    this.live?.end();
    const run = this.run();
    const differing = this.pinned && deviations(this.pinned, outcomesOf([run]), (id) => isFault(run, id));
    const failed = run.cases.filter((one) => hasFailed(one) && one.required);
    const exit = (differing ?? failed).length > 0 ? EXIT.finding : EXIT.ok;
    const { json, tap, quiet, github } = this.options;
    if (json) for (const record of checkRecords(run, exit)) await this.io.stdout.write(jsonLine(record));
    else if (tap) await this.io.stdout.write(escapedLines(tapText(run)));
    else if (!quiet) await this.text(run, differing);
    if (github) await (json || tap ? this.io.stderr : this.io.stdout).payload(encodeUtf8(githubCommands(run)));
    return { run, exit };
  }

  private run(): RunReport {
    const { startedAt } = this;
    const cases = this.ordered().map((result) => {
      const isPlain = result.behavior === 'OK' && result.behaviorClose === 'OK';
      const isQuiet = result.skipped !== undefined || isPlain;
      const frames = isQuiet ? '' : framesOf(result.exchanges, this.role, this.plain, 'lines');
      return caseReport(result, this.command(result.case.id), frames);
    });
    const duration = Math.round((this.io.now() - startedAt) * 1e3) / 1e3;
    return { ...this.head, startedAt, duration, version: VERSION, cases };
  }

  private async text(run: RunReport, differing: readonly Deviation[] | undefined): Promise<void> {
    const { io, look, options } = this;
    const { agent, target, seed } = this.head;
    const told = new Set((differing ?? run.cases.filter((one) => hasFailed(one) && one.required)).map(({ id }) => id));
    for (const one of run.cases) {
      if (!told.has(one.id) && !(options.verbose && one.skipped === undefined)) continue;
      const { exchanges } = this.results.get(one.id)!;
      const frames = framesOf(exchanges, this.role, look, options.verbose ? 'fields' : 'lines');
      await io.stdout.write(failureText(one, frames, look));
    }
    const name = target.includes(agent) ? target : `${agent}  ${target}`;
    const ran = run.cases.filter(({ skipped }) => skipped === undefined).length;
    const title = `${name}: ${ran} cases in ${run.duration.toFixed(1)} s, seed ${seed}`;
    await io.stdout.write(closingText(this.cases, this.results, title, this.verdict(told.size, differing), look));
    for (const line of skippedText(this.results.values())) await io.stderr.write(print`${line}\n`);
  }

  private verdict(told: number, differing: readonly Deviation[] | undefined): Printable {
    const { theme } = this.look;
    if (differing) {
      const lines = differing.map(({ id, expected, actual }) =>
        escapeText(`${id}: expected was ${expected}, it is ${actual}`),
      );
      if (told === 0) return theme.ok(print`every verdict is as expected`);
      return print`${lined(lines)}${theme.error(print`${told} ${told === 1 ? 'verdict is' : 'verdicts are'} not as expected`)}`;
    }
    if (told === 0) return theme.ok(print`no required case failed`);
    return theme.error(print`${told} required ${told === 1 ? 'case' : 'cases'} failed`);
  }

  /** In the order of the list, whatever order they ended in. */
  private ordered(): Result[] {
    return this.cases.flatMap(({ id }) => this.results.get(id) ?? []);
  }

  private get role(): 'client' | 'server' {
    return this.head.peer === 'server' ? 'client' : 'server';
  }

  private command(id: string): string {
    const { peer, target, seed } = this.head;
    const who = peer === 'server' ? target : `--listen ${target}`;
    return `wsinspect check ${who} --only ${id} --seed ${seed} -v`;
  }
}

function isFault({ cases }: RunReport, id: string): boolean {
  return cases.some((one: CaseReport) => one.id === id && hasFailed(one) && one.required);
}

/** What passed in a case, as it passed: a record for each piece (`--record`). */
function exchangeLines(agent: string, { case: { id }, exchanges }: Result): string {
  return exchanges
    .flatMap(({ connection, pieces }) =>
      pieces.map(({ side, time, bytes }) => ({
        type: 'exchange',
        agent,
        id,
        connection,
        from: side,
        time,
        hex: hexOf(bytes),
      })),
    )
    .map((record) => `${safeJson(record)}\n`)
    .join('');
}
