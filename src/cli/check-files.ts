import { mkdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { autobahnFiles } from '../conformance/reports/autobahn.js';
import { htmlReport } from '../conformance/reports/html.js';
import { junitXml } from '../conformance/reports/junit.js';
import { expectationFile, readOutcomes, type Outcomes } from '../conformance/reports/outcomes.js';
import type { RunReport } from '../conformance/reports/report.js';
import type { CheckOptions } from './check-options.js';
import { UsageError } from './exit.js';
import type { Io } from './io.js';

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

/** What an earlier run wrote is no result of this one, whatever becomes of it. */
export function discardReports({ junit, html }: CheckOptions): void {
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

/** A file of results: one agent's where there are several, the one of that name. */
export async function outcomesIn(io: Io, path: string, agent?: string): Promise<Outcomes> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of io.readFile(path)) text += decoder.decode(chunk, { stream: true });
  const read = readOutcomes(text);
  if ('problem' in read) throw new UsageError(`${path}: ${read.problem}`);
  const { agents } = read;
  const found = agents.size === 1 ? [...agents.values()][0] : agents.get(agent ?? '');
  if (found) return found;
  throw new UsageError(`${path}: there are results of ${[...agents.keys()].join(', ') || 'nobody'}, not of ${agent}`);
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
