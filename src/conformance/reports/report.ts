import { passes, type Behavior, type Case, type CloseBehavior, type Level } from '../case.js';
import type { PeerRole } from '../peer-role.js';
import { NOT_RUN, type CaseResult } from '../run.js';

/** One case of a finished run, as every report has it. */
export interface CaseReport {
  readonly id: string;
  readonly rfc: string;
  readonly level: Level;
  readonly title: string;
  readonly expected: string;
  readonly actual: string;
  readonly behavior: Behavior;
  readonly behaviorClose: CloseBehavior;
  readonly remoteCloseCode?: number;
  /** The kind of its fault; failed cases that are alike have the same. */
  readonly fault?: string;
  /** Seconds. */
  readonly duration: number;
  /** Why it was not run. */
  readonly skipped?: string;
  /** It should have run, and did not: then the run proves nothing about the peer. */
  readonly missing?: true;
  /** It failed, as `--expect` has it. */
  readonly known?: true;
  /** Its verdict is not the one of `--expect`: both, in words. */
  readonly changed?: string;
  /** Neither field is a fault. */
  readonly passed: boolean;
  /** It decides about the exit code. */
  readonly required: boolean;
  /** What runs it alone, with all frames shown. */
  readonly command: string;
  /** The exchange, as text; empty where it passed. */
  readonly frames: string;
}

/** A finished run against one peer. */
export interface RunReport {
  readonly peer: PeerRole;
  readonly agent: string;
  readonly target: string;
  /** Seconds since the epoch. */
  readonly startedAt: number;
  /** Seconds. */
  readonly duration: number;
  readonly seed: number;
  /** The WebSockets came over HTTP/2. */
  readonly http?: '2';
  /** Ours. */
  readonly version: string;
  readonly cases: readonly CaseReport[];
}

/** The cases of the Autobahn Testsuite, and of the others those that are about a MUST. */
export function isRequired({ id, level }: Pick<Case, 'id' | 'level'>): boolean {
  return /^\d/.test(id) || level === 'MUST';
}

/** The result of a case, in one record. */
export function caseReport(result: CaseResult, command: string, frames: string): CaseReport {
  const { case: one, behavior, behaviorClose, remoteCloseCode, actual, fault, duration, skipped } = result;
  const { id, rfc, level, title } = one;
  return {
    ...{ id, rfc, level, title, expected: result.expected ?? one.expected, actual, behavior, behaviorClose },
    ...(remoteCloseCode !== undefined && { remoteCloseCode }),
    ...(fault !== undefined && { fault }),
    duration: Math.round(duration * 1e6) / 1e6,
    ...(skipped !== undefined && { skipped }),
    ...{ passed: skipped === undefined && passes(result), required: isRequired(one), command, frames },
  };
}

/** A case that should have run, and did not; `counts`: the run is not complete without it. */
export function missingReport(one: Case, why: string, counts: boolean, command: string): CaseReport {
  const result = { case: one, ...NOT_RUN, actual: why, duration: 0, skipped: why };
  return { ...caseReport(result, command, ''), ...(counts && { missing: true as const }) };
}

/** It was run, and did not pass. */
export function hasFailed({ passed, skipped }: CaseReport): boolean {
  return !passed && skipped === undefined;
}

/** A user has to look at it: a required case that failed, or one that differs from the pinned verdict. */
export function isTrouble(one: CaseReport): boolean {
  if (one.missing || one.known) return false;
  return one.changed !== undefined || (hasFailed(one) && one.required);
}

/** The number of each verdict, skipped cases apart. */
export interface OutcomeCounts {
  readonly cases: number;
  readonly skipped: number;
  readonly failed: number;
  readonly requiredFailed: number;
  /** The skipped ones that should have run. */
  readonly missing: number;
  readonly behaviors: Readonly<Partial<Record<Behavior, number>>>;
  readonly closeBehaviors: Readonly<Partial<Record<CloseBehavior, number>>>;
}

export function countsOf(cases: readonly CaseReport[]): OutcomeCounts {
  const ran = cases.filter(({ skipped }) => skipped === undefined);
  const failed = ran.filter(hasFailed);
  return {
    cases: cases.length,
    skipped: cases.length - ran.length,
    failed: failed.length,
    requiredFailed: failed.filter(({ required }) => required).length,
    missing: cases.filter(({ missing }) => missing).length,
    behaviors: tally(ran.map(({ behavior }) => behavior)),
    closeBehaviors: tally(ran.map(({ behaviorClose }) => behaviorClose)),
  };
}

function tally<Name extends string>(names: readonly Name[]): Partial<Record<Name, number>> {
  const counts: Partial<Record<Name, number>> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** The text before the first dot. */
export function groupOf(id: string): string {
  return id.slice(0, id.indexOf('.'));
}
