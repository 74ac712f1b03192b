import { lined, print, type Printable } from '../../describe/printable.js';
import type { Case } from '../../conformance/case.js';
import { hasFailed, type CaseReport } from '../../conformance/reports/report.js';
import type { CaseResult } from '../../conformance/run.js';
import { escapeText } from '../../describe/escape.js';
import type { Look } from '../../terminal/layout.js';
import { legend, matrix } from './matrix.js';

const LABEL_WIDTH = 10;

/**
 * Everything about one failed case: what should have come, what came, the exchange, and how to see it again; the ids of
 * `others`, which are alike.
 */
export function failureText(
  one: CaseReport,
  frames: Printable,
  { theme }: Look,
  others: readonly CaseReport[] = [],
): Printable {
  const { behavior, behaviorClose } = one;
  const verdict = behavior === behaviorClose ? print`${behavior}` : print`${behavior}, close ${behaviorClose}`;
  const paint = hasFailed(one) ? theme.error : theme.ok;
  const row = (label: Printable, text: string): Printable =>
    print`  ${theme.dim(label.padEnd(LABEL_WIDTH))}${escapeText(text)}`;
  return lined([
    print`${paint(verdict)}  ${theme.title(escapeText(one.id))}  ${one.level} ${escapeText(one.rfc)}`,
    row(print`sent`, one.title),
    row(print`expected`, one.expected),
    row(print`actual`, one.actual),
    row(print`repeat`, one.command),
    ...(others.length === 0 ? [] : [row(print`alike`, others.map(({ id }) => id).join(', '))]),
    frames,
  ]);
}

/** The matrix with its signs explained, and the verdict. */
export function closingText(
  cases: readonly Case[],
  results: ReadonlyMap<string, CaseResult>,
  head: string,
  verdict: Printable,
  look: Look,
): Printable {
  const rows = matrix(cases, results, look);
  return lined([
    look.theme.title(escapeText(head)),
    print``,
    ...rows,
    print``,
    legend(results.values(), look),
    verdict,
  ]);
}

/** Why cases were left out, with the number for each reason. */
export function skippedText(results: Iterable<CaseResult>): Printable[] {
  const counts = new Map<string, number>();
  for (const { skipped } of results) if (skipped !== undefined) counts.set(skipped, (counts.get(skipped) ?? 0) + 1);
  return [...counts].map(([reason, count]) => print`${count} skipped: ${escapeText(reason)}`);
}

/** What `--list` prints: the list can be read as a specification. */
export function listText(cases: readonly Case[], { theme }: Look): Printable {
  return lined(
    cases.flatMap(({ id, level, rfc, title, expected, peers, needs, traits }) => {
      const about = [`${level} ${rfc}`, peers.join(' and '), ...needs, ...traits].join(', ');
      return [
        print`${theme.title(escapeText(id))}  ${theme.dim(escapeText(about))}`,
        print`  ${escapeText(title)}`,
        print`  ${theme.dim(print`->`)} ${escapeText(expected)}`,
      ];
    }),
  );
}
