import { print } from '../../describe/printable.js';
import type { Case } from '../../conformance/case.js';
import { matchesGlob } from '../../conformance/glob.js';
import { select } from '../../conformance/select.js';
import { CASES } from '../../conformance/all-cases.js';
import type { RunReport } from '../../conformance/reports/report.js';
import { readSpec, type SpecPlan, type SpecServer } from '../../conformance/reports/spec.js';
import { checkReports, discardReports, writeReports } from './files.js';
import { checkListen } from './listen.js';
import type { CheckOptions } from '../options/check-options.js';
import { checkServer } from './run.js';
import { EXIT, UsageError } from '../host/exit.js';
import type { Io } from '../host/io.js';
import { shownUrl } from '../options/passwords.js';
import { fileOf } from '../host/tls-files.js';
import { escapeText } from '../../describe/escape.js';

/** `--spec`: peers and cases from a fuzzingclient.json or fuzzingserver.json of the Autobahn Testsuite, as it is. */
export async function checkSpec(io: Io, path: string, options: CheckOptions): Promise<number> {
  const plan = readSpec((await fileOf(io, path)).toString());
  if ('problem' in plan) throw new UsageError(`${path}: ${plan.problem}`);
  if (!options.quiet)
    for (const notice of plan.notices) await io.stderr.write(print`${escapeText(path)}: ${escapeText(notice)}\n`);
  const reports = options.reports ?? plan.outdir;
  const own = { ...options, ...(reports !== undefined && { reports }) };
  checkReports(own);
  if (plan.kind === 'server') {
    const cases = casesOf(plan, 'client');
    if (cases.length === 0) throw new UsageError(`${path}: no case is left to run`);
    return checkListen(io, cases, { ...own, listen: placeOf(plan.url!, path) });
  }
  if (plan.servers.length === 0) throw new UsageError(`${path}: there is no server in it`);
  const runs: RunReport[] = [];
  let exit: number = EXIT.ok;
  const begin = once(() => discardReports(own));
  for (const server of plan.servers) {
    const cases = casesOf(plan, 'server', server.agent);
    if (cases.length === 0) throw new UsageError(`${path}: no case is left to run for ${server.url}`);
    const checked = await checkServer(io, server.url, cases, forServer(own, server), begin);
    if (checked.run) runs.push(checked.run);
    exit ||= checked.exit;
    if (io.interrupted.aborted) break;
  }
  await writeReports(runs, own, io);
  return exit;
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}

/** Only the suite's own: the tools that compare the results know no others. */
function casesOf(plan: SpecPlan, peer: 'server' | 'client', agent?: string): readonly Case[] {
  const skip = [...plan.skip, ...((agent !== undefined && plan.skipFor.get(agent)) || [])];
  const only = plan.only.length > 0 ? plan.only : ['*'];
  const isOwn = ({ id }: Case): boolean => /^\d/.test(id) && names(only, id) && !names(skip, id);
  return select(CASES, { peer, full: true, safe: false }).cases.filter(isOwn);
}

/** `*` matches any text; the match begins at the start of the id. Without a `*`, exactly one id is meant, not those below it. */
function names(patterns: readonly string[], id: string): boolean {
  return patterns.some((pattern) => matchesGlob(pattern.includes('*') ? `${pattern}*` : pattern, id));
}

function forServer(options: CheckOptions, { agent, hostname, origin, protocols }: SpecServer): CheckOptions {
  return {
    ...options,
    ...(agent !== undefined && { agent }),
    ...(hostname !== undefined && { header: [...(options.header ?? []), `Host: ${hostname}`] }),
    ...(origin !== undefined && { origin }),
    ...(protocols && protocols.length > 0 && { subprotocol: [...protocols] }),
  };
}

/** Where the server of a fuzzingserver.json listens. */
function placeOf(url: string, path: string): string {
  try {
    const { hostname, port, protocol } = new URL(url);
    return `${hostname}:${port || (protocol === 'wss:' ? 443 : 80)}`;
  } catch {
    throw new UsageError(`${path}: ${shownUrl(url)} is not a URL`);
  }
}
