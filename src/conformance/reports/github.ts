import { escapeUnseen } from '../../codec/bytes/escaping.js';
import { hasFailed, type RunReport } from './report.js';

/** GitHub shows ten of a kind in a step. */
const MOST = 10;

/** Workflow commands that GitHub Actions shows as annotations: an error for each required case that failed, then a sum. */
export function githubCommands({ agent, cases }: RunReport): string {
  const failed = cases.filter(hasFailed);
  const required = failed.filter((one) => one.required);
  const lines = required.slice(0, MOST - 1).map(({ id, title, rfc, expected, actual, command }) => {
    const body = [title, `expected: ${expected}`, `actual: ${actual}`, `repeat: ${command}`]
      .map((line) => escapeUnseen(line))
      .join('\n');
    return `::error title=${property(`${id} (${rfc})`)}::${data(body)}\n`;
  });
  if (required.length >= MOST) {
    const rest = required.slice(MOST - 1).map(({ id }) => id);
    lines.push(`::error title=${property(`${rest.length} more`)}::${data(rest.join(', '))}\n`);
  }
  const missing = cases.filter((one) => one.missing).length;
  if (missing > 0)
    lines.push(`::error title=not run::${data(`${agent}: ${missing} of ${cases.length} cases were not run`)}\n`);
  const others = failed.length - required.length;
  const sum = `${agent}: ${required.length} of ${cases.length} cases failed${others > 0 ? `, and ${others} that are not required` : ''}`;
  return `${lines.join('')}::notice title=wsinspect check::${data(sum)}\n`;
}

/** What would not be seen as it is comes spelled out; then GitHub's own rules. */
function data(value: string): string {
  return escapeUnseen(value, { newline: 'keep' })
    .replaceAll('%', '%25')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A');
}

function property(value: string): string {
  return data(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
