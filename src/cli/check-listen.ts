import { print } from '../render/printable.js';
import type { Case } from '../conformance/case.js';
import { Driver } from '../conformance/driver.js';
import { listenForWires } from '../live/wire-listener.js';
import { jsonLine, escapeText } from '../render/escape.js';
import { hostInUrl, listenError, parseAddress } from './addresses.js';
import type { Outcomes } from '../conformance/reports/outcomes.js';
import type { RunReport } from '../conformance/reports/report.js';
import { outcomesIn, writeReports } from './check-files.js';
import type { CheckOptions } from './check-options.js';
import { CheckReport } from './check-report.js';
import { seedOf, toolsOf } from './check-tools.js';
import { seeded } from './seeded.js';
import { EXIT } from './exit.js';
import type { Io } from './io.js';
import { listenerTlsOf } from './tls-files.js';

const PATIENCE = 2;

/** Is the server that clients connect to, case by case, as their drivers for the Autobahn Testsuite do. */
export async function checkListen(io: Io, cases: readonly Case[], options: CheckOptions): Promise<number> {
  const place = parseAddress(options.listen!, { host: '127.0.0.1', port: 9001 });
  const tls = await listenerTlsOf(io, options);
  const seed = options.seed ?? new DataView(io.random(4).buffer).getUint32(0);
  const pinnedFor = async (agent: string): Promise<Outcomes | undefined> =>
    options.expect === undefined ? undefined : outcomesIn(io, options.expect, agent);
  const reports = new Map<string, Promise<CheckReport>>();
  const reportOf = (agent: string): Promise<CheckReport> => {
    let report = reports.get(agent);
    if (!report) {
      const head = { peer: 'client' as const, target: options.listen!, agent, seed };
      report = pinnedFor(agent).then((pinned) => CheckReport.begin(io, cases, head, options, pinned));
      reports.set(agent, report);
    }
    return report;
  };
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  const driver = new Driver({
    cases,
    tools: toolsOf(io, options.pid),
    patience: PATIENCE,
    random: (id) => seeded(seedOf(seed, id)),
    result: (agent, result) =>
      void reportOf(agent).then(
        (report) => report.add(result),
        // Told at the end.
        () => undefined,
      ),
    finished: () => options.oneshot && stop(),
    stop,
  });
  const listener = await listenForWires({ ...place, ...(tls && { tls }) }, (wire) => void driver.take(wire)).catch(
    (error: NodeJS.ErrnoException) => {
      throw listenError(place, error);
    },
  );
  const url = `${tls ? 'wss' : 'ws'}://${hostInUrl(place.host)}:${listener.port}/`;
  if (options.json) await io.stdout.write(jsonLine({ type: 'listening', url, port: listener.port, pid: io.pid }));
  else if (!options.quiet) await io.stderr.write(print`${cases.length} cases at ${escapeText(url)}\n`);
  await Promise.race([stopped, io.untilInterrupted()]);
  await listener.close();
  let exit: number = EXIT.ok;
  const runs: RunReport[] = [];
  for (const report of await Promise.all(reports.values())) {
    const ended = await report.end();
    runs.push(ended.run);
    exit = Math.max(exit, ended.exit);
  }
  writeReports(runs, options);
  return io.interrupted.aborted && exit === EXIT.ok ? io.interrupted.reason : exit;
}
