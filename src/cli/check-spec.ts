import { print } from '../render/printable.js';
import type { Case } from '../conformance/case.js';
import { select } from '../conformance/select.js';
import { CASES } from '../conformance/suite.js';
import type { RunReport } from '../conformance/reports/report.js';
import { readSpec, type SpecPlan, type SpecServer } from '../conformance/reports/spec.js';
import { writeReports } from './check-files.js';
import { checkListen } from './check-listen.js';
import type { CheckOptions } from './check-options.js';
import { checkServer } from './check-run.js';
import { EXIT, UsageError } from './exit.js';
import type { Io } from './io.js';
import { fileOf } from './tls-files.js';
import { escapeText } from '../render/escape.js';

/** `--spec`: peers and cases from a fuzzingclient.json or fuzzingserver.json of the Autobahn Testsuite, as it is. */
export async function checkSpec(io: Io, path: string, options: CheckOptions): Promise<number> {
  const plan = readSpec((await fileOf(io, path)).toString());
  if ('problem' in plan) throw new UsageError(`${path}: ${plan.problem}`);
  if (!options.quiet)
    for (const notice of plan.notices) await io.stderr.write(print`${escapeText(path)}: ${escapeText(notice)}\n`);
  const reports = options.reports ?? plan.outdir;
  const own = { ...options, ...(reports !== undefined && { reports }) };
  if (plan.kind === 'server')
    return checkListen(io, casesOf(plan, 'client'), { ...own, listen: placeOf(plan.url!, path) });
  const runs: RunReport[] = [];
  let exit: number = EXIT.ok;
  for (const server of plan.servers) {
    const checked = await checkServer(io, server.url, casesOf(plan, 'server', server.agent), forServer(own, server));
    if (checked.run) runs.push(checked.run);
    exit ||= checked.exit;
    if (io.interrupted.aborted) break;
  }
  writeReports(runs, own);
  return exit;
}

/** Only the suite's own: whoever compares the results knows no others. */
function casesOf(plan: SpecPlan, peer: 'server' | 'client', agent?: string): readonly Case[] {
  const skip = [...plan.skip, ...((agent !== undefined && plan.skipFor[agent]) || [])];
  const only = plan.only.length > 0 ? plan.only : ['*'];
  const isOwn = ({ id }: Case): boolean => /^\d/.test(id) && names(only, id) && !names(skip, id);
  return select(CASES, { peer, full: true, safe: false }).cases.filter(isOwn);
}

/** `*` stands for anything, from the start of the id on; without one an id is meant, not what is beneath it. */
function names(patterns: readonly string[], id: string): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}${pattern.includes('*') ? '' : '$'}`).test(id);
  });
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
    throw new UsageError(`${path}: ${url} is no URL`);
  }
}
