import { print } from '../../describe/printable.js';
import { escapeText } from '../../describe/escape.js';
import { builtin } from '../entries/builtin.js';
import type { Io } from './io.js';
import { openOutput, PRIVATE, type OutputFiles } from './output-file.js';
import { isUsageError } from './exit.js';
import { isSystemError, reasonOf, WRITING } from './system-reasons.js';

/** Takes a line of a key log (RFC 9850), its line end included. */
export type KeyLogTaker = (line: Uint8Array) => void;

/** One for each file of a run, for any number of connections and listeners that write to it. */
const open = new WeakMap<Io, Map<string, KeyLogTaker>>();

/**
 * The file to which TLS secrets are appended: that of `--keylog`, else that of `SSLKEYLOGFILE`, as in curl. Undefined:
 * neither is given. Throws a UsageError where the option's file cannot be written; that of the environment is reported
 * and left out.
 */
export function keyLogOf(io: Io, option: string | undefined): KeyLogTaker | undefined {
  const path = option ?? io.env['SSLKEYLOGFILE'];
  if (path === undefined || path === '') return undefined;
  const files = open.get(io) ?? new Map<string, KeyLogTaker>();
  open.set(io, files);
  const known = files.get(path);
  if (known !== undefined) return known;
  try {
    const taker = appending(io, option === undefined ? 'SSLKEYLOGFILE' : '--keylog', path);
    files.set(path, taker);
    return taker;
  } catch (error) {
    if (option !== undefined || !isUsageError(error)) throw error;
    const nothing = (): void => undefined;
    files.set(path, nothing);
    void io.stderr.write(print`${escapeText(error.message)}: TLS secrets are not logged\n`);
    return nothing;
  }
}

/** Each line is written by one call to the system, so that several programs may write to one file. */
function appending(io: Io, option: 'SSLKEYLOGFILE' | '--keylog', path: string): KeyLogTaker {
  const files = builtin('node:fs') as OutputFiles;
  const { file } = openOutput(files, { option, path }, PRIVATE, 'write');
  let hasFailed = false;
  return (line) => {
    if (hasFailed) return;
    try {
      files.writeSync(file, line, 0, line.length);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      hasFailed = true;
      const why = reasonOf(error, WRITING);
      void io.stderr.write(print`${option}: ${escapeText(path)}: can't be written: ${escapeText(why)}\n`);
    }
  };
}
