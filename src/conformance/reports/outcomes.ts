/** The two verdicts of a case, as files keep them. */
export interface CaseOutcome {
  readonly behavior: string;
  readonly behaviorClose?: string | undefined;
}

/** By case. */
export type Outcomes = ReadonlyMap<string, CaseOutcome>;

/** By agent, and what can't be read. */
export type ReadOutcomes = { readonly agents: ReadonlyMap<string, Outcomes> } | { readonly problem: string };

/** Reads results: our `--json` lines, the Autobahn Testsuite's `index.json`, or what `--expect` takes: `{"6.4.1":"NON-STRICT"}`. */
export function readOutcomes(text: string): ReadOutcomes {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const first = parsed(lines[0] ?? '');
  if (isRecord(first) && typeof first['type'] === 'string') return fromRecords(lines);
  const whole = parsed(text);
  if (!isRecord(whole)) return { problem: 'it is neither --json records nor a JSON object' };
  const values = Object.values(whole);
  const isFlat = values.every((value) => typeof value === 'string' || (isRecord(value) && 'behavior' in value));
  const agents = isFlat ? { '': whole } : whole;
  const out = new Map<string, Outcomes>();
  for (const [agent, cases] of Object.entries(agents)) {
    if (!isRecord(cases)) return { problem: `${JSON.stringify(agent)} has no cases` };
    const outcomes = outcomesOf(cases);
    if (typeof outcomes === 'string') return { problem: outcomes };
    out.set(agent, outcomes);
  }
  return { agents: out };
}

function fromRecords(lines: readonly string[]): ReadOutcomes {
  const agents = new Map<string, Map<string, CaseOutcome>>();
  for (const [i, line] of lines.entries()) {
    const record = parsed(line);
    if (!isRecord(record)) return { problem: `line ${i + 1} is no JSON object` };
    const { type, id, agent = '', verdict: behavior, closeVerdict: behaviorClose, skipped } = record;
    if (type !== 'case' || skipped !== undefined) continue;
    if (typeof id !== 'string' || typeof behavior !== 'string')
      return { problem: `line ${i + 1} has no id and verdict` };
    const name = String(agent);
    let own = agents.get(name);
    if (!own) agents.set(name, (own = new Map<string, CaseOutcome>()));
    own.set(id, { behavior, ...(typeof behaviorClose === 'string' && { behaviorClose }) });
  }
  return { agents };
}

function outcomesOf(cases: Readonly<Record<string, unknown>>): Outcomes | string {
  const out = new Map<string, CaseOutcome>();
  for (const [id, value] of Object.entries(cases)) {
    const { behavior, behaviorClose } = isRecord(value) ? value : { behavior: value, behaviorClose: undefined };
    if (typeof behavior !== 'string') return `case ${JSON.stringify(id)} has no behavior`;
    out.set(id, { behavior, ...(typeof behaviorClose === 'string' && { behaviorClose }) });
  }
  return out;
}

/** What differs from the expectation; one without `behaviorClose` does not cover it. */
export interface Deviation {
  readonly id: string;
  readonly expected: string;
  readonly actual: string;
}

/** Cases whose verdict is not the pinned one, and unpinned ones that `isFault` names. */
export function deviations(pinned: Outcomes, came: Outcomes, isFault: (id: string) => boolean): Deviation[] {
  return [...came].flatMap(([id, outcome]) => {
    const pin = pinned.get(id);
    if (pin === undefined) return isFault(id) ? [{ id, expected: 'a pass', actual: outcomeText(outcome) }] : [];
    const isSame =
      pin.behavior === outcome.behavior &&
      (pin.behaviorClose === undefined || pin.behaviorClose === outcome.behaviorClose);
    return isSame ? [] : [{ id, expected: outcomeText(pin), actual: outcomeText(outcome) }];
  });
}

export function outcomeText({ behavior, behaviorClose }: CaseOutcome): string {
  return behaviorClose === undefined || behaviorClose === behavior ? behavior : `${behavior}, close ${behaviorClose}`;
}

/** What `--save-expect` writes: the cases that are not simply OK, to be pinned. */
export function expectationFile(outcomes: Outcomes): string {
  const pinned = [...outcomes].filter(
    ([, { behavior, behaviorClose = behavior }]) => behavior !== 'OK' || behaviorClose !== 'OK',
  );
  return `${JSON.stringify(Object.fromEntries(pinned), undefined, 2)}\n`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
