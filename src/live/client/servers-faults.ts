import { isFinding, type Diagnostic } from '../../rules/catalogue.js';
import type { HandshakeDiagnostic } from '../../rules/handshake/rules.js';
import type { Judged } from '../../traffic/judged.js';

/** Answers over HTTP/2 that neither open nor refuse. */
const NO_STATUS: ReadonlySet<string> = new Set(['h2-status-101', 'h2-status-missing']);

/** What a lost connection cut off, and a length that is legal, and more than we can count. */
const NO_FAULTS: ReadonlySet<string> = new Set(['frame-truncated', 'length-unreadable']);

/** A fault of the server that is an error; what we sent on purpose is none. */
export function isServers(
  record: Judged,
  diagnostic: Diagnostic & Partial<Pick<HandshakeDiagnostic, 'side'>>,
): boolean {
  if (!isFinding(diagnostic, false) || NO_FAULTS.has(diagnostic.code)) return false;
  if (record.type === 'handshake') {
    return diagnostic.side === 'response' && (record.handshake.upgraded || NO_STATUS.has(diagnostic.code));
  }
  return record.direction === 'server';
}
