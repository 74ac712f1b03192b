import type { Ending, Received } from '../bench/received.js';
import { passes, type CaseVerdict } from '../case.js';
import type { ExpectedClose } from './expected-close.js';

/** What a verdict is put on: both halves of it. */
type BehaviorPair = Pick<CaseVerdict, 'behavior' | 'behaviorClose'>;

const INVALID_TEXT = 1007;

/** The kind of fault, in a few words: failed cases of a group that are alike have the same. Undefined: it is none. */
export function faultOf(
  verdict: BehaviorPair,
  { by, codes }: Pick<ExpectedClose, 'by' | 'codes'>,
  received: readonly Received[],
  ending: Ending,
): string | undefined {
  if (passes(verdict)) return undefined;
  const found = by === 'peer' ? whereFailing(codes, ending) : whereAnswering(verdict, received, ending);
  return found ?? whereClosing(verdict);
}

/** The peer has to fail the connection. */
function whereFailing(codes: readonly number[], { weClosed }: Ending): string | undefined {
  if (!weClosed) return undefined;
  return codes.includes(INVALID_TEXT) ? 'invalid UTF-8 is accepted' : 'what has to be refused is accepted';
}

/** What is sent is legal. */
function whereAnswering(
  { behavior }: BehaviorPair,
  received: readonly Received[],
  { weClosed }: Ending,
): string | undefined {
  if (received.some(({ what }) => what === 'violation')) return 'what comes back breaks a rule';
  if (!weClosed) return 'what is legal is refused';
  if (behavior !== 'FAILED') return undefined;
  return received.length === 0 ? 'nothing comes back' : 'what comes back is something else';
}

function whereClosing({ behaviorClose }: BehaviorPair): string | undefined {
  switch (behaviorClose) {
    case 'UNCLEAN':
      return 'our close frame is not answered';
    case 'WRONG CODE':
      return 'the close code is another one';
    case 'FAILED BY CLIENT':
      return 'TCP is not ended after the closing handshake';
    default:
      return undefined;
  }
}
