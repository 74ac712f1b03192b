import type { ConnectionSummary } from './summary.js';
import { eachDirection } from './summary.js';
import { isQuietClose } from './close-codes.js';
import { mayHaveClosed, provenUnanswered } from './proven.js';
import { severities } from './severities.js';
import { isLong } from './stalls.js';

/**
 * A connection that ended badly, broke rules, has unanswered pings, or stalled. What the capture lacks is no trouble: a connection
 * that is open at its end, or of which bytes are missing, has none that is proven.
 */
export function isTrouble(summary: ConnectionSummary): boolean {
  return breaksRules(summary) || endsBadly(summary) || isRefused(summary) || isWaiting(summary.directions);
}

/** Those of WebSocket, or of its application protocol. */
export function breaksRules({ diagnostics, cause, app }: ConnectionSummary): boolean {
  const { error, warning } = severities(diagnostics);
  return error + warning > 0 || cause !== undefined || Object.keys(app?.diagnostics ?? {}).length > 0;
}

/** A close code that reports a failure, no close frame, or a reset before both: after both it is how many programs end TCP. */
export function endsBadly({ closeCode, ended, directions: { client, server } }: ConnectionSummary): boolean {
  return (
    !isQuietClose(closeCode) ||
    ended === 'failed' ||
    (ended === 'reset' && [client, server].some((end) => end.close === undefined && !mayHaveClosed(end)))
  );
}

/** Refused, or unanswered. A response that frames or a gap follow was sent, and not captured. */
export function isRefused({ handshake, directions: { server } }: ConnectionSummary): boolean {
  if (handshake === undefined || handshake.upgraded) return false;
  return handshake.answered || server.frames + server.gaps + server.otherBytes === 0;
}

/** An end waited for the other: its pings were not answered, or what it sent was not taken for long. */
export function isWaiting(directions: ConnectionSummary['directions']): boolean {
  return [...eachDirection(directions)].some(
    ([direction, { stalls }]) => provenUnanswered(directions, direction) > 0 || isLong(stalls),
  );
}
