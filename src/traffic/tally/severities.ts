import { RULES, type DiagnosticCode } from '../../rules/catalogue.js';
import type { Severity } from '../../rules/rule.js';
import type { DiagnosticCounts } from './summary.js';

/** How often rules of each severity were broken. */
export function severities(diagnostics: DiagnosticCounts): Record<Severity, number> {
  const counts = { error: 0, warning: 0, notice: 0 };
  for (const [code, count] of Object.entries(diagnostics)) counts[severityOf(code as DiagnosticCode)] += count;
  return counts;
}

export function severityOf(code: DiagnosticCode): Severity {
  return RULES[code].severity;
}
