import { escapeUnseen, escapeUnseenJson } from '../../codec/bytes/escaping.js';
import { hasFailed, type CaseReport, type RunReport } from './report.js';

/**
 * TAP 14: a test for each case; what is not required and failed, or is known to fail, is a TODO, so that it does not fail
 * the run. A verdict that is not the one of `--expect` fails it, for better or worse.
 */
export function tapText(run: RunReport): string {
  return `TAP version 14\n1..${run.cases.length}\n${run.cases.map((one, i) => point(one, i + 1)).join('')}`;
}

function point(one: CaseReport, number: number): string {
  const { id, title, skipped, missing, changed, behavior, behaviorClose } = one;
  const name = `${number} - ${plain(`${id} ${title}`)}`;
  if (missing) return `not ok ${name}\n  ---\n  message: ${JSON.stringify(skipped)}\n  ...\n`;
  const isFault = changed !== undefined || hasFailed(one);
  const line = `${isFault ? 'not ok' : 'ok'} ${name}${directive(one)}\n`;
  const isPlain = behavior === 'OK' && behaviorClose === 'OK';
  return changed === undefined && (skipped !== undefined || isPlain) ? line : line + diagnostics(one);
}

function directive(one: CaseReport): string {
  const { skipped, required, known, changed } = one;
  if (changed !== undefined) return '';
  if (skipped !== undefined) return ` # SKIP ${plain(skipped)}`;
  if (known) return ' # TODO known to fail (--expect)';
  return hasFailed(one) && !required ? ' # TODO not required' : '';
}

/** A YAML block: every value a double-quoted scalar, which JSON's strings are. */
function diagnostics(one: CaseReport): string {
  const { changed, behavior, behaviorClose, rfc, level, expected, actual, command, frames } = one;
  const values = {
    ...(changed !== undefined && { changed }),
    ...{ behavior, behaviorClose, rfc, level, expected, actual, command },
    ...(frames !== '' && { frames }),
  };
  const lines = Object.entries(values).map(
    ([name, value]) => `  ${name}: ${escapeUnseenJson(JSON.stringify(value))}\n`,
  );
  return `  ---\n${lines.join('')}  ...\n`;
}

/** One line; `#` begins a directive. */
function plain(value: string): string {
  return escapeUnseen(value.replace(/\s+/g, ' ')).replaceAll('\\', '\\\\').replaceAll('#', '\\#');
}
