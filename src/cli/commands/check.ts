import type { Case, PeerRole } from '../../conformance/case.js';
import { select } from '../../conformance/select.js';
import { CASES } from '../../conformance/suite.js';
import { isLoopback } from '../addresses.js';
import { checkListen } from '../check-listen.js';
import type { CheckOptions } from '../check-options.js';
import { checkServer } from '../check-run.js';
import { listText } from '../check-text.js';
import { parseTarget } from '../connect-url.js';
import { lookOf } from '../drawing.js';
import { EXIT, UsageError } from '../exit.js';
import type { Io } from '../io.js';
import { safeJson } from '../../render/escape.js';

/** `check`: what a server, or with `--listen` a client, gets wrong, case by case. */
export async function run(io: Io, url: string | undefined, options: CheckOptions): Promise<number> {
  const peer: PeerRole = options.listen === undefined ? 'server' : 'client';
  if (peer === 'client' && url !== undefined) throw new UsageError(`${url}: with --listen there is no URL`);
  if (options.quick && options.full) throw new UsageError('--quick and --full exclude each other');
  const safe = options.safe ?? (url !== undefined && !isNear(url));
  const chosen = select(CASES, {
    peer,
    ...(options.only && { only: options.only }),
    ...(options.skip && { skip: options.skip }),
    full: options.full === true,
    safe,
  });
  if (chosen.unknown.length > 0)
    throw new UsageError(`no case is named ${chosen.unknown.join(', ')} (--list has them)`);
  if (options.list) return list(io, chosen.cases, options);
  if (chosen.cases.length === 0) throw new UsageError('no case is left to run');
  if (peer === 'client') return checkListen(io, chosen.cases, options);
  if (url === undefined) throw new UsageError('a URL is missing, as in wsinspect check ws://localhost:9001/');
  return checkServer(io, url, chosen.cases, options);
}

function isNear(url: string): boolean {
  const target = parseTarget(url);
  return target.unixSocket !== undefined || isLoopback(target.url.hostname.replace(/^\[|\]$/g, ''));
}

async function list(io: Io, cases: readonly Case[], options: CheckOptions): Promise<number> {
  if (options.json) {
    for (const { id, level, rfc, title, expected, peers, needs, traits } of cases) {
      await io.stdout.write(`${safeJson({ type: 'case', id, level, rfc, title, expected, peers, needs, traits })}\n`);
    }
  } else await io.stdout.write(listText(cases, await lookOf(io, options)));
  return EXIT.ok;
}
