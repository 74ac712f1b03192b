import type { Case } from '../conformance/case.js';
import { hasFailed, type CaseReport } from '../conformance/reports/report.js';
import type { Result } from '../conformance/run.js';
import { escapeText } from '../render/escape.js';
import type { Look } from '../render/layout.js';
import { legend, matrix } from './check-matrix.js';

const LABEL_WIDTH = 10;

/** Everything about one failed case: what should have come, what came, the exchange, and how to see it again. */
export function failureText(one: CaseReport, frames: string, { theme }: Look): string {
  const { behavior, behaviorClose } = one;
  const verdict = behavior === behaviorClose ? behavior : `${behavior}, close ${behaviorClose}`;
  const paint = hasFailed(one) ? theme.error : theme.ok;
  const row = (label: string, text: string): string => `  ${theme.dim(label.padEnd(LABEL_WIDTH))}${escapeText(text)}\n`;
  return (
    `${paint(verdict)}  ${theme.title(one.id)}  ${one.level} ${one.rfc}\n` +
    row('sent', one.title) +
    row('expected', one.expected) +
    row('actual', one.actual) +
    row('repeat', one.command) +
    `${frames}\n`
  );
}

/** The matrix with its signs explained, and the verdict. */
export function closingText(
  cases: readonly Case[],
  results: ReadonlyMap<string, Result>,
  head: string,
  verdict: string,
  look: Look,
): string {
  const rows = matrix(cases, results, look);
  return `${look.theme.title(head)}\n\n${rows.join('\n')}\n\n${legend(results.values(), look)}\n${verdict}\n`;
}

/** Why cases were left out, and how many for each reason. */
export function skippedText(results: Iterable<Result>): string[] {
  const counts = new Map<string, number>();
  for (const { skipped } of results) if (skipped !== undefined) counts.set(skipped, (counts.get(skipped) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${count} skipped: ${reason}`);
}

/** What `--list` prints: the list is legible as a specification. */
export function listText(cases: readonly Case[], { theme }: Look): string {
  return cases
    .map(
      ({ id, level, rfc, title, expected, peers, needs, traits }) =>
        `${theme.title(id)}  ${theme.dim(`${level} ${rfc}, ${peers.join(' and ')}${[...needs, ...traits].map((word) => `, ${word}`).join('')}`)}\n` +
        `  ${title}\n  ${theme.dim('->')} ${expected}\n`,
    )
    .join('');
}
