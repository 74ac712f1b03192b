import { groupOf, type CaseReport } from './report.js';

/** Cases of one group that have the same fault. */
export interface AlikeCases {
  readonly group: string;
  /** The fault, in words. */
  readonly fault: string;
  /** In their order; never empty. */
  readonly cases: readonly [CaseReport, ...CaseReport[]];
}

/** Puts together which cases are alike: of one group, with the same verdict and the same kind of fault. */
export function alikeCases(cases: readonly CaseReport[]): AlikeCases[] {
  const found = new Map<string, [CaseReport, ...CaseReport[]]>();
  for (const one of cases) {
    const { id, fault, actual, behavior, behaviorClose, changed, required } = one;
    const key = JSON.stringify([groupOf(id), fault ?? actual, behavior, behaviorClose, changed, required]);
    const list = found.get(key);
    if (list) list.push(one);
    else found.set(key, [one]);
  }
  return [...found.values()].map((list) => {
    const [{ id, fault, actual, changed }] = list;
    const words = fault ?? actual;
    return { group: groupOf(id), fault: changed === undefined ? words : `${changed}: ${words}`, cases: list };
  });
}

/** `group 6: invalid UTF-8 is accepted, 41 cases` */
export function alikeText({ group, fault, cases }: AlikeCases): string {
  return `group ${group}: ${fault}, ${cases.length} ${cases.length === 1 ? 'case' : 'cases'}`;
}
