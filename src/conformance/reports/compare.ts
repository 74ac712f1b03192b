import { passes, type Behavior, type CloseBehavior } from '../case.js';
import { outcomeText, type CaseOutcome, type Outcomes } from './outcomes.js';

export type ChangeKind = 'fixed' | 'broken' | 'changed' | 'added' | 'removed';

export interface OutcomeChange {
  readonly kind: ChangeKind;
  readonly id: string;
  readonly before?: string;
  readonly after?: string;
}

/** The change of each case between two results; equal ones are left out. */
export function compareOutcomes(before: Outcomes, after: Outcomes): OutcomeChange[] {
  const ids = [...new Set([...before.keys(), ...after.keys()])];
  return ids.flatMap((id): OutcomeChange[] => {
    const [a, b] = [before.get(id), after.get(id)];
    if (a && !b) return [{ kind: 'removed', id, before: outcomeText(a) }];
    if (!a && b) return [{ kind: 'added', id, after: outcomeText(b) }];
    const [was, is] = [outcomeText(a!), outcomeText(b!)];
    return was === is ? [] : [{ kind: kindOf(a!, b!), id, before: was, after: is }];
  });
}

function kindOf(before: CaseOutcome, after: CaseOutcome): ChangeKind {
  const [was, is] = [isPass(before), isPass(after)];
  if (was === is) return 'changed';
  return is ? 'fixed' : 'broken';
}

function isPass({ behavior, behaviorClose = 'OK' }: CaseOutcome): boolean {
  return passes({ behavior: behavior as Behavior, behaviorClose: behaviorClose as CloseBehavior });
}
