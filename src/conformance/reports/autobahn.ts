import type { CaseReport, RunReport } from './report.js';

/** A file of a report, its name without folders. */
export interface ReportFile {
  readonly name: string;
  readonly text: string;
}

/** Null prototype: an agent's name may be any text. */
function namesake<Value>(): Record<string, Value> {
  return Object.create(null) as Record<string, Value>;
}

/** As the Autobahn Testsuite writes them: `index.json`, and a JSON file for each case. Skipped cases are left out. */
export function autobahnFiles(runs: readonly RunReport[]): ReportFile[] {
  const files: ReportFile[] = [];
  const index = namesake<Record<string, object>>();
  const agents = new Names((agent, again) => (again === 0 ? agent : `${agent} (${again + 1})`));
  const names = new Names((name, again) => `${name.slice(0, MOST_NAME)}${again === 0 ? '' : `_${again + 1}`}.json`);
  names.take('index');
  for (const run of runs) {
    const own = (index[agents.take(run.agent)] = namesake<object>());
    for (const one of run.cases) {
      if (one.skipped !== undefined) continue;
      const reportfile = names.take(`${safeName(run.agent).slice(0, MOST_AGENT)}_case_${safeName(one.id)}`);
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

/** Characters of a file's name, and of the agent's part of it: no file system takes less. */
const MOST_NAME = 180;
const MOST_AGENT = 100;

/** Letters, digits and `_`, as the suite has it: never a folder, a device or hidden, and the same without regard to case. */
function safeName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '_');
}

/** Gives each name once: what is taken already gets a number. */
class Names {
  private readonly taken = new Set<string>();
  /** The next number of a name: many may be equal. */
  private readonly next = new Map<string, number>();

  constructor(private readonly numbered: (name: string, again: number) => string) {}

  take(name: string): string {
    for (let again = this.next.get(name) ?? 0; ; again++) {
      const tried = this.numbered(name, again);
      if (this.taken.has(tried)) continue;
      this.taken.add(tried);
      this.next.set(name, again + 1);
      return tried;
    }
  }
}
