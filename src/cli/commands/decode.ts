import { escapeText } from '../../describe/escape.js';
import { print } from '../../describe/printable.js';
import { EXIT } from '../host/exit.js';
import { repeated } from '../input/file-order.js';
import { inputsOf, type Input } from '../input/input.js';
import type { Io } from '../host/io.js';
import { jobsFor } from '../jobs/files.js';
import type { DecodeOptions } from '../options/options.js';
import { Decoding } from '../decode/decoding.js';

/** `decode`: everything that can be read is shown first; then the exit code states the result. */
export async function run(io: Io, hex: readonly string[], options: DecodeOptions): Promise<number> {
  const inputs = inputsOf(io, hex, options);
  const twice = repeated(inputs);
  if (twice !== undefined && !options.quiet) await io.stderr.write(print`${twice}\n`);
  const jobs = await jobsFor(io, inputs, options);
  if (!jobs) return decodeAlone(io, inputs, options);
  const { decodeInJobs } = await import('../entries/jobs.js');
  const done = await decodeInJobs(io, inputs, options, jobs);
  if ('exit' in done) return done.exit;
  if (options.jobs !== undefined && options.verbose) await io.stderr.write(print`one job: ${escapeText(done.why)}\n`);
  return decodeAlone(done.instead, inputsOf(io, hex, options), options);
}

async function decodeAlone(io: Io, inputs: readonly Input[], options: DecodeOptions): Promise<number> {
  const decoding = new Decoding(io, options);
  for (const input of inputs) {
    await decoding.read(input);
    if (decoding.over) break;
  }
  await decoding.end();
  if (io.interrupted.aborted) return io.interrupted.reason;
  return decoding.found ? EXIT.finding : EXIT.ok;
}
