import type { Rewriting } from '../../traffic/conversation-taker.js';
import type { Io } from '../host/io.js';
import { deflateOf } from '../options/deflate-option.js';
import type { DecodeOptions } from '../options/options.js';
import type * as handOn from '../entries/hand-on.js';
import { recordFilterOf } from './record-filter.js';
import type { RecordOutput } from './record-output.js';

/** What a run writes and covers. */
export interface HandOn {
  /** `--write`. */
  readonly writing?: InstanceType<(typeof handOn)['Writing']>;
  /** `--redact`. */
  readonly rewriting?: Rewriting;
  /** What was covered, at the end. */
  readonly report?: (output: RecordOutput) => Promise<void>;
}

/** Opens what `--write` names, after all that the options say was checked. `inputs` are files that the run reads. Throws a UsageError. */
export async function handingOn(io: Io, options: DecodeOptions, inputs: readonly string[]): Promise<HandOn> {
  const { write, redact, redactAddresses, limit, base64, quiet, json } = options;
  if (write === undefined && redact === undefined && redactAddresses !== true) return {};
  const { Writing, redactionOf, rewritingBy, redactionLine, redactionRecord } = await import('../entries/hand-on.js');
  const isSelective = recordFilterOf(options, () => undefined) !== undefined || limit !== undefined;
  const redaction = redactionOf(options);
  const deflate = deflateOf(options.deflate);
  const isRedacted = redaction !== undefined;
  const writing =
    write === undefined
      ? undefined
      : new Writing(io, { path: write, inputs, isSelective, isRedacted, deflate, base64, quiet });
  if (redaction === undefined) return { ...(writing && { writing }) };
  const report = async (output: RecordOutput): Promise<void> => {
    if (json) output.json(redactionRecord(redaction.tally));
    if (!quiet) await io.stderr.write(redactionLine(redaction.tally));
  };
  return { ...(writing && { writing }), rewriting: rewritingBy(redaction), report };
}
