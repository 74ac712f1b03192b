import type { CaseReport, RunReport } from './report.js';

/** A file of a report, its name without folders. */
export interface ReportFile {
  readonly name: string;
  readonly text: string;
}

/** As the Autobahn Testsuite writes them: `index.json`, and a JSON file for each case. Skipped cases are left out. */
export function autobahnFiles(runs: readonly RunReport[]): ReportFile[] {
  const files: ReportFile[] = [];
  const index: Record<string, Record<string, object>> = {};
  for (const run of runs) {
    const own: Record<string, object> = (index[run.agent] = {});
    for (const one of run.cases) {
      if (one.skipped !== undefined) continue;
      const reportfile = `${safeName(`${run.agent}_case_${one.id}`)}.json`;
      const { behavior, behaviorClose } = one;
      own[one.id] = {
        behavior,
        behaviorClose,
        remoteCloseCode: one.remoteCloseCode ?? null,
        duration: milliseconds(one),
        reportfile,
      };
      files.push({ name: reportfile, text: `${JSON.stringify(details(run, one), undefined, 2)}\n` });
    }
  }
  return [{ name: 'index.json', text: `${JSON.stringify(index, undefined, 3)}\n` }, ...files];
}

function details({ agent, startedAt }: RunReport, one: CaseReport): object {
  const { id, title, expected, actual, behavior, behaviorClose, remoteCloseCode, rfc, command, frames } = one;
  return {
    ...{ agent, id, case: id, description: title, expectation: expected, result: actual, behavior, behaviorClose },
    ...{ remoteCloseCode: remoteCloseCode ?? null, duration: milliseconds(one), rfc, command, frames },
    started: new Date(startedAt * 1000).toISOString(),
  };
}

function milliseconds({ duration }: CaseReport): number {
  return Math.round(duration * 1000);
}

/** Letters, digits and `_`, as the suite has it; never a folder, and not too long for a file system. */
function safeName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '_')
    .slice(0, 180);
}
