import { print } from '../../describe/printable.js';
import type { NotOpened } from '../../conformance/bench/bench.js';
import type { Case, Need } from '../../conformance/case.js';
import { probeServer, type Probe } from '../../conformance/bench/probe-peer.js';
import type { Unasked } from '../../conformance/bench/unasked.js';
import type { RunReport } from '../../conformance/reports/report.js';
import { isLarge, NOT_RUN, orAborted, runCases, type CaseResult } from '../../conformance/run.js';
import type { Cause } from '../../rules/causes/catalogue.js';
import { whyLine } from '../../terminal/connections/why.js';
import { causeOfHandshake } from '../../traffic/toolbox/handshakes.js';
import { escapeText, jsonLine } from '../../describe/escape.js';
import { passedOver } from '../connect/headers.js';
import { pinsFor, pinsIn } from './pins.js';
import type { CheckOptions } from '../options/check-options.js';
import { belowOf } from './cases.js';
import { CheckReport } from './report.js';
import { CaseRoom } from './room.js';
import { ServerUnderTest, Unreachable } from './server.js';
import { seedOf, toolsOf } from './tools.js';
import { seeded } from '../host/seeded.js';
import { EXIT } from '../host/exit.js';
import type { Io } from '../host/io.js';
import { shownUrl } from '../options/passwords.js';

/** Time limits exceed those of the reference suite by at least this much, and by this number of round trips. */
const LEAST_PATIENCE = 2;
const ROUND_TRIPS = 40;
/** Milliseconds. */
const A_WHILE = 60_000;

/** `run` is absent where the server could not be tested. */
export interface Checked {
  readonly run?: RunReport;
  readonly exit: number;
}

/** Runs the cases against a server; calls `begin` when the options are known to be valid. */
export async function checkServer(
  io: Io,
  url: string,
  cases: readonly Case[],
  options: CheckOptions,
  begin: () => void,
): Promise<Checked> {
  const stop = new AbortController();
  void io.untilInterrupted().then(() => stop.abort());
  // The timers of cases need not: whatever they wait for ends with the run.
  const awake = setInterval(() => undefined, A_WHILE);
  try {
    return await check(io, url, cases, { options, stop: stop.signal, begin });
  } finally {
    clearInterval(awake);
  }
}

async function notePassedOver(io: Io, options: CheckOptions): Promise<void> {
  if (options.quiet) return;
  for (const words of passedOver(options)) await io.stderr.write(print`${escapeText(words)}\n`);
}

const UNASKED = print`the server sends messages without being asked: they are no answers to the cases`;

const OVER_HTTP2 = print`over HTTP/2, the cases about HTTP/1.1 are not part of the run (handshake.*, and a few of security.*)`;

function isGreeting({ once, repeated }: Unasked): boolean {
  return once.length + repeated.length > 0;
}

interface Course {
  readonly options: CheckOptions;
  readonly stop: AbortSignal;
  begin(this: void): void;
}

async function check(io: Io, url: string, cases: readonly Case[], { options, stop, begin }: Course): Promise<Checked> {
  const seed = options.seed ?? new DataView(io.random(4).buffer).getUint32(0);
  const pins = options.expect === undefined ? undefined : await pinsIn(io, options.expect);
  const server = await ServerUnderTest.of(io, url, options, toolsOf(io, options.pid), stop);
  begin();
  await notePassedOver(io, options);
  let probe: Probe | undefined;
  try {
    probe = await orAborted(probeServer(server.bench(seeded(seed)), options.echo === 'auto'), stop);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return unfit(io, { message: error.message, exit: error.exit, cause: error.why }, options);
  }
  const reason = probe?.problem && unfitReason(url, probe.problem, server.alert);
  if (reason) return unfit(io, reason, options);
  const target = {
    peer: 'server' as const,
    target: server.target.url.href,
    place: shownUrl(url),
    agent: options.agent ?? options.name ?? probe?.name ?? server.target.url.host,
  };
  // A signal came before anything was known of the server: the report states that no case was run.
  const pinned = probe && pins && pinsFor(pins, target.agent);
  const lacks = lackedBy(probe, options);
  const context = { pinned, room: new CaseRoom(), below: await belowOf(options), lacks };
  const report = await CheckReport.begin(io, cases, { ...target, seed }, options, context);
  if (probe) await runAll(cases, server, probe, report, { seed, stop, options });
  const { run, exit } = await report.end();
  return { run, exit: io.interrupted.aborted ? io.interrupted.reason : exit };
}

