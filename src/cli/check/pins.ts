import { isVerdict } from '../../conformance/case.js';
import { readOutcomes, type Outcomes } from '../../conformance/reports/outcomes.js';
import { casesNamed } from './cases.js';
import { UsageError } from '../host/exit.js';
import type { Io } from '../host/io.js';
import { fileOf } from '../host/tls-files.js';

/** Results of an earlier run, by agent. */
export interface Pins {
  readonly path: string;
  readonly agents: ReadonlyMap<string, Outcomes>;
}

/** Reads a file of results. Throws a UsageError where it can't be read, or names an unknown verdict. */
export async function resultsIn(io: Io, path: string): Promise<Pins> {
  const read = readOutcomes(new TextDecoder().decode(await fileOf(io, path)));
  if ('problem' in read) throw new UsageError(`${path}: ${read.problem}`);
  for (const outcomes of read.agents.values()) {
    for (const [id, { behavior, behaviorClose }] of outcomes) {
      const wrong = [behavior, behaviorClose].find((verdict) => verdict !== undefined && !isVerdict(verdict));
      if (wrong !== undefined) throw new UsageError(`${path}: ${id}: there is no verdict ${JSON.stringify(wrong)}`);
    }
  }
  return { path, agents: read.agents };
}

/** The same for `--expect`: an unknown case would never be looked at. */
export async function pinsIn(io: Io, path: string): Promise<Pins> {
  const pins = await resultsIn(io, path);
  if (pins.agents.size === 0) throw new UsageError(`${path}: there are no results of any peer`);
  const named = [...pins.agents.values()].flatMap((outcomes) => [...outcomes.keys()]);
  const ids = new Set((await casesNamed(named)).map(({ id }) => id));
  for (const outcomes of pins.agents.values()) {
    const unknown = [...outcomes.keys()].find((id) => !ids.has(id));
    if (unknown !== undefined) throw new UsageError(`${path}: there is no case ${JSON.stringify(unknown)}`);
  }
  return pins;
}

/** The results of one agent where there are several, the only ones otherwise. */
export function pinsFor({ path, agents }: Pins, agent?: string): Outcomes {
  const found = agents.size === 1 ? [...agents.values()][0] : agents.get(agent ?? '');
  if (found) return found;
  throw new UsageError(`${path}: there are results of ${[...agents.keys()].join(', ') || 'no peer'}, not of ${agent}`);
}

/** Results to compare: without any, nothing could be broken. */
export async function comparedIn(io: Io, path: string): Promise<Outcomes> {
  const outcomes = pinsFor(await resultsIn(io, path));
  if (outcomes.size === 0) throw new UsageError(`${path}: there are no results in it`);
  return outcomes;
}
