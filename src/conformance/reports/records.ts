import { countsOf, type RunReport } from './report.js';

/** The records of `--json`: one for each case, and one for the run (docs/json.md). */
export function* checkRecords(run: RunReport, exit: number): Generator<object> {
  for (const { command, frames, ...one } of run.cases) {
    const isFault = frames !== '';
    yield { type: 'case', agent: run.agent, ...one, ...(isFault && { command, frames }) };
  }
  const { peer, agent, target, startedAt, duration, seed, version } = run;
  yield { type: 'check', peer, agent, target, startedAt, duration, seed, version, ...countsOf(run.cases), exit };
}
