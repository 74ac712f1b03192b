import { lined, print, type Printable } from '../../describe/printable.js';
import type { Case, Need } from '../../conformance/case.js';
import type { PeerRole } from '../../conformance/peer-role.js';
import { alikeCases, alikeText } from '../../conformance/reports/alike.js';
import { githubCommands } from '../../conformance/reports/github.js';
import { deviations, outcomeText, type Deviation, type Outcomes } from '../../conformance/reports/outcomes.js';
import { checkRecords } from '../../conformance/reports/records.js';
import {
  caseReport,
  hasFailed,
  missingReport,
  type CaseReport,
  type RunReport,
} from '../../conformance/reports/report.js';
import { tapText } from '../../conformance/reports/tap.js';
import type { CaseResult } from '../../conformance/run.js';
import { escapedLines, escapeText, jsonLine } from '../../describe/escape.js';
import { count, type Look } from '../../terminal/layout.js';
import { createTheme } from '../../terminal/theme.js';
import { outcomesOf, STDOUT } from './files.js';
import { framesOf, type BelowTrace } from './frames.js';
import { LiveMatrix } from './live-table.js';
import type { CheckOptions } from '../options/check-options.js';
import { reachWords } from './repeating.js';
import { shellWord } from '../options/entry-hint.js';
import type { CaseRoom } from './room.js';
import { closingText, failureText, skippedText } from './text.js';
import { lookOf } from '../decode/look.js';
import { EXIT } from '../host/exit.js';
import type { Io } from '../host/io.js';
import { nextTurn } from '../host/turn.js';
import { VERSION } from '../options/version.js';
import { hexOf, encodeUtf8 } from '../../traffic/toolbox/bytes.js';

/** What was tested, and how to repeat it. */
export interface CheckHead {
  readonly peer: PeerRole;
  readonly target: string;
  /** The same as the command line has it: a URL without its password, or the address to listen at. */
  readonly place: string;
  readonly agent: string;
  readonly seed: number;
}

/** What the frames in files are drawn with: files have no columns and no colour. */
const FILE_WIDTH = 120;

/** What is kept of a case: `result` has what passed only where that is yet to be drawn. */
interface Found {
  readonly result: CaseResult;
  readonly report: CaseReport;
}

/** What is known of the cases of a run apart from their results. */
export interface CheckContext {
  readonly pinned?: Outcomes | undefined;
  /** What passed in all cases is kept there. */
  readonly room: CaseRoom;
  /** Over HTTP/2: its frames are drawn as well. */
  readonly below?: BelowTrace | undefined;
  /** What the peer is known not to have: cases that need it take no time. */
  readonly lacks?: readonly Need[];
}

/** How a run ended. */
export interface RunEnd {
  readonly run: RunReport;
  readonly exit: number;
  /** A case failed, or a verdict is not the pinned one. */
  readonly hasFailed: boolean;
}

/** Takes results as they come, shows the progress, and reports everything at the end. */
export class CheckReport {
  private readonly found = new Map<string, Found>();
  private readonly live: LiveMatrix | undefined;
  private readonly startedAt: number;
  private readonly reach: string;
  private readonly notices: Printable[] = [];

  private constructor(
    private readonly io: Io,
    private readonly cases: readonly Case[],
    private readonly head: CheckHead,
    private readonly options: CheckOptions,
    private readonly look: Look,
    private readonly plain: Look,
    private readonly context: CheckContext,
  ) {
    this.startedAt = io.now();
    this.reach = reachWords(options);
    if (io.stderr.isTTY && !options.quiet) this.live = new LiveMatrix(io, cases, look, context.lacks ?? []);
  }

  static async begin(
    io: Io,
    cases: readonly Case[],
    head: CheckHead,
    options: CheckOptions,
    context: CheckContext,
  ): Promise<CheckReport> {
    const plain = { theme: await createTheme(false), width: FILE_WIDTH, isOpen: true };
    return new CheckReport(io, cases, head, options, await lookOf(io, options), plain, context);
  }

  /** A notice about the peer for the user; printed at the end. */
  notice(text: Printable): void {
    this.notices.push(text);
  }

