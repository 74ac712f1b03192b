import type { Cause } from '../../rules/causes/catalogue.js';
import { dialCauseBy } from '../../rules/causes/dial-catalogue.js';
import type { ConnectionSummary } from '../../traffic/tally/summary.js';
import type { SessionTrouble } from './http2-trouble.js';

/** What a client knows of its own end of a stream. */
interface OwnEnd {
  /** Why it ended the connection. */
  readonly trouble: SessionTrouble | undefined;
  /** What was found wrong with the connection, in words. */
  readonly faults: string | undefined;
  /** It waited for a window of the other end. */
  readonly isShut: boolean;
}

/** Where this end reset the stream or ended the connection, the cause is what the server did. */
export function withOwnEnd(summary: ConnectionSummary, { trouble, faults, isShut }: OwnEnd): ConnectionSummary {
  const { cause } = summary;
  if (cause?.code === 'h2-stream-reset' && cause.message.startsWith('the client')) {
    if (faults !== undefined)
      return { ...summary, cause: dialCauseBy('h2-ended-here', { what: 'stream', reason: faults }) };
    return cause.message.includes('RST_STREAM CANCEL') ? leaving(summary, isShut) : summary;
  }
  if (trouble === undefined || !mayBeOurs(summary)) return summary;
  const args = { what: 'connection, with all its WebSockets,', reason: faults ?? trouble.words };
  return { ...summary, cause: dialCauseBy('h2-ended-here', args) };
}

function mayBeOurs({ cause, closeCode }: ConnectionSummary): boolean {
  return cause === undefined ? closeCode === undefined : cause.code === 'h2-goaway';
}

/** It went by itself: no cause, except that it could not send. */
function leaving(summary: ConnectionSummary, hasWaited: boolean): ConnectionSummary {
  const { cause: left, ...rest } = summary satisfies { readonly cause?: Cause };
  const isShut = left !== undefined && (hasWaited || summary.diagnostics['h2-window-exhausted'] !== undefined);
  return isShut ? { ...rest, cause: dialCauseBy('h2-window-shut', {}) } : rest;
}
