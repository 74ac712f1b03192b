import { escapeText } from '../../describe/escape.js';
import { print } from '../../describe/printable.js';
import { EXIT, isUsageError } from '../host/exit.js';
import { repeated } from '../input/file-order.js';
import { inputsOf, type Input } from '../input/input.js';
import { checkKeyLogs } from '../input/key-log-paths.js';
import { isReadOnce, Rereading } from '../input/rereading.js';
import type { Io } from '../host/io.js';
import { paged, pagerOf } from '../host/pager.js';
import { jobsFor, type Jobs } from '../jobs/files.js';
import type { DecodeOptions, DecodingOptions, ConnectionSelection } from '../options/options.js';
import type { RecordWatcher } from '../decode/record-output.js';
import { Decoding } from '../decode/decoding.js';
import { handingOn, type HandOn } from '../decode/hand-on.js';
import { optionReadTwice, selected, selectingOptions, silentIo } from '../decode/selection.js';
import { checkReading } from '../decode/traffic-options.js';

/** `decode`: everything that can be read is shown first; then the exit code states the result. */
export async function run(io: Io, hex: readonly string[], options: DecodeOptions): Promise<number> {
  const pager = usesPager(io, options) ? pagerOf(io.env, (path) => io.fileExists(path)) : undefined;
  // What comes live is shown as it comes.
  const areFiles =
    pager !== undefined && inputsOf(silentIo(io), hex, options).every(({ again }) => again !== undefined);
  if (!areFiles) return show(io, hex, options);
  return paged(io, pager, (own) => show(own, hex, options));
}

function usesPager({ stdout }: Io, { pager, quiet }: DecodeOptions): boolean {
  return pager !== false && stdout.isTTY && quiet !== true;
}

async function show(io: Io, hex: readonly string[], options: DecodeOptions): Promise<number> {
  const { html, file = [], keylog = [] } = options;
  if (html === undefined) return read(io, hex, options);
  const { withReport } = await import('../entries/report.js');
  const names = [...file, ...hex].filter((name) => io.fileExists(name));
  const inputs = [...names, ...keylog];
  const others = options.write === undefined ? [] : [{ option: '--write', path: options.write }];
  return withReport(io, { ...options, html }, { inputs, others }, (watcher, own) => read(own, hex, options, watcher));
}

/** Reads the inputs; what is shown also goes to `watcher`. */
export async function read(
  io: Io,
  hex: readonly string[],
  options: DecodingOptions,
  watcher?: RecordWatcher,
): Promise<number> {
  const inputs = inputsOf(io, hex, options);
  checkReading(options);
  checkKeyLogs(io, '--keylog', options.keylog, inputs.some(isReadOnce));
  const twice = repeated(inputs);
  if (twice !== undefined && !options.quiet) await io.stderr.write(print`${twice}\n`);
  const inputPaths = [...inputs.filter(({ again }) => again).map(({ name }) => name), ...(options.keylog ?? [])];
  const uses: RecordUses = { handOn: await handingOn(io, options, inputPaths), watcher };
  const why = optionReadTwice(options);
  const rereading = why === undefined ? undefined : new Rereading(io, inputs, options, why);
  const jobs = await jobsFor(io, inputs, options);
  const anew = (): Input[] => inputsOf(io, hex, options);
  if (rereading === undefined) return (await decode({ io, options, jobs, inputs, anew, uses })).exit;
  const first = (): Input[] => rereading.first(anew());
  const selecting = { io: silentIo(io), options: selectingOptions(options), jobs, anew: first };
  const selection = await select({ ...selecting, inputs: rereading.first(inputs) });
  if (io.interrupted.aborted) return io.interrupted.reason;
  const second = (): Input[] => rereading.second(anew());
  return (await decode({ io, options: { ...options, selection }, jobs, inputs: second(), anew: second, uses })).exit;
}

/** What becomes of the records beside what is printed. */
interface RecordUses {
  readonly handOn?: HandOn;
  readonly watcher?: RecordWatcher | undefined;
}

/** One reading of the inputs. */
interface Reading {
  readonly io: Io;
  readonly options: DecodingOptions;
  readonly jobs: Jobs | undefined;
  readonly inputs: readonly Input[];
  /** Opens the inputs once more, where several threads gave up. */
  readonly anew: () => readonly Input[];
  readonly uses?: RecordUses;
}

interface Decoded {
  readonly exit: number;
  /** The connections that `--trouble` and `--closed` select. */
  readonly selection: ConnectionSelection;
}

/** The connections that `--trouble` and `--closed` select. */
async function select(reading: Reading): Promise<ConnectionSelection> {
  const { io, options, inputs, jobs, anew } = reading;
  if (!jobs) return selected(io, inputs, options);
  try {
    return (await decode(reading)).selection;
  } catch (error) {
    if (!isUsageError(error)) throw error;
    return selected(io, anew(), options);
  }
}

async function decode({ io, options, jobs, inputs, anew, uses }: Reading): Promise<Decoded> {
  if (!jobs) return decodeAlone(io, inputs, options, uses);
  const { decodeInJobs } = await import('../entries/jobs.js');
  const done = await decodeInJobs(io, inputs, options, jobs);
  if ('exit' in done) return done;
  if (options.jobs !== undefined && options.verbose) await io.stderr.write(print`one job: ${escapeText(done.why)}\n`);
  return decodeAlone(done.instead, anew(), options);
}

async function decodeAlone(
  io: Io,
  inputs: readonly Input[],
  options: DecodingOptions,
  { handOn, watcher }: RecordUses = {},
): Promise<Decoded> {
  const decoding = new Decoding(io, options, handOn, watcher);
  for (const input of inputs) {
    try {
      await decoding.read(input);
    } catch (error) {
      await decoding.release();
      await handOn?.writing?.abandon();
      throw error;
    }
    if (decoding.over) break;
  }
  await decoding.end();
  const found = decoding.found ? EXIT.finding : EXIT.ok;
  return { exit: io.interrupted.aborted ? io.interrupted.reason : found, selection: decoding.selection };
}
