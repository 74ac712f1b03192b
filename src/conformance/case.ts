import type { PeerRole } from './peer-role.js';
import type { Bench } from './bench/bench.js';

/** The verdicts of the Autobahn Testsuite; those about the close have three more. */
export type Behavior = 'OK' | 'NON-STRICT' | 'INFORMATIONAL' | 'UNIMPLEMENTED' | 'FAILED';
export type CloseBehavior = Behavior | 'UNCLEAN' | 'WRONG CODE' | 'FAILED BY CLIENT';

/** The verdict of a case. */
export interface CaseVerdict {
  readonly behavior: Behavior;
  readonly behaviorClose: CloseBehavior;
  /** What the peer did, in a sentence; what it should have done is the case's `expected`, or this where it depends. */
  readonly actual: string;
  readonly expected?: string;
  /** The kind of fault, where it is known to be one of a few; cases that are alike have the same. */
  readonly fault?: string;
  /** The code of the peer's close frame, where it had one. */
  readonly remoteCloseCode?: number;
}

/** The level of the RFC's requirement: a MUST decides about the exit code, all else is reported. */
export type Level = 'MUST' | 'SHOULD' | 'REPORT';

/** What a peer needs for a case to prove anything about it. */
export type Need = 'echo' | 'deflate';

/** How a case is run among others. */
export type Trait =
  /** Floods, bombs, large data: left out by `--safe`. */
  | 'unsafe'
  /** It measures or floods: no other case runs at the same time. */
  | 'alone'
  /** Left out by default (groups 9, 12 and 13). */
  | 'long'
  /** It is about several WebSockets that a client opens on one connection of HTTP/2. */
  | 'several'
  /** No request selects it, as it is about the connection before one: connections take such cases in turn, in a run of their own. */
  | 'in-turn';

/** One requirement for a peer: data, and a short `run`. */
export interface Case {
  /** As in `6.4.1`, or `handshake.key-absent`. */
  readonly id: string;
  /** As in `RFC 6455 §5.5.1`. */
  readonly rfc: string;
  readonly level: Level;
  readonly peers: readonly PeerRole[];
  /** What the tester does, in one sentence. */
  readonly title: string;
  /** What the peer should do, in one sentence. */
  readonly expected: string;
  readonly needs: readonly Need[];
  readonly traits: readonly Trait[];
  /** The version of HTTP that it is about: it is left out of runs over the other one. */
  readonly http?: '1.1' | '2';
  /** Time that it takes compared with a case of one message, where it takes much more. */
  readonly work?: number;
  run(this: void, bench: Bench): Promise<CaseVerdict>;
}

/** The verdicts that are no fault: both fields have to be among them. */
const PASSING: ReadonlySet<CloseBehavior> = new Set<CloseBehavior>([
  'OK',
  'NON-STRICT',
  'INFORMATIONAL',
  'UNIMPLEMENTED',
]);

const FAILING: ReadonlySet<string> = new Set<CloseBehavior>(['FAILED', 'UNCLEAN', 'WRONG CODE', 'FAILED BY CLIENT']);

/** Whether a word is one of the verdicts. */
export function isVerdict(word: string): boolean {
  return FAILING.has(word) || PASSING.has(word as CloseBehavior);
}

export function passes({ behavior, behaviorClose }: Pick<CaseVerdict, 'behavior' | 'behaviorClose'>): boolean {
  return PASSING.has(behavior) && PASSING.has(behaviorClose);
}
