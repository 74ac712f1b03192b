import type { Case } from '../case.js';
import { countsOf, type CaseReport, type RunReport } from './report.js';

/** The records of `--json`: one for each case, and the totals of the run (docs/json.md). */
export function* checkRecords(run: RunReport, exit: number): Generator<object> {
  for (const one of run.cases) yield caseRecord(one, run.agent);
  const { http, peer, agent, target, startedAt, duration, seed, version } = run;
  const { behaviors: verdicts, closeBehaviors: closeVerdicts, missing, ...counts } = countsOf(run.cases);
  const about = { peer, agent, target, ...(http && { http }), time: startedAt, duration, seed, version };
  yield { type: 'summary', ...about, ...counts, ...(missing > 0 && { missing }), verdicts, closeVerdicts, exit };
}

/** A case as it is: the record of `--list --json`. */
export function listRecord(one: Case): object {
  const { id, rfc, level, title, expected, peers, needs, traits } = one;
  return { type: 'case', id, section: rfc, requirement: level, description: title, expected, peers, needs, traits };
}

function caseRecord(one: CaseReport, agent: string): object {
  const { id, rfc, level, title, expected, actual, behavior, behaviorClose, remoteCloseCode } = one;
  const { duration, skipped, missing, passed, required, command, frames } = one;
  return {
    ...{ type: 'case', agent, id, section: rfc, requirement: level, description: title },
    ...{ verdict: behavior, closeVerdict: behaviorClose },
    ...(remoteCloseCode !== undefined && { closeCode: remoteCloseCode }),
    ...{ expected, received: actual, duration },
    ...(skipped !== undefined && { skipped }),
    ...(missing && { missing }),
    ...{ passed, required },
    ...(frames !== '' && { command, frames }),
  };
}
