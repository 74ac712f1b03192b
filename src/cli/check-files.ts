import { mkdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { autobahnFiles } from '../conformance/reports/autobahn.js';
import { htmlReport } from '../conformance/reports/html.js';
import { junitXml } from '../conformance/reports/junit.js';
import { expectationFile, type Outcomes } from '../conformance/reports/outcomes.js';
import type { RunReport } from '../conformance/reports/report.js';
import type { CheckOptions } from './check-options.js';
import { UsageError } from './exit.js';

/** Writes what the options ask for; throws a UsageError where that can't be. */
export function writeReports(runs: readonly RunReport[], options: CheckOptions): void {
  const { junit, html, reports, saveExpect } = options;
  if (junit !== undefined) write(junit, junitXml(runs));
  if (html !== undefined) write(html, htmlReport(runs));
  if (reports !== undefined) {
    guarded(reports, () => mkdirSync(reports, { recursive: true }));
    for (const { name, text } of autobahnFiles(runs)) write(join(reports, name), text);
  }
  if (saveExpect !== undefined) write(saveExpect, expectationFile(outcomesOf(runs)));
}

/** Called when nothing about the command line is wrong: what an earlier run wrote is no result of this one. */
export function beginFiles({ junit, html, record }: CheckOptions): void {
  if (record !== undefined) write(record, '');
  for (const path of [junit, html]) {
    if (path !== undefined && statSync(path, { throwIfNoEntry: false })?.isFile())
      guarded(path, () => unlinkSync(path));
  }
}

/** The verdicts of these runs, by case: of several agents the last one's. */
export function outcomesOf(runs: readonly RunReport[]): Outcomes {
  const ran = runs.flatMap(({ cases }) => cases.filter(({ skipped }) => skipped === undefined));
  return new Map(ran.map(({ id, behavior, behaviorClose }) => [id, { behavior, behaviorClose }]));
}

export function write(path: string, text: string, flag: 'w' | 'a' = 'w'): void {
  guarded(path, () => writeFileSync(path, text, { flag }));
}

function guarded(path: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message}`);
  }
}