async function runAll(
  cases: readonly Case[],
  server: ServerUnderTest,
  probe: Probe,
  report: CheckReport,
  { seed, stop, options }: { readonly seed: number; readonly stop: AbortSignal; readonly options: CheckOptions },
): Promise<void> {
  server.patience = Math.max(LEAST_PATIENCE, ROUND_TRIPS * probe.roundTrip);
  server.unasked = probe.unasked;
  if (isGreeting(probe.unasked)) report.notice(UNASKED);
  if (options.http2) report.notice(OVER_HTTP2);
  await runCases(cases, {
    jobs: options.jobs,
    signal: stop,
    now: () => performance.now() / 1000,
    run: (one) => runOne(one, server, seed, unmet(one, probe, options)),
    result: (result) => report.add(result),
  });
}

interface Unfit {
  readonly message: string;
  readonly exit: number;
  readonly cause?: Cause | undefined;
}

/** There is nothing to test. */
async function unfit(io: Io, { message, exit, cause }: Unfit, { json, tap }: CheckOptions): Promise<Checked> {
  if (json) await io.stdout.write(jsonLine({ type: 'error', message, exit, ...(cause && { cause }) }));
  else if (tap) await io.stdout.write(print`TAP version 14\nBail out! ${escapeText(message)}\n`);
  await io.stderr.write(print`wsinspect: ${escapeText(message)}\n${cause === undefined ? print`` : whyLine(cause)}`);
  return { exit };
}

/** Why the server can't be tested; undefined: it can. */
function unfitReason(url: string, notOpened: NotOpened, alert: string | undefined): Unfit | undefined {
  const { problem, handshake, began, end } = notOpened;
  const cause = handshake && causeOfHandshake(handshake, began, end);
  const exit = unfitExit(notOpened);
  if (exit === undefined) return undefined;
  // An alert of TLS is the reason for whatever followed it.
  if (alert !== undefined) return { message: `${shownUrl(url)}: TLS: ${alert}`, exit: EXIT.tls, cause: undefined };
  return { message: `${shownUrl(url)}: ${problem}`, exit, cause };
}

/** A server that never opens a WebSocket can't be tested; one that opens it in a wrong way can. */
function unfitExit({ handshake, end, isRefusal, isForeign }: NotOpened): number | undefined {
  if (isForeign) return EXIT.handshake;
  if (isRefusal) return EXIT.refused;
  if (handshake?.response === undefined) return end === undefined ? EXIT.time : EXIT.dropped;
  return handshake.upgraded || handshake.response.status === 101 ? undefined : EXIT.refused;
}

function isEcho(probe: Probe, echo: CheckOptions['echo']): boolean {
  return echo === 'auto' ? probe.echoes : echo === 'yes';
}

/** What cases need, and this server does not have. */
function lackedBy(probe: Probe | undefined, { echo }: CheckOptions): readonly Need[] {
  if (probe === undefined) return [];
  return [...(isEcho(probe, echo) ? [] : ['echo' as const]), ...(probe.deflates ? [] : ['deflate' as const])];
}

/** Why a case would prove nothing about this server. */
function unmet({ needs }: Case, probe: Probe, { echo }: CheckOptions): string | undefined {
  if (isEcho(probe, echo) || !needs.includes('echo')) return undefined;
  if (echo === 'no') return 'it needs an echo (--echo no)';
  if (probe.problem)
    return `whether the server is an echo is not known, as the handshake does not hold (--echo): ${probe.problem.problem}`;
  return probe.answers
    ? 'what the server sends back is no echo (--echo yes if it has to be one)'
    : 'the server sends no messages back (--echo)';
}

async function runOne(
  one: Case,
  server: ServerUnderTest,
  seed: number,
  skipped: string | undefined,
): Promise<Omit<CaseResult, 'case' | 'duration'>> {
  if (skipped !== undefined) return { ...NOT_RUN, actual: skipped, skipped };
  const bench = server.bench(seeded(seedOf(seed, one.id)), isLarge(one));
  try {
    return { ...(await one.run(bench)), exchanges: bench.exchanges };
  } catch (error) {
    // A connection that is not established is a fault of the server; any other error is ours, and is reported as such.
    const what = error instanceof Unreachable ? 'no connection' : 'the case broke off';
    const actual = `${what}: ${(error as Error).message}`;
    return { behavior: 'FAILED', behaviorClose: 'FAILED', actual, exchanges: bench.exchanges };
  } finally {
    bench.close();
  }
}
