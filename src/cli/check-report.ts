import type { Case, PeerRole } from '../conformance/case.js';
import { passes } from '../conformance/case.js';
import type { Result } from '../conformance/run.js';
import { safeJson } from '../render/escape.js';
import type { Look } from '../render/layout.js';
import { framesOf } from './check-frames.js';
import { LiveMatrix } from './check-live.js';
import type { CheckOptions } from './check-options.js';
import { closingText, failsRun, failureText, skippedText } from './check-text.js';
import { lookOf } from './drawing.js';
import { EXIT } from './exit.js';
import type { Io } from './io.js';

/** Who was tested, and how to do it again. */
export interface CheckHead {
  readonly peer: PeerRole;
  readonly target: string;
  readonly agent: string;
  readonly seed: number;
}

/** Takes results as they come, shows how far it is, and at the end tells in every way that was asked for. */
export class CheckReport {
  private readonly results = new Map<string, Result>();
  private readonly live: LiveMatrix | undefined;
  private readonly began: number;

  private constructor(
    private readonly io: Io,
    private readonly cases: readonly Case[],
    private readonly head: CheckHead,
    private readonly options: CheckOptions,
    private readonly look: Look,
  ) {
    this.began = io.now();
    if (io.stderr.isTTY && !options.quiet) this.live = new LiveMatrix(io, cases, look);
  }

  static async begin(io: Io, cases: readonly Case[], head: CheckHead, options: CheckOptions): Promise<CheckReport> {
    return new CheckReport(io, cases, head, options, await lookOf(io, options));
  }

  add(result: Result): void {
    this.results.set(result.case.id, result);
    this.live?.add(result);
  }

  /** Everything is there, or an interruption came; gives the exit code. */
  async end(): Promise<number> {
    this.live?.end();
    const failed = [...this.results.values()].filter(failsRun);
    if (this.options.json) await this.json();
    else if (!this.options.quiet) await this.text(failed);
    return failed.length > 0 ? EXIT.finding : EXIT.ok;
  }

  private async text(failed: readonly Result[]): Promise<void> {
    const { io, look, options } = this;
    const { agent, target, seed, peer } = this.head;
    const seconds = (io.now() - this.began).toFixed(1);
    const name = agent === target ? target : `${agent}  ${target}`;
    for (const one of this.ordered()) {
      if (!failsRun(one) && !(options.verbose && one.skipped === undefined)) continue;
      const frames = framesOf(
        one.exchanges,
        peer === 'server' ? 'client' : 'server',
        look,
        options.verbose ? 'fields' : 'lines',
      );
      await io.stdout.write(failureText(one, frames, this.command(one.case.id), look));
    }
    const ran = [...this.results.values()].filter(({ skipped }) => skipped === undefined).length;
    const title = `${name}: ${ran} cases in ${seconds} s, seed ${seed}`;
    const verdict =
      failed.length === 0
        ? look.theme.ok(`no required case failed`)
        : look.theme.error(`${failed.length} required ${failed.length === 1 ? 'case' : 'cases'} failed`);
    await io.stdout.write(closingText(this.cases, this.results, title, verdict, look));
    for (const line of skippedText(this.results.values())) await io.stderr.write(`${line}\n`);
  }

  private async json(): Promise<void> {
    for (const result of this.ordered()) {
      const { id, level, rfc, title } = result.case;
      const {
        behavior,
        behaviorClose,
        remoteCloseCode,
        expected = result.case.expected,
        actual,
        duration,
        skipped,
      } = result;
      const verdict = {
        behavior,
        behaviorClose,
        remoteCloseCode,
        passed: passes(result),
        expected,
        actual,
        duration,
        skipped,
      };
      await this.io.stdout.write(`${safeJson({ type: 'case', id, level, rfc, title, ...verdict })}\n`);
    }
  }

  /** In the order of the list, whatever order they ended in. */
  private ordered(): Result[] {
    return this.cases.flatMap(({ id }) => this.results.get(id) ?? []);
  }

  private command(id: string): string {
    const { peer, target, seed } = this.head;
    const who = peer === 'server' ? target : `--listen ${target}`;
    return `wsinspect check ${who} --only ${id} --seed ${seed} -v`;
  }
}
