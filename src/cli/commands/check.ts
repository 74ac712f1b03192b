import type { Case } from '../../conformance/case.js';
import type { PeerRole } from '../../conformance/peer-role.js';
import { listRecord } from '../../conformance/reports/records.js';
import { select, type Selected } from '../../conformance/select.js';
import { isLoopback } from '../host/addresses.js';
import { allCases } from '../check/cases.js';
import { checkReports, CheckRecorder, discardReports, STDOUT, writeReports } from '../check/files.js';
import { compare } from '../check/compare.js';
import { checkListen } from '../check/listen.js';
import type { CheckOptions } from '../options/check-options.js';
import { checkSpec } from '../check/spec.js';
import { checkServer } from '../check/run.js';
import { listText } from '../check/text.js';
import { parseTarget } from '../connect/url.js';
import { lookOf } from '../decode/look.js';
import { EXIT, UsageError } from '../host/exit.js';
import type { Io } from '../host/io.js';
import { shownUrl } from '../options/passwords.js';
import { jsonLine } from '../../describe/escape.js';

/** Options without a meaning for a comparison: they would be ignored without notice. */
const NOT_COMPARED = ['junit', 'tap', 'github', 'reports', 'record', 'expect', 'listen', 'spec', 'saveExpect'] as const;

/** `check`: the faults of a server, or with `--listen` of a client, case by case. */
export async function run(io: Io, url: string | undefined, options: CheckOptions): Promise<number> {
  checkTogether(options);
  if (options.compare) return compare(io, url, options);
  checkReports(options);
  const { spec } = options;
  if (spec !== undefined) return recorded(io, options, (all) => checkSpec(io, spec, all));
  const peer: PeerRole = options.listen === undefined ? 'server' : 'client';
  if (peer === 'client' && url !== undefined) throw new UsageError(`${shownUrl(url)}: with --listen there is no URL`);
  const chosen = await chosenCases(peer, url, options);
  if (chosen.unknown.length > 0) {
    const { http2 } = options;
    const isOther = !http2 && chosen.unknown.some((pattern) => pattern.startsWith('h2'));
    const where = isOther ? '--http2 --list has those about HTTP/2' : '--list has them';
    throw new UsageError(`no case is named ${chosen.unknown.join(', ')} (${where})`);
  }
  if (chosen.apart.length > 0)
    throw new UsageError(`${chosen.apart.join(', ')}: a run has these cases alone, as no request can select them`);
  if (options.list) return list(io, chosen.cases, options);
  if (chosen.cases.length === 0) throw new UsageError('no case is left to run');
  if (peer === 'client') return recorded(io, options, (all) => checkListen(io, chosen.cases, all));
  if (url === undefined) throw new UsageError('a URL is missing, as in wsinspect check ws://localhost:9001/');
  return recorded(io, options, async (all) => {
    const { run: report, exit } = await checkServer(io, url, chosen.cases, all, () => discardReports(all));
    if (report) await writeReports([report], all, io);
    return exit;
  });
}

/** Options that exclude each other. Throws a UsageError. */
function checkTogether(options: CheckOptions): void {
  const { compare: isCompared, junit, json, tap, name, listen, quick, full } = options;
  const left = isCompared && NOT_COMPARED.find((one) => options[one] !== undefined);
  if (left)
    throw new UsageError(`--compare prints what differs, as text, --json or --html: there is no ${flag(left)} of it`);
  if (junit === STDOUT && (json || tap))
    throw new UsageError(`--junit - and --${json ? 'json' : 'tap'} both print to stdout`);
  if (name !== undefined && listen !== undefined)
    throw new UsageError('--name: with --listen each client says its own name (?agent=)');
  if (quick && full) throw new UsageError('--quick and --full exclude each other');
}

function flag(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
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

async function chosenCases(peer: PeerRole, url: string | undefined, options: CheckOptions): Promise<Selected> {
  const { only, skip, full, echo, http2, safe = url !== undefined && !isNear(url) } = options;
  const http = http2 ? '2' : '1.1';
  const selection = { peer, ...(only && { only }), ...(skip && { skip }), full: full === true, safe, http } as const;
  const chosen = select(await allCases(options), selection);
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
