import { causeBy, type Cause } from './catalogue.js';
import type { ConnectionFacts, ConnectionRole } from './connection-facts.js';
import { proxyOf, wasForwarded } from './proxies.js';

/** An end that an idle timeout would explain, and nothing that is known of the connection: TCP ended without a close frame. Seconds. */
export interface IdleEnd {
  readonly by: ConnectionRole;
  /** From the last byte to the end. */
  readonly silence: number;
  /** From the handshake to the end, where known. */
  readonly sinceOpen?: number;
  /** The proxy that the response names. */
  readonly proxy?: string;
  /** Its setting. */
  readonly setting?: string;
}

/** Connections to one server that ended after the same silence. */
export interface IdleRuns {
  /** Ends at different times: several at one time may have another common cause, such as a server that stopped. */
  readonly ends: number;
  /** The time from the handshake to the end is the same in all, too. */
  readonly sameLife: boolean;
}

/** A ping that was sent shortly before the end is no unanswered one: seconds. */
export const MIN_WAIT = 0.5;
/** What waits for a limit of time is late by up to this; long limits are coarser. Seconds. */
const LATE = 0.06;
const COARSE = { from: 30, step: 5, late: 0.5 };

export function idleEndOf(facts: ConnectionFacts): IdleEnd | undefined {
  const { handshake, close, end } = facts;
  if (handshake?.upgraded !== true || close !== undefined || end?.by === undefined || end.by === 'unknown') {
    return undefined;
  }
  const { by, silence = 0, sinceOpen } = end;
  if (silence < 1 - LATE || facts[by].unansweredPings > 0) return undefined;
  // A client that a person ends is not a timeout; a client that is a proxy's may be.
  if (by === 'client') return wasForwarded(handshake.request) ? { by, silence, ...known(sinceOpen) } : undefined;
  const { name: proxy, timeout: setting } = proxyOf(handshake.response) ?? {};
  return { by, silence, ...known(sinceOpen), ...(proxy && { proxy }), ...(setting && { setting }) };
}

function known(sinceOpen: number | undefined): Pick<IdleEnd, 'sinceOpen'> {
  return sinceOpen === undefined ? {} : { sinceOpen };
}

/** One end shows a timeout only if its silence is a round number of seconds, and proves none; several that agree prove it. */
export function causeOfIdle(end: IdleEnd, runs?: IdleRuns): Cause | undefined {
  if (runs === undefined && !isRound(end.silence)) return undefined;
  const { by, silence, sinceOpen = NaN, proxy, setting } = end;
  const isAlike = runs?.sameLife ?? isSameTime(silence, sinceOpen);
  const timeout = proxy === undefined ? 'an idle timeout' : `an idle timeout of ${proxy} or of the server`;
  return causeBy('idle-timeout', {
    by,
    silence: silence.toFixed(1),
    runs:
      runs === undefined
        ? ''
        : runs.ends === 2
          ? ', in both of two connections'
          : `, in each of ${runs.ends} connections`,
    verdict: `${runs === undefined ? 'perhaps ' : ''}${timeout}${isAlike ? ' (or a limit on the time from the handshake on)' : ''}`,
    setting: setting === undefined ? '' : ` (${setting})`,
  });
}

/** Both can be the same limit of time, in seconds. */
export function isSameTime(one: number, other: number): boolean {
  return Math.abs(one - other) <= (Math.min(one, other) < COARSE.from ? LATE : COARSE.late);
}

function isRound(seconds: number): boolean {
  const isOff = (step: number): number => Math.abs(seconds - Math.round(seconds / step) * step);
  return isOff(1) <= LATE || (seconds >= COARSE.from && isOff(COARSE.step) <= COARSE.late);
}
