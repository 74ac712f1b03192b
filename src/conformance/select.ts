import type { Case, PeerRole } from './case.js';
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

/** The cases to run, in the order of the list; and the patterns that match none. */
export interface Selected {
  readonly cases: readonly Case[];
  readonly unknown: readonly string[];
}

/** `6.4.1`, `7.*`, `7` (all below), `handshake*`, several with commas between them. */
export function select(
  all: readonly Case[],
  { peer, only = [], skip = [], full, safe, http = '1.1' }: Selection,
): Selected {
  const wanted = patterns(only);
  const unwanted = patterns(skip);
  const cases = all.filter(
    (one) =>
      one.peers.includes(peer) &&
      (one.http ?? http) === http &&
      (wanted.length === 0 ? full || !one.traits.includes('long') : wanted.some(({ matches }) => matches(one.id))) &&
      !(safe && one.traits.includes('unsafe')) &&
      !unwanted.some(({ matches }) => matches(one.id)),
  );
  const unknown = [...wanted, ...unwanted].filter(({ matches }) => !all.some(({ id }) => matches(id)));
  return { cases, unknown: unknown.map(({ text }) => text) };
}

interface Pattern {
  readonly text: string;
  matches(this: void, id: string): boolean;
}

function patterns(lists: readonly string[]): Pattern[] {
  const texts = lists.flatMap((list) => list.split(',').map((text) => text.trim())).filter((text) => text !== '');
  return texts.map((text) => ({ text, matches: (id) => matchesGlob(text, id) || id.startsWith(`${text}.`) }));
}
