import { plainDiagnostic, type Diagnostic, type PlainDiagnostic } from '../rules/catalogue.js';

/** A diagnostic, in words or not; one of a handshake says which half it is about. */
export type SidedDiagnostic = (Diagnostic & Pick<PlainDiagnostic, 'side'>) | PlainDiagnostic;

/** A diagnostic as it is nested in a record. */
export function diagnosticFields(diagnostic: SidedDiagnostic): Record<string, unknown> {
  const plain = 'severity' in diagnostic ? diagnostic : plainDiagnostic(diagnostic);
  const { code, severity, rfc, message, closeCode, side, start } = plain;
  return {
    code,
    severity,
    rfc,
    message,
    offset: start,
    ...(closeCode !== undefined && { closeCode }),
    ...(side !== undefined && { direction: side === 'request' ? 'client' : 'server' }),
  };
}
