import { print } from '../../describe/printable.js';
import { EXIT } from '../host/exit.js';
import { processIo } from '../host/process-io.js';
import { runCli } from '../options/run.js';
import { escapeText } from '../../describe/escape.js';

let failed = false;

/** Nothing more can be written: a full disk, for example. It may be reported after the command has ended. */
function onFailure(reason: string): void {
  if (!failed) process.stderr.write(print`wsinspect: can't write: ${escapeText(reason)}\n`);
  failed = true;
  process.exitCode = EXIT.usage;
}

/** Runs the command line of this process. What else needs parts of this file gets them without a run. */
export function start(): void {
  // chalk throws for a level below zero in it; any number but zero means colour.
  if (process.env['FORCE_COLOR']?.trim().startsWith('-')) process.env['FORCE_COLOR'] = '1';
  void runCli(processIo(onFailure), process.argv.slice(2)).then((code) => {
    if (!failed) process.exitCode = code;
  });
}
