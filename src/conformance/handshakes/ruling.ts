import type { Behavior, Level, CaseVerdict } from '../case.js';
import type { PeerRole } from '../peer-role.js';

/** What a peer did with the other half of an opening handshake; `silent`: neither, and the connection is still open. */
export type RulingOutcome = 'accepted' | 'refused' | 'silent';

/** The verdict of the RFC on each outcome. */
export interface Ruling extends Readonly<Record<RulingOutcome, Behavior>> {
  readonly level: Level;
  readonly expected: Readonly<Record<PeerRole, string>>;
}

const REFUSING = {
  server: 'the server refuses it: a status of 4xx or 5xx, or the end of the connection',
  client: 'the client fails the connection: it ends TCP and sends nothing more',
};
const ACCEPTING = {
  server: 'the server accepts it: status 101',
  client: 'the client takes the connection as open, and answers a ping',
};

export const MUST_REFUSE: Ruling = {
  level: 'MUST',
  accepted: 'FAILED',
  refused: 'OK',
  silent: 'FAILED',
  expected: REFUSING,
};

export const SHOULD_REFUSE: Ruling = {
  level: 'SHOULD',
  accepted: 'NON-STRICT',
  refused: 'OK',
  silent: 'NON-STRICT',
  expected: REFUSING,
};

export const MUST_ACCEPT: Ruling = {
  level: 'MUST',
  accepted: 'OK',
  refused: 'FAILED',
  silent: 'FAILED',
  expected: ACCEPTING,
};

export const SHOULD_ACCEPT: Ruling = {
  level: 'SHOULD',
  accepted: 'OK',
  refused: 'NON-STRICT',
  silent: 'NON-STRICT',
  expected: ACCEPTING,
};

/** Both are legal, one of them has to be. */
export const EITHER: Ruling = {
  level: 'MUST',
  accepted: 'OK',
  refused: 'OK',
  silent: 'FAILED',
  expected: {
    server: 'the server accepts it, or refuses it with 4xx or 5xx or by ending the connection: both are legal',
    client: 'the client takes the connection as open, or ends TCP: both are legal',
  },
};

/** The same where the RFC only advises. */
export const RATHER_EITHER: Ruling = { ...EITHER, level: 'SHOULD', silent: 'NON-STRICT' };

const REPORTED_ONLY = 'anything: it is reported, not judged';

export const REPORTED: Ruling = {
  level: 'REPORT',
  accepted: 'INFORMATIONAL',
  refused: 'INFORMATIONAL',
  silent: 'INFORMATIONAL',
  expected: { server: REPORTED_ONLY, client: REPORTED_ONLY },
};

/** A further finding, and the least verdict for it. */
export interface Remark {
  readonly behavior: Behavior;
  readonly text: string;
}

const BY_WEIGHT: readonly Behavior[] = ['OK', 'INFORMATIONAL', 'UNIMPLEMENTED', 'NON-STRICT', 'FAILED'];

/** The kind of fault where an outcome is one. */
const FAULTS: Readonly<Record<RulingOutcome, string>> = {
  accepted: 'what has to be refused is accepted',
  refused: 'what has to be accepted is refused',
  silent: 'there is no answer',
};

/** The verdict of a case that has no closing handshake: the heaviest of what was found. */
export function openingVerdict(
  behavior: Behavior,
  actual: string,
  remarks: readonly (Remark | undefined)[] = [],
  outcome?: RulingOutcome,
): CaseVerdict {
  const fault = behavior === 'FAILED' && outcome !== undefined ? FAULTS[outcome] : undefined;
  const found = remarks.filter((one) => one !== undefined);
  const all = [behavior, ...found.map((one) => one.behavior)];
  return {
    behavior: BY_WEIGHT.findLast((one) => all.includes(one))!,
    behaviorClose: 'OK',
    actual: [actual, ...found.map((one) => one.text)].join('; '),
    ...(fault !== undefined && { fault }),
  };
}
