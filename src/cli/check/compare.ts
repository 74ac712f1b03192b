import { compareOutcomes, type ChangeKind, type OutcomeChange } from '../../conformance/reports/compare.js';
import { htmlComparison } from '../../conformance/reports/html-compare.js';
import { escapeText, jsonLine } from '../../describe/escape.js';
import { lined, print, type Printable } from '../../describe/printable.js';
import type { Look } from '../../terminal/layout.js';
import type { Role } from '../../terminal/theme.js';
import { largest } from '../../traffic/toolbox/bytes.js';
import { lookOf } from '../decode/look.js';
import { EXIT, UsageError } from '../host/exit.js';
import type { Io } from '../host/io.js';
import type { CheckOptions } from '../options/check-options.js';
import { casesNamed } from './cases.js';
import { checkReports, writeComparison } from './files.js';
import { comparedIn } from './pins.js';

const KIND_ROLE: Readonly<Record<ChangeKind, Role>> = {
  fixed: 'ok',
  broken: 'error',
  changed: 'warning',
  added: 'notice',
  removed: 'dim',
};

/** `--compare A B`: what became of each case; exit 1 where one is broken that passed. */
export async function compare(io: Io, url: string | undefined, options: CheckOptions): Promise<number> {
  const [before, after, ...more] = options.compare!;
  if (url !== undefined || before === undefined || after === undefined || more.length > 0) {
    throw new UsageError('--compare takes two files of results, and no URL');
  }
  checkReports(options);
  const changes = compareOutcomes(await comparedIn(io, before), await comparedIn(io, after));
  const look = await lookOf(io, options);
  if (options.json) {
    for (const change of changes) await io.stdout.write(jsonLine({ type: 'change', ...change }));
  } else if (!options.quiet) await io.stdout.write(changesText(changes, look));
  if (options.html !== undefined) {
    const cases = await casesNamed(changes.map(({ id }) => id));
    const titles = new Map(cases.map(({ id, title }) => [id, title]));
    const page = htmlComparison(changes, { before, after, titleOf: (id) => titles.get(id) });
    writeComparison(options.html, page);
  }
  return changes.some(({ kind }) => kind === 'broken') ? EXIT.finding : EXIT.ok;
}

function changesText(changes: readonly OutcomeChange[], { theme }: Look): Printable {
  if (changes.length === 0) return print`no verdict has changed\n`;
  const width = largest(
    changes.map(({ id }) => id.length),
    0,
  );
  return lined(
    changes.map(({ kind, id, before = '-', after = '-' }) => {
      return print`${theme[KIND_ROLE[kind]](print`${kind}`.padEnd(8))} ${escapeText(`${id.padEnd(width)}  ${before} -> ${after}`)}`;
    }),
  );
}
