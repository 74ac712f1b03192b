import { print, type Printable } from '../../describe/printable.js';
import { CommanderError, type Command } from 'commander';
import { escapeText, jsonLine } from '../../describe/escape.js';
import { asksForJson, commandOf, strayValueHint } from './arguments.js';
import { meantBy } from './entry-hint.js';
import { EXIT, isInterrupted, isUsageError, UsageError } from '../host/exit.js';
import type { Io } from '../host/io.js';
import { withoutPasswords } from './passwords.js';
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
      // Without a command the help was printed already, on stderr.
      if (error.code === 'commander.help') return EXIT.usage;
      return await fail(io, new UsageError(mistakeOf(error) + (hintOf(io, program, argv, error) ?? '')), json);
    }
    if (isInterrupted(error)) return io.interrupted.reason;
    if (isUsageError(error)) return await fail(io, error, json);
    // One of this program: bin/ reports it on stderr, as it does those thrown by events.
    if (json) await record(io, `internal error: ${String(error)}`, EXIT.fault);
    throw error;
  }
}

function hintOf(io: Io, program: Command, argv: readonly string[], { code }: CommanderError): string | undefined {
  const stray = code === 'commander.excessArguments' ? strayValueHint(program, argv) : undefined;
  if (stray !== undefined) return ` (${stray})`;
  const isUnknown = code === 'commander.unknownCommand' || code === 'commander.unknownOption';
  const meant = isUnknown && commandOf(program, argv) === undefined ? meantBy(io, argv) : undefined;
  return meant && `: did you mean ${meant}`;
}

/** An option that does not exist is named without its value, which may be a secret. */
function mistakeOf({ message, code }: CommanderError): string {
  const text = message.replace(/^error: /, '').replaceAll('\n', ' ');
  return code === 'commander.unknownOption' ? text.replace(/^(unknown option '[^'=]*)=[^]*?'($| \()/, "$1'$2") : text;
}

/** One line that states what was wrong and where; with `--json` an `error` record as well. */
async function fail(io: Io, error: UsageError, json: boolean): Promise<number> {
  const { place } = error;
  const message = withoutPasswords(error.message);
  if (json) {
    const { source, ...position } = place;
    await record(io, source === undefined ? message : `${source}: ${message}`, EXIT.usage, position);
  }
  await io.stderr.write(print`wsinspect: ${where(place)}${escapeText(message)}\n`);
  return EXIT.usage;
}

async function record(io: Io, message: string, exit: number, place: UsageError['place'] = {}): Promise<void> {
  const { line, column, offset } = place;
  const value = { type: 'error', message: withoutPasswords(message), exit, line, column, offset };
  await io.stdout.write(jsonLine(value));
}

function where({ source, ...place }: UsageError['place']): Printable {
  return source === undefined ? position(place) : print`${escapeText(source)}: ${position(place)}`;
}

function position({ line, column, offset }: UsageError['place']): Printable {
  if (line !== undefined && line > 1) return print`line ${line}, column ${column ?? 1}: `;
  if (column !== undefined) return print`column ${column}: `;
  return offset === undefined ? print`` : print`offset ${offset}: `;
}
