import { escapeText } from '../../render/escape.js';
import { print } from '../../render/printable.js';
import { EXIT } from '../exit.js';
import { repeated } from '../file-order.js';
import { inputsOf, type Input } from '../input.js';
import type { Io } from '../io.js';
import { jobsFor } from '../job-files.js';
import { decodeInJobs } from '../jobs.js';
import type { DecodeOptions } from '../options.js';
import { Decoding } from '../decoding.js';

/** `decode`: everything that can be read is shown first; then the exit code says what was found. */
export async function run(io: Io, hex: readonly string[], options: DecodeOptions): Promise<number> {
  const inputs = inputsOf(io, hex, options);
  const twice = repeated(inputs);
  if (twice !== undefined && !options.quiet) await io.stderr.write(print`${twice}\n`);
  const jobs = await jobsFor(io, inputs, options);
  if (!jobs) return decodeAlone(io, inputs, options);
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
