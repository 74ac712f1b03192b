import { escapeText } from '../../describe/escape.js';
import { joined, print, type Printable } from '../../describe/printable.js';
import type { Behavior, Case, CloseBehavior } from '../../conformance/case.js';
import { passes } from '../../conformance/case.js';
import type { CaseResult } from '../../conformance/run.js';
import type { Look } from '../../terminal/layout.js';
import type { Role, Theme } from '../../terminal/theme.js';

/** A sign for each verdict of a case; a pending one is a blank. */
type VerdictSign = 'ok' | 'non-strict' | 'informational' | 'unimplemented' | 'failed' | 'skipped';

const SIGNS: Readonly<
  Record<VerdictSign, { readonly sign: Printable; readonly role: Role; readonly words: Printable }>
> = {
  ok: { sign: print`.`, role: 'ok', words: print`OK` },
  'non-strict': { sign: print`n`, role: 'warning', words: print`non-strict` },
  informational: { sign: print`i`, role: 'notice', words: print`informational` },
  unimplemented: { sign: print`u`, role: 'dim', words: print`unimplemented` },
  failed: { sign: print`F`, role: 'error', words: print`FAILED` },
  skipped: { sign: print`-`, role: 'dim', words: print`skipped` },
};

const BY_BEHAVIOR: Readonly<Partial<Record<Behavior | CloseBehavior, VerdictSign>>> = {
  OK: 'ok',
  'NON-STRICT': 'non-strict',
  INFORMATIONAL: 'informational',
  UNIMPLEMENTED: 'unimplemented',
};

/** What the numbered groups are about. */
const GROUPS: Readonly<Record<string, Printable>> = {
  '1': print`framing`,
  '2': print`pings and pongs`,
  '3': print`reserved bits`,
  '4': print`reserved opcodes`,
  '5': print`fragmentation`,
  '6': print`UTF-8`,
  '7': print`closing`,
  '9': print`size and number`,
  '10': print`auto-fragmentation`,
  '12': print`compression: data`,
  '13': print`compression: terms`,
};

const NAME_WIDTH = 24;

export function groupOf({ id }: Pick<Case, 'id'>): string {
  return id.slice(0, id.indexOf('.'));
}

function titleOf(group: string): Printable {
  const words = GROUPS[group];
  return words ? print`${escapeText(group.padStart(2))} ${words}` : escapeText(group);
}

function signOf(result: CaseResult | undefined): VerdictSign | undefined {
  if (!result) return undefined;
  if (result.skipped !== undefined) return 'skipped';
  return passes(result) ? BY_BEHAVIOR[result.behavior] : 'failed';
}

/** The cases by group, a sign for each: the verdicts that are known so far. */
export function matrix(cases: readonly Case[], results: ReadonlyMap<string, CaseResult>, look: Look): Printable[] {
  const { theme, width } = look;
  const room = Math.max(10, width - NAME_WIDTH - 1);
  return [...grouped(cases)].flatMap(([group, members]) => {
    const signs = members.map((one) => signOf(results.get(one.id)));
    const rows: Printable[] = [];
    for (let at = 0; at < signs.length; at += room) {
      const name = at === 0 ? titleOf(group) : print``;
      rows.push(print`${name.padEnd(NAME_WIDTH).slice(0, NAME_WIDTH)} ${painted(signs.slice(at, at + room), theme)}`);
    }
    return rows;
  });
}

function grouped(cases: readonly Case[]): Map<string, Case[]> {
  const groups = new Map<string, Case[]>();
  for (const one of cases) {
    const group = groupOf(one);
    const members = groups.get(group);
    if (members) members.push(one);
    else groups.set(group, [one]);
  }
  return groups;
}

/** Neighbours of the same kind are painted at once. */
function painted(signs: readonly (VerdictSign | undefined)[], theme: Theme): Printable {
  let out = print``;
  for (let at = 0; at < signs.length;) {
    const sign = signs[at];
    let end = at;
    while (end < signs.length && signs[end] === sign) end++;
    out = print`${out}${sign ? theme[SIGNS[sign].role](SIGNS[sign].sign.repeat(end - at)) : print` `.repeat(end - at)}`;
    at = end;
  }
  return out;
}

/** The signs that occur, explained on one line. */
export function legend(results: Iterable<CaseResult>, { theme }: Look): Printable {
  const counts = new Map<VerdictSign, number>();
  for (const result of results) {
    const sign = signOf(result)!;
    counts.set(sign, (counts.get(sign) ?? 0) + 1);
  }
  return joined(
    (Object.keys(SIGNS) as VerdictSign[])
      .filter((sign) => counts.has(sign))
      .map((sign) => print`${theme[SIGNS[sign].role](SIGNS[sign].sign)} ${counts.get(sign) ?? 0} ${SIGNS[sign].words}`),
    print`   `,
  );
}