  add(result: CaseResult): void {
    const { id } = result.case;
    this.options.recorder?.take(exchangeLines(this.head.agent, result));
    this.forget(id);
    const { room } = this.context;
    const bounded = room.bounded(result);
    const isPlain = result.behavior === 'OK' && result.behaviorClose === 'OK';
    const isQuiet = result.skipped !== undefined || isPlain;
    const frames = isQuiet ? '' : framesOf(bounded.exchanges, this.role, this.plain, 'lines', this.context.below);
    const hasRoom = room.take(frames.length);
    const report = caseReport(result, this.command(id), hasRoom ? frames : 'what passed is not kept: it is much\n');
    const isDrawn = this.isDrawn(report);
    if (!isDrawn) room.release(bounded);
    const found = { result: isDrawn ? bounded : { ...bounded, exchanges: [] }, report };
    this.found.set(id, found);
    this.live?.add(found.result);
  }

  /** Everything is there, or an interruption came: prints it; gives it, and the exit code. */
  async end(): Promise<RunEnd> {
    this.live?.end();
    const plain = this.run();
    const differing = this.differing(plain);
    const run = differing ? this.marked(plain, differing) : plain;
    const failed = run.cases.filter((one) => hasFailed(one) && one.required);
    const isPartial = run.cases.some(({ missing }) => missing) || this.hasNothing;
    const isFailed = (differing ?? failed).length > 0;
    const exit = isFailed || isPartial ? EXIT.finding : EXIT.ok;
    await this.print(run, differing, exit);
    if (!this.options.quiet) await this.remarks(run, isPartial);
    return { run, exit, hasFailed: isFailed };
  }

  private async print(run: RunReport, differing: readonly Deviation[] | undefined, exit: number): Promise<void> {
    const { json, tap, quiet, github, junit } = this.options;
    if (json) await this.json(run, exit);
    else if (tap) await this.io.stdout.write(escapedLines(tapText(run)));
    else if (!quiet && junit !== STDOUT) await this.text(run, differing);
    const isTaken = json ?? tap ?? junit === STDOUT;
    if (github) await (isTaken ? this.io.stderr : this.io.stdout).payload(encodeUtf8(githubCommands(run)));
  }

  private async remarks(run: RunReport, isPartial: boolean): Promise<void> {
    const lines = isPartial ? [...this.notices, escapeText(this.partialText(run))] : this.notices;
    for (const line of lines) await this.io.stderr.write(print`${line}\n`);
  }

  /** No case was run at all: that proves nothing. */
  private get hasNothing(): boolean {
    if (this.options.allowPartial) return false;
    return ![...this.found.values()].some(({ result }) => result.skipped === undefined);
  }

  /** Its exchange is drawn for the terminal at the end. */
  private isDrawn(report: CaseReport): boolean {
    const { json, tap, quiet, verbose } = this.options;
    if (json || tap || quiet || report.skipped !== undefined) return false;
    return verbose === true || this.context.pinned !== undefined || (hasFailed(report) && report.required);
  }

  /** What an earlier run of the same case has kept: its agent has come again. */
  private forget(id: string): void {
    const before = this.found.get(id);
    if (before === undefined) return;
    this.context.room.release(before.result);
    this.context.room.giveBack(before.report.frames.length);
  }

  private run(): RunReport {
    const { startedAt } = this;
    const cases = this.cases.map((one) => this.found.get(one.id)?.report ?? this.missing(one));
    const duration = Math.round((this.io.now() - startedAt) * 1e3) / 1e3;
    const { peer, target, agent, seed } = this.head;
    const http = this.options.http2 && { http: '2' as const };
    return { peer, target, agent, seed, startedAt, duration, version: VERSION, cases, ...http };
  }

  private missing(one: Case): CaseReport {
    const why = this.head.peer === 'client' ? 'the client did not run it' : 'the run was ended before it';
    return missingReport(one, why, !this.options.allowPartial, this.command(one.id));
  }

  /** Each case with its pinned verdict, for the readers of the reports. */
  private marked(run: RunReport, differing: readonly Deviation[]): RunReport {
    const changed = new Map(differing.map((one) => [one.id, `expected was ${one.expected}, it is ${one.actual}`]));
    const pinned = (one: CaseReport): CaseReport => {
      const change = changed.get(one.id);
      if (change !== undefined) return { ...one, changed: change };
      return this.context.pinned?.has(one.id) && hasFailed(one) ? { ...one, known: true } : one;
    };
    return { ...run, cases: run.cases.map(pinned) };
  }

