import { explain, type Diagnostic } from '../rules/catalogue.js';
import type { HandshakeDiagnostic } from '../rules/handshake/rules.js';

/** A diagnostic; one of a handshake says which half it is about. */
export type SidedDiagnostic = Diagnostic & Partial<Pick<HandshakeDiagnostic, 'side'>>;

/** A diagnostic as it is nested in a record. */
export function diagnosticFields(diagnostic: SidedDiagnostic): Record<string, unknown> {
  const { code, severity, rfc, message, closeCode } = explain(diagnostic);
  const { side, span } = diagnostic;
  return {
    code,
    severity,
    rfc,
    message,
    offset: span.start,
    ...(closeCode !== undefined && { closeCode }),
    ...(side !== undefined && { direction: side === 'request' ? 'client' : 'server' }),
  };
}
