import { CommanderError } from 'commander';
import { escapeText, safeJson } from '../render/escape.js';
import { asksForJson, strayValueHint } from './arguments.js';
import { EXIT, isUsageError, UsageError } from './exit.js';
import type { Io } from './io.js';
import { createProgram } from './program.js';

/** Runs one command line and gives its exit code. Nothing here or below calls process.exit. */
export async function runCli(io: Io, argv: readonly string[]): Promise<number> {
  let exit: number = EXIT.ok;
  const program = createProgram(io, (code) => (exit = code));
  const json = asksForJson(program, argv);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.ok;
      // Without a command the help was shown already, on stderr.
      if (error.code === 'commander.help') return EXIT.usage;
      const hint = error.code === 'commander.excessArguments' ? strayValueHint(program, argv) : undefined;
      const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
      return await fail(io, new UsageError(hint === undefined ? message : `${message} (${hint})`), json);
    }
    if (isUsageError(error)) return await fail(io, error, json);
    throw error;
  }
}

/** One line that says what was wrong and where; with `--json` an `error` record as well. */
async function fail(io: Io, error: UsageError, json: boolean): Promise<number> {
  const { place } = error;
  if (json) {
    const { source, line, column, offset } = place;
    const record = {
      type: 'error',
      message: source === undefined ? error.message : `${source}: ${error.message}`,
      exit: EXIT.usage,
      line,
      column,
      offset,
    };
    await io.stdout.write(`${safeJson(record)}\n`);
  }
  await io.stderr.write(`wsinspect: ${where(place)}${escapeText(error.message)}\n`);
  return EXIT.usage;
}

function where({ source, ...place }: UsageError['place']): string {
  return source === undefined ? position(place) : `${escapeText(source)}: ${position(place)}`;
}

function position({ line, column, offset }: UsageError['place']): string {
  if (line !== undefined && line > 1) return `line ${line}, column ${column ?? 1}: `;
  if (column !== undefined) return `column ${column}: `;
  return offset === undefined ? '' : `offset ${offset}: `;
}
