import { makeDirectory } from '../host/make-directory.js';
import { print } from '../../describe/printable.js';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { autobahnFiles } from '../../conformance/reports/autobahn.js';
import { githubSummary } from '../../conformance/reports/github.js';
import { htmlReport } from '../../conformance/reports/html.js';
import { junitXml } from '../../conformance/reports/junit.js';
import { expectationFile, type Outcomes } from '../../conformance/reports/outcomes.js';
import type { RunReport } from '../../conformance/reports/report.js';
import { escapedLines, escapeText } from '../../describe/escape.js';
import type { CheckOptions } from '../options/check-options.js';
import { EXIT, UsageError } from '../host/exit.js';
import type { Io } from '../host/io.js';
import { checkOutputs, PUBLIC, type OutPath } from '../host/output-file.js';
import { RecordFile } from '../record/record-file.js';
import { isSystemError, reasonOf, WRITING } from '../host/system-reasons.js';

/** Refuses, before anything is written, files that must not be written to, such as those that the same run reads. Throws a UsageError. */
export function checkReports(options: CheckOptions): void {
  const { expect, spec, compare = [], cert, key, passphraseFile, cacert, ca, listenCert, listenKey } = options;
  const inputs = [expect, spec, ...compare, cert, key, passphraseFile, cacert, ca, listenCert, listenKey];
  checkOutputs(
    fs,
    outputsOf(options),
    inputs.filter((path) => path !== undefined),
  );
}

/** `--junit -` */
export const STDOUT = '-';

function outputsOf({ junit, html, reports, saveExpect, record, keylog }: CheckOptions): OutPath[] {
  const named = [
    ['--junit', junit === STDOUT ? undefined : junit],
    ['--html', html],
    ['--save-expect', saveExpect],
    ['--record', record],
    ['--keylog', keylog],
  ] as const;
  const outputs: OutPath[] = named.flatMap(([option, path]) => (path === undefined ? [] : [{ option, path }]));
  // Its other files are named by cases: only this one might be read again.
  if (reports !== undefined)
    outputs.push({ option: '--reports', path: join(reports, 'index.json'), makesDirectory: true });
  return outputs;
}

/** Writes what the options request; throws a UsageError where that is not possible. */
export async function writeReports(
  runs: readonly RunReport[],
  options: CheckOptions,
  { env, stdout }: Pick<Io, 'env' | 'stdout'>,
): Promise<void> {
  const { junit, html, reports, saveExpect, github } = options;
  const summary = env['GITHUB_STEP_SUMMARY'];
  if (github && summary) append({ option: 'GITHUB_STEP_SUMMARY', path: summary }, runs.map(githubSummary).join(''));
  if (junit === STDOUT) await stdout.write(escapedLines(junitXml(runs)));
  else if (junit !== undefined) write({ option: '--junit', path: junit }, junitXml(runs));
  if (html !== undefined) write({ option: '--html', path: html }, htmlReport(runs));
  if (reports !== undefined) {
    const option = '--reports';
    guarded({ option, path: reports }, () => makeDirectory(fs, reports));
    for (const { name, text } of autobahnFiles(runs)) write({ option, path: join(reports, name) }, text);
  }
  if (saveExpect !== undefined) write({ option: '--save-expect', path: saveExpect }, expectationFile(outcomesOf(runs)));
}

/** The page of `--compare … --html`. */
export function writeComparison(path: string, page: string): void {
  write({ option: '--html', path }, page);
}

/** What an earlier run wrote is no result of this one, even if this one fails. */
export function discardReports({ junit, html }: CheckOptions): void {
  for (const [option, path] of [
    ['--junit', junit],
    ['--html', html],
  ] as const) {
    if (path === undefined || path === STDOUT) continue;
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isFile()) guarded({ option, path }, () => fs.unlinkSync(path));
    // The target of a link is emptied: the link stays.
    else if (stat?.isSymbolicLink()) write({ option, path }, '');
  }
}

/** `--record`: what passed in each case, one after the other. Where it can't be written any more it ends; the cases continue. */
export class CheckRecorder {
  private readonly file: RecordFile;
  private any = false;
  private hasFailed = false;

  /** Throws a UsageError. */
  constructor(
    private readonly io: Io,
    path: string,
  ) {
    this.file = new RecordFile(fs, { option: '--record', path });
  }

  take(lines: string): void {
    if (this.hasFailed) return;
    this.any = true;
    try {
      this.file.write(new TextEncoder().encode(lines));
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.hasFailed = true;
      const why = `can't be written: ${reasonOf(error, WRITING)}: recording has ended, the cases go on`;
      void this.io.stderr.write(print`wsinspect: ${escapeText(`--record: ${this.file.path}: ${why}`)}\n`);
    }
  }

  /** Gives the exit code of the run: `exit`, or that of an incomplete recording. A run without any case replaces no file. */
  end(exit: number): number {
    if (this.any) this.file.close();
    else this.file.discard();
    return this.hasFailed ? EXIT.usage : exit;
  }
}

/** The verdicts of these runs, by case: of several agents the last one's. */
export function outcomesOf(runs: readonly RunReport[]): Outcomes {
  const ran = runs.flatMap(({ cases }) => cases.filter(({ skipped }) => skipped === undefined));
  return new Map(ran.map(({ id, behavior, behaviorClose }) => [id, { behavior, behaviorClose }]));
}

function write(output: OutPath, text: string): void {
  const file = new RecordFile(fs, output, { mode: PUBLIC });
  try {
    guarded(output, () => file.write(new TextEncoder().encode(text)));
  } finally {
    file.close();
  }
}

/** The file belongs to the runner, and others write to it too: its content stays. */
function append(output: OutPath, text: string): void {
  guarded(output, () => fs.appendFileSync(output.path, text));
}

function guarded({ option, path }: OutPath, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UsageError(`${option}: ${path}: can't be written: ${reasonOf(error, WRITING)}`);
  }
}
