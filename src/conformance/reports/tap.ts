import { escapeUnseen, escapeUnseenJson } from '../../codec/bytes/escaping.js';
import { hasFailed, type CaseReport, type RunReport } from './report.js';

/** TAP 14: a test for each case; what is not required and failed is a TODO, so that it does not fail the run. */
export function tapText(run: RunReport): string {
  return `TAP version 14\n1..${run.cases.length}\n${run.cases.map((one, i) => point(one, i + 1)).join('')}`;
}

function point(one: CaseReport, number: number): string {
  const { id, title, skipped, missing, required, behavior, behaviorClose } = one;
  if (missing)
    return `not ok ${number} - ${plain(`${id} ${title}`)}\n  ---\n  message: ${JSON.stringify(skipped)}\n  ...\n`;
  const isFault = hasFailed(one);
  const directive =
    skipped !== undefined ? ` # SKIP ${plain(skipped)}` : isFault && !required ? ' # TODO not required' : '';
  const line = `${isFault ? 'not ok' : 'ok'} ${number} - ${plain(`${id} ${title}`)}${directive}\n`;
  if (skipped !== undefined || (behavior === 'OK' && behaviorClose === 'OK')) return line;
  return line + diagnostics(one);
}

/** A YAML block: every value a double-quoted scalar, which JSON's strings are. */
function diagnostics({ behavior, behaviorClose, rfc, level, expected, actual, command, frames }: CaseReport): string {
  const values = { behavior, behaviorClose, rfc, level, expected, actual, command, ...(frames !== '' && { frames }) };
  const lines = Object.entries(values).map(
    ([name, value]) => `  ${name}: ${escapeUnseenJson(JSON.stringify(value))}\n`,
  );
  return `  ---\n${lines.join('')}  ...\n`;
}

/** One line; `#` begins a directive. */
function plain(value: string): string {
  return escapeUnseen(value.replace(/\s+/g, ' ')).replaceAll('\\', '\\\\').replaceAll('#', '\\#');
}
