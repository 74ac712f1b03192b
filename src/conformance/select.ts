import type { Case } from './case.js';
import type { PeerRole } from './peer-role.js';
import { matchesGlob } from './glob.js';

export interface Selection {
  readonly peer: PeerRole;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  /** Groups 9, 12 and 13 too. */
  readonly full: boolean;
  /** The version of HTTP that the WebSockets come over; 1.1 by default. */
  readonly http?: Case['http'];
  /** Without floods, bombs and large data. */
  readonly safe: boolean;
}

/** The cases to run, in the order of the list: those that connections take in turn only where there are no others. */
export interface Selected {
  readonly cases: readonly Case[];
  /** Patterns that match no case. */
  readonly unknown: readonly string[];
  /** Patterns of cases that connections take in turn, where there are others. */
  readonly apart: readonly string[];
}

/** `6.4.1`, `7.*`, `7` (all below), `handshake*`, several with commas between them. */
export function select(
  all: readonly Case[],
  { peer, only = [], skip = [], full, safe, http = '1.1' }: Selection,
): Selected {
  const wanted = patterns(only);
  const unwanted = patterns(skip);
  const fitting = all.filter(
    (one) =>
      one.peers.includes(peer) &&
      (one.http ?? http) === http &&
      (wanted.length === 0 ? full || !one.traits.includes('long') : wanted.some(({ matches }) => matches(one.id))) &&
      !(safe && one.traits.includes('unsafe')) &&
      !unwanted.some(({ matches }) => matches(one.id)),
  );
  const isInTurn = ({ traits }: Case): boolean => traits.includes('in-turn');
  const usual = fitting.filter((one) => !isInTurn(one));
  const isApart = ({ matches }: Pattern): boolean => {
    const of = fitting.filter(({ id }) => matches(id));
    return usual.length > 0 && of.length > 0 && of.every(isInTurn);
  };
  const unknown = [...wanted, ...unwanted].filter(({ matches }) => !all.some(({ id }) => matches(id)));
  const textOf = ({ text }: Pattern): string => text;
  return {
    cases: usual.length > 0 ? usual : fitting,
    unknown: unknown.map(textOf),
    apart: wanted.filter(isApart).map(textOf),
  };
}

interface Pattern {
  readonly text: string;
  matches(this: void, id: string): boolean;
}

function patterns(lists: readonly string[]): Pattern[] {
  const texts = lists.flatMap((list) => list.split(',').map((text) => text.trim())).filter((text) => text !== '');
  return texts.map((text) => ({ text, matches: (id) => matchesGlob(text, id) || id.startsWith(`${text}.`) }));
}