  /** The verdicts that differ from the pinned ones; undefined: nothing was pinned. */
  private differing(run: RunReport): readonly Deviation[] | undefined {
    const { pinned } = this.context;
    if (pinned === undefined) return undefined;
    const found = deviations(pinned, outcomesOf([run]), (id) => isFault(run, id));
    if (this.options.allowPartial) return found;
    // A pinned case that was left out is not known to be as pinned.
    const left = run.cases.filter(({ id, skipped, missing }) => skipped !== undefined && !missing && pinned.has(id));
    const absent = left.map(({ id, skipped }) => ({
      id,
      expected: outcomeText(pinned.get(id)!),
      actual: `not run: ${skipped}`,
    }));
    return [...found, ...absent];
  }

  private partialText({ agent, cases }: RunReport): string {
    const ran = cases.filter(({ skipped }) => skipped === undefined).length;
    return `${agent}: ${ran} of ${cases.length} cases were run (--allow-partial takes that)`;
  }

  private async json(run: RunReport, exit: number): Promise<void> {
    for (const record of checkRecords(run, exit)) {
      await this.io.stdout.write(jsonLine(record));
      await nextTurn();
    }
  }

  private async text(run: RunReport, differing: readonly Deviation[] | undefined): Promise<void> {
    const { io, look, options } = this;
    const { agent, target, seed } = this.head;
    const shown = new Set((differing ?? run.cases.filter((one) => hasFailed(one) && one.required)).map(({ id }) => id));
    const alike = alikeCases(run.cases.filter(({ id }) => shown.has(id)));
    const drawn = options.verbose
      ? run.cases.filter((one) => shown.has(one.id) || one.skipped === undefined).map((one) => [one] as const)
      : alike.map(({ cases }) => cases);
    for (const [one, ...others] of drawn) {
      await nextTurn();
      const exchanges = this.found.get(one.id)?.result.exchanges ?? [];
      const frames = framesOf(exchanges, this.role, look, options.verbose ? 'fields' : 'lines', this.context.below);
      await io.stdout.write(failureText(one, frames, look, others));
    }
    const name = target.includes(agent) ? target : `${agent}  ${target}`;
    const ran = run.cases.filter(({ skipped }) => skipped === undefined).length;
    const title = `${name}: ${count(ran, 'case')}${options.http2 ? ' over HTTP/2' : ''} in ${run.duration.toFixed(1)} s, seed ${seed}`;
    const results = new Map([...this.found].map(([id, { result }]) => [id, result]));
    const verdict = this.verdict(shown.size, differing, ran < run.cases.length && run.cases.some((one) => one.missing));
    const many = alike.filter(({ cases }) => cases.length > 1).map((one) => escapeText(alikeText(one)));
    await io.stdout.write(closingText(this.cases, results, title, print`${lined(many)}${verdict}`, look));
    for (const line of skippedText(results.values())) await io.stderr.write(print`${line}\n`);
  }

  private verdict(shown: number, differing: readonly Deviation[] | undefined, isPartial: boolean): Printable {
    const { theme } = this.look;
    if (differing) {
      const lines = differing.map(({ id, expected, actual }) =>
        escapeText(`${id}: expected was ${expected}, it is ${actual}`),
      );
      if (shown === 0 && isPartial) return theme.error(print`not all cases were run`);
      if (shown === 0) return theme.ok(print`every verdict is as expected`);
      return print`${lined(lines)}${theme.error(print`${shown} ${shown === 1 ? 'verdict is' : 'verdicts are'} not as expected`)}`;
    }
    if (shown === 0 && (isPartial || this.hasNothing)) return theme.error(print`not all cases were run`);
    if (shown === 0) return theme.ok(print`no required case failed`);
    return theme.error(print`${count(shown, 'required case')} failed`);
  }

  private get role(): 'client' | 'server' {
    return this.head.peer === 'server' ? 'client' : 'server';
  }

  private command(id: string): string {
    const { peer, place, seed } = this.head;
    const who = peer === 'server' ? shellWord(place) : `--listen ${shellWord(place)}`;
    return `wsinspect check ${who}${this.reach} --only ${id} --seed ${seed} -v`;
  }
}

function isFault({ cases }: RunReport, id: string): boolean {
  return cases.some((one: CaseReport) => one.id === id && hasFailed(one) && one.required);
}

/** What passed in a case, in order: a record for each piece (`--record`). */
function exchangeLines(agent: string, { case: { id }, exchanges }: CaseResult): string {
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
    .map((record) => jsonLine(record))
    .join('');
}
