import { brokenRule } from '../../terminal/handshakes/diagnostics.js';
import type { DiffTotals } from '../../traffic/run-records/reply-difference.js';
import type { ClientOutcome } from '../../live/client/client-outcome.js';
import { EXIT } from '../host/exit.js';
import { closeCodeInfo } from '../../traffic/toolbox/builders.js';

/** Why a conversation ended. */
export type ConnectEnding =
  /** Everything that was waited for came. */
  | 'goal'
  /** Everything was sent, and the replies have come, or nothing more came. */
  | 'done'
  /** The time of `--wait` passed. */
  | 'wait'
  | 'max-time'
  | 'ping-timeout'
  /** The user at the prompt left. */
  | 'quit'
  /** The output is no longer read. */
  | 'unread'
  | 'interrupted'
  /** The source of the messages can't be read. */
  | 'input'
  /** The other end closed, or the connection broke. */
  | 'peer';

export interface Judgeable {
  readonly ending: ConnectEnding;
  readonly outcome: ClientOutcome;
  /** The conditions of `--count` and `--expect` that were not met. */
  readonly unmet: string | undefined;
  readonly expectClose: number | undefined;
  /** Messages that could not be sent any more, in words. */
  readonly unsent: string | undefined;
}

export interface Conclusion {
  readonly exit: number;
  /** What is reported, where it is not 0. */
  readonly message?: string;
}

const TIME: Partial<Record<ConnectEnding, string>> = {
  'max-time': 'the time is up (--max-time)',
  'ping-timeout': 'no pong came in time (--ping-timeout)',
};

/** Ends with codes for a normal end: normal, going away, none (RFC 6455 §7.4.1). */
const FINE: readonly number[] = [1000, 1001, 1005];

/** The exit code of a conversation after a completed handshake, as docs/exit-codes.md has it. */
export function conclusionOf(facts: Judgeable): Conclusion {
  const { ending, outcome, unmet, expectClose, unsent } = facts;
  if (outcome.kind === 'invalid') return { exit: EXIT.handshake, message: reasonOf(outcome) };
  if (outcome.kind === 'broken') return { exit: EXIT.protocol, message: `protocol broken: ${reasonOf(outcome)}` };
  if (ending === 'unread') return { exit: EXIT.ok };
  const late = TIME[ending];
  if (late !== undefined) return { exit: EXIT.time, message: unmet === undefined ? late : `${late}: ${unmet}` };
  if (unmet !== undefined && ending === 'wait') return { exit: EXIT.time, message: `the wait is over: ${unmet}` };
  if (expectClose !== undefined) return expectedClose(outcome, expectClose, unmet);
  if (unmet !== undefined) return { exit: EXIT.finding, message: `${endText(outcome)}, and ${unmet}` };
  if (ending === 'peer' || (ending !== 'goal' && isEarlier(outcome))) return leftByPeer(outcome, unsent);
  return ending === 'done' ? crossed(outcome) : { exit: EXIT.ok };
}

/** The server had closed, or this end had to, before it was to end. */
function isEarlier(outcome: ClientOutcome): boolean {
  return outcome.kind === 'closed' && (outcome.byPeer || outcome.limit !== undefined);
}

/** All replies had come and we closed; the server may have ended it at the same moment, for a reason of its own. */
function crossed(outcome: ClientOutcome): Conclusion {
  if (outcome.kind === 'closed' && outcome.code !== outcome.ours && !FINE.includes(outcome.code)) {
    return { exit: EXIT.closeCode, message: endText({ ...outcome, byPeer: true }) };
  }
  const isReset = outcome.kind === 'dropped' && outcome.reset;
  return isReset ? { exit: EXIT.dropped, message: endText(outcome) } : { exit: EXIT.ok };
}

function leftByPeer(outcome: ClientOutcome, unsent: string | undefined): Conclusion {
  if (outcome.kind === 'dropped') return { exit: EXIT.dropped, message: endText(outcome) };
  if (outcome.kind === 'closed' && outcome.byPeer && !FINE.includes(outcome.code)) {
    return { exit: EXIT.closeCode, message: endText(outcome) };
  }
  if (outcome.kind === 'closed' && outcome.limit !== undefined) {
    return { exit: EXIT.closeCode, message: `this end closed with ${outcome.code}: ${outcome.limit}` };
  }
  if (unsent !== undefined) return { exit: EXIT.finding, message: `${endText(outcome)}: ${unsent}` };
  return { exit: EXIT.ok };
}

function expectedClose(outcome: ClientOutcome, code: number, unmet: string | undefined): Conclusion {
  const came = outcome.kind === 'closed' ? outcome.code : 1006;
  if (came === code) {
    return unmet === undefined
      ? { exit: EXIT.ok }
      : { exit: EXIT.finding, message: `${endText(outcome)}, and ${unmet}` };
  }
  const exit = came === 1006 ? EXIT.dropped : EXIT.closeCode;
  return { exit, message: `${endText(outcome)}, expected was ${code}` };
}

/** The result of a comparison with a recording, in words. */
export function comparedText({ same, changed, missing, extra }: DiffTotals): string {
  const others = [
    changed > 0 && `${changed} ${changed === 1 ? 'differs' : 'differ'}`,
    missing > 0 && `${missing} did not come`,
    extra > 0 && `${extra} ${extra === 1 ? 'was' : 'were'} not recorded`,
  ].filter((part) => part !== false);
  if (others.length > 0) return `replies: ${[`${same} as recorded`, ...others].join(', ')}`;
  return same === 0 ? 'replies: none then, none now' : `replies: all ${same} as recorded`;
}

/** How it ended, in words. */
export function endText(outcome: ClientOutcome): string {
  if (outcome.kind === 'dropped') {
    const why = outcome.why === undefined ? '' : `: ${outcome.why}`;
    return `the connection was dropped without a close frame (1006${outcome.reset ? ', reset' : ''})${why}`;
  }
  if (outcome.kind !== 'closed') return `the connection ended: ${outcome.kind}`;
  const who = outcome.byPeer ? 'the server closed' : 'closed';
  const reason = outcome.reason === '' ? '' : ` "${outcome.reason}"`;
  return `${who} with ${outcome.code} ${closeCodeInfo(outcome.code).name}${reason}`;
}

/** Why a handshake or a peer's frames are invalid: the rule where one was broken, else the reason of the endpoint. */
export function reasonOf({ message, diagnostic }: Extract<ClientOutcome, { kind: 'invalid' | 'broken' }>): string {
  return diagnostic ? brokenRule(diagnostic) : message;
}
