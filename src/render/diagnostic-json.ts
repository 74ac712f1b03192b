import { explain, type Diagnostic } from '../rules/catalogue.js';

/** A diagnostic as it is nested in a record. */
export function diagnosticFields(diagnostic: Diagnostic): Record<string, unknown> {
  const { code, severity, rfc, message, closeCode } = explain(diagnostic);
  return { code, severity, rfc, message, offset: diagnostic.span.start, ...(closeCode !== undefined && { closeCode }) };
}
