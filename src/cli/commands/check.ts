import type { Case, PeerRole } from '../../conformance/case.js';
import { listRecord } from '../../conformance/reports/records.js';
import { select, type Selected } from '../../conformance/select.js';
import { CASES } from '../../conformance/all-cases.js';
import { isLoopback } from '../host/addresses.js';
import { compareOutcomes, type OutcomeChange, type ChangeKind } from '../../conformance/reports/compare.js';
import { checkReports, CheckRecorder, discardReports, STDOUT, writeReports } from '../check/files.js';
import { comparedIn } from '../check/pins.js';
import { checkListen } from '../check/listen.js';
import type { CheckOptions } from '../options/check-options.js';
import { checkSpec } from '../check/spec.js';
import { checkServer } from '../check/run.js';
import { listText } from '../check/text.js';
import { parseTarget } from '../connect/url.js';
import { lookOf } from '../decode/view-selection.js';
import { EXIT, UsageError } from '../host/exit.js';
import type { Io } from '../host/io.js';
import { shownUrl } from '../options/passwords.js';
import { escapeText, jsonLine } from '../../describe/escape.js';
import type { Look } from '../../terminal/layout.js';
import type { Role } from '../../terminal/theme.js';
import { type Printable, lined, print } from '../../describe/printable.js';
import { largest } from '../../traffic/toolbox/bytes.js';

/** Options without a meaning for a comparison: they would be ignored without notice. */
const NOT_COMPARED = ['html', 'junit', 'tap', 'github', 'reports', 'record', 'expect', 'listen', 'spec'] as const;

/** `check`: the faults of a server, or with `--listen` of a client, case by case. */
export async function run(io: Io, url: string | undefined, options: CheckOptions): Promise<number> {
  checkTogether(options);
  if (options.compare) return compare(io, url, options);
  checkReports(options);
  const { spec } = options;
  if (spec !== undefined) return recorded(io, options, (all) => checkSpec(io, spec, all));
  const peer: PeerRole = options.listen === undefined ? 'server' : 'client';
  if (peer === 'client' && url !== undefined) throw new UsageError(`${shownUrl(url)}: with --listen there is no URL`);
  const chosen = chosenCases(peer, url, options);
  if (chosen.unknown.length > 0)
    throw new UsageError(`no case is named ${chosen.unknown.join(', ')} (--list has them)`);
  if (options.list) return list(io, chosen.cases, options);
  if (chosen.cases.length === 0) throw new UsageError('no case is left to run');
  if (peer === 'client') return recorded(io, options, (all) => checkListen(io, chosen.cases, all));
  if (url === undefined) throw new UsageError('a URL is missing, as in wsinspect check ws://localhost:9001/');
  return recorded(io, options, async (all) => {
    const { run: report, exit } = await checkServer(io, url, chosen.cases, all, () => discardReports(all));
    if (report) writeReports([report], all, io.env);
    return exit;
  });
}

/** Options that exclude each other. Throws a UsageError. */
function checkTogether(options: CheckOptions): void {
  const { compare: isCompared, junit, json, tap, name, listen, quick, full } = options;
  const left = isCompared && NOT_COMPARED.find((one) => options[one] !== undefined);
  if (left) throw new UsageError(`--compare prints what differs, as text or --json: there is no --${left} of it`);
  if (junit === STDOUT && (json || tap))
    throw new UsageError(`--junit - and --${json ? 'json' : 'tap'} both print to stdout`);
  if (name !== undefined && listen !== undefined)
    throw new UsageError('--name: with --listen each client says its own name (?agent=)');
  if (quick && full) throw new UsageError('--quick and --full exclude each other');
}

/** With `--record`, what passes is kept. */
async function recorded(
  io: Io,
  options: CheckOptions,
  run: (options: CheckOptions) => Promise<number>,
): Promise<number> {
  if (options.record === undefined) return run(options);
  const recorder = new CheckRecorder(io, options.record);
  let exit: number = EXIT.ok;
  try {
    exit = await run({ ...options, recorder });
  } finally {
    exit = recorder.end(exit);
  }
  return exit;
}

function chosenCases(peer: PeerRole, url: string | undefined, options: CheckOptions): Selected {
  const { only, skip, full, echo, safe = url !== undefined && !isNear(url) } = options;
  const chosen = select(CASES, { peer, ...(only && { only }), ...(skip && { skip }), full: full === true, safe });
  // Otherwise they are reported one by one, as left out.
  if (!options.list || echo !== 'no') return chosen;
  return { ...chosen, cases: chosen.cases.filter(({ needs }) => !needs.includes('echo')) };
}

function isNear(url: string): boolean {
  const target = parseTarget(url);
  return target.unixSocket !== undefined || isLoopback(target.url.hostname.replace(/^\[|\]$/g, ''));
}

async function list(io: Io, cases: readonly Case[], options: CheckOptions): Promise<number> {
  if (options.json) {
    for (const one of cases) await io.stdout.write(jsonLine(listRecord(one)));
  } else await io.stdout.write(listText(cases, await lookOf(io, options)));
  return EXIT.ok;
}

const KIND_ROLE: Readonly<Record<ChangeKind, Role>> = {
  fixed: 'ok',
  broken: 'error',
  changed: 'warning',
  added: 'notice',
  removed: 'dim',
};

/** `--compare A B`: the changes of each case; exit 1 where one is broken that passed. */
async function compare(io: Io, url: string | undefined, options: CheckOptions): Promise<number> {
  const [before, after, ...more] = options.compare!;
  if (url !== undefined || after === undefined || more.length > 0) {
    throw new UsageError('--compare takes two files of results, and no URL');
  }
  const changes = compareOutcomes(await comparedIn(io, before!), await comparedIn(io, after));
  const look = await lookOf(io, options);
  if (options.json) {
    for (const change of changes) await io.stdout.write(jsonLine({ type: 'change', ...change }));
  } else if (!options.quiet) await io.stdout.write(changesText(changes, look));
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
