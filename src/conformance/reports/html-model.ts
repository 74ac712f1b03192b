import type { CaseReport } from './report.js';

/** One peer that was tested. */
export interface HtmlRun {
  readonly agent: string;
  readonly target: string;
  /** Seconds since 1970. */
  readonly startedAt: number;
  /** Seconds. */
  readonly duration: number;
  readonly seed: number;
  readonly version: string;
  readonly cases: readonly CaseReport[];
}

export type Sign =
  | 'ok'
  | 'non-strict'
  | 'informational'
  | 'unimplemented'
  | 'failed'
  | 'changed'
  | 'missing'
  | 'reported'
  | 'known'
  | 'skipped';

/**
 * Sign and words as in the terminal; `tag` is the class. A failure of a case that is not required is an F, but not a filled one; one
 * that `--expect` knows is muted, and a verdict that it does not have is as bad as a failure.
 */
export const SIGNS: Readonly<Record<Sign, { readonly sign: string; readonly tag: string; readonly words: string }>> = {
  failed: { sign: 'F', tag: 'f', words: 'failed' },
  changed: { sign: '!', tag: 'f', words: 'not as expected' },
  missing: { sign: '?', tag: 'f', words: 'not run' },
  reported: { sign: 'F', tag: 'r', words: 'failed, not required' },
  known: { sign: 'k', tag: 'u', words: 'failed, as expected' },
  'non-strict': { sign: 'n', tag: 'n', words: 'non-strict' },
  informational: { sign: 'i', tag: 'i', words: 'informational' },
  unimplemented: { sign: 'u', tag: 'u', words: 'unimplemented' },
  skipped: { sign: '-', tag: 's', words: 'skipped' },
  ok: { sign: '.', tag: 'o', words: 'OK' },
};
export const SIGN_NAMES = Object.keys(SIGNS) as Sign[];
/** What a person has to look at, the worst first. */
export const BAD_SIGNS = ['failed', 'changed', 'missing', 'reported'] as const satisfies readonly Sign[];
const BAD: ReadonlySet<Sign | undefined> = new Set(BAD_SIGNS);

/** What the numbered groups are about. */
const GROUP_NAMES: ReadonlyMap<string, string> = new Map([
  ['1', 'framing'],
  ['2', 'pings and pongs'],
  ['3', 'reserved bits'],
  ['4', 'reserved opcodes'],
  ['5', 'fragmentation'],
  ['6', 'UTF-8'],
  ['7', 'closing'],
  ['9', 'size and number'],
  ['10', 'auto-fragmentation'],
  ['12', 'compression: data'],
  ['13', 'compression: terms'],
]);

/** One case, and its result for each agent: undefined where that run did not have it. */
export interface ReportRow {
  readonly id: string;
  readonly anchor: string;
  readonly cells: readonly (CaseReport | undefined)[];
  /** The worst of its cells. */
  readonly worst: Sign;
}

export interface ReportGroup {
  readonly name: string;
  readonly words: string;
  readonly anchor: string;
  readonly rows: readonly ReportRow[];
}

export interface Model {
  readonly runs: readonly HtmlRun[];
  /** A name for each run that no other has. */
  readonly names: readonly string[];
  readonly groups: readonly ReportGroup[];
  /** Rows with a failure, required ones first: the order of "next". */
  readonly failed: readonly ReportRow[];
}

export function modelOf(runs: readonly HtmlRun[]): Model {
  const table = new Map<string, (CaseReport | undefined)[]>();
  for (const [column, { cases }] of runs.entries()) {
    for (const one of cases) {
      const cells = table.get(one.id) ?? Array<undefined>(runs.length).fill(undefined);
      table.set(one.id, cells);
      // An id that comes twice must not hide a failure.
      if (!isFailed(signOf(cells[column]))) cells[column] = one;
    }
  }
  const rows = [...table].map(([id, cells], at) => rowOf(id, cells, at));
  const groups = grouped(rows);
  const inOrder = groups.flatMap((group) => group.rows);
  const failed = BAD_SIGNS.flatMap((sign) => inOrder.filter(({ worst }) => worst === sign));
  return { runs, names: namesOf(runs), groups, failed };
}

export function signOf(one: CaseReport | undefined): Sign | undefined {
  if (!one) return undefined;
  if (one.missing) return 'missing';
  if (one.changed !== undefined) return 'changed';
  if (one.known) return 'known';
  if (one.skipped !== undefined) return 'skipped';
  if (!one.passed) return one.required ? 'failed' : 'reported';
  if (one.behavior === 'NON-STRICT') return 'non-strict';
  if (one.behavior === 'INFORMATIONAL') return 'informational';
  return one.behavior === 'UNIMPLEMENTED' ? 'unimplemented' : 'ok';
}

export function isFailed(sign: Sign | undefined): boolean {
  return BAD.has(sign);
}

/** The number of each sign. */
export function tally(cases: Iterable<CaseReport | undefined>): Map<Sign, number> {
  const counts = new Map<Sign, number>();
  for (const one of cases) {
    const sign = signOf(one);
    if (sign) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  }
  return counts;
}

/** Where the outcome at one agent is. */
export function cellAnchor({ anchor }: ReportRow, column: number): string {
  return `${anchor}~${column + 1}`;
}

function rowOf(id: string, cells: readonly (CaseReport | undefined)[], at: number): ReportRow {
  const signs = new Set(cells.map(signOf));
  return {
    id,
    cells,
    anchor: anchorOf('case', id, at),
    worst: SIGN_NAMES.find((sign) => signs.has(sign)) ?? 'skipped',
  };
}

/** Addresses stay as long as the ids; one that would need escapes gets a number, with a `~` that none of the others has. */
function anchorOf(prefix: string, id: string, at: number): string {
  return /^[\w.-]{1,80}$/.test(id) ? `${prefix}-${id}` : `${prefix}~${at}`;
}

function grouped(rows: readonly ReportRow[]): ReportGroup[] {
  const groups = new Map<string, ReportRow[]>();
  for (const row of rows) {
    const name = row.id.split('.', 1)[0]!;
    const members = groups.get(name);
    if (members) members.push(row);
    else groups.set(name, [row]);
  }
  return [...groups].map(([name, members], at) => ({
    name,
    words: GROUP_NAMES.get(name) ?? '',
    anchor: anchorOf('group', name, at),
    rows: members,
  }));
}

function namesOf(runs: readonly HtmlRun[]): string[] {
  const counts = new Map<string, number>();
  for (const { agent } of runs) counts.set(agent, (counts.get(agent) ?? 0) + 1);
  return runs.map(({ agent }, at) => (counts.get(agent) === 1 ? agent : `${agent} (${at + 1})`));
}
