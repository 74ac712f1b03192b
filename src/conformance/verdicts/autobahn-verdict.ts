import type { ExpectedClose } from './expected-close.js';
import type { Behavior, CloseBehavior, CaseVerdict } from '../case.js';
import type { PeerRole } from '../peer-role.js';
import type { Ending, Received } from '../bench/received.js';
import { faultOf } from './fault-words.js';
import { endingText, receivedText } from './words.js';

/** What may come, by its verdict. */
export type Alternatives = Readonly<Partial<Record<Behavior, readonly Received[]>>>;

export interface Expectation {
  readonly received: Alternatives;
  readonly close: ExpectedClose;
  /** Any result is reported, not judged. */
  readonly informational?: true;
  /** If the wrong end closes, the behaviour is FAILED too. */
  readonly strictEnd?: true;
  /** So it is with the wrong close code. */
  readonly strictCode?: true;
}

/** The verdict on what came, and on how it ended: the first match counts. */
export function knownVerdict(
  expected: Expectation,
  received: readonly Received[],
  ending: Ending,
  peer: PeerRole,
): CaseVerdict {
  const close = closeVerdict(expected.close, ending, peer);
  const base = {
    actual: `${receivedText(received)}; ${endingText(ending, peer)}`,
    ...(ending.code !== undefined && { remoteCloseCode: ending.code }),
  };
  if (expected.informational) return { ...base, behavior: 'INFORMATIONAL', behaviorClose: 'INFORMATIONAL' };
  let behavior = matching(expected.received, received) ?? 'FAILED';
  if (expected.strictEnd && isWrongEnd(expected.close, ending)) behavior = 'FAILED';
  if (expected.strictCode && close === 'WRONG CODE') behavior = 'FAILED';
  const fault = faultOf({ behavior, behaviorClose: close }, expected.close, received, ending);
  return { ...base, behavior, behaviorClose: close, ...(fault !== undefined && { fault }) };
}

/** The alternative that is exactly what came. */
export function matching(alternatives: Alternatives, received: readonly Received[]): Behavior | undefined {
  const found = Object.entries(alternatives).find(([, list]) => areEqual(list, received));
  return found?.[0] as Behavior | undefined;
}

function closeVerdict(expected: ExpectedClose, ending: Ending, peer: PeerRole): CloseBehavior {
  if (isWrongEnd(expected, ending)) return 'FAILED';
  if (expected.clean && !ending.clean) return 'UNCLEAN';
  if (ending.code !== undefined && !expected.codes.includes(ending.code)) return 'WRONG CODE';
  if (peer === 'server' && ending.weDropped) return 'FAILED BY CLIENT';
  return 'OK';
}

function isWrongEnd(expected: ExpectedClose, ending: Ending): boolean {
  return ending.weClosed !== (expected.by === 'tester');
}

function areEqual(a: readonly Received[], b: readonly Received[]): boolean {
  return a.length === b.length && a.every((one, i) => isSame(one, b[i]!));
}

function isSame(a: Received, b: Received): boolean {
  if (a.what === 'timeout') return b.what === 'timeout' && a.tag === b.tag;
  if (a.what === 'message') return b.what === 'message' && a.binary === b.binary && areSameBytes(a.payload, b.payload);
  if (a.what === 'pong') return b.what === 'pong' && areSameBytes(a.payload, b.payload);
  return false;
}

export function areSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
