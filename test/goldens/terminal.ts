import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Io, Output } from '../../src/cli/host/io.js';
import { runCli } from '../../src/cli/options/run.js';
import type { Ran } from './golden.js';

/** A command line that is to run on a terminal of our making, because a pipe has no columns. */
export function isTerminal(command: string): boolean {
  return command.startsWith('COLUMNS=');
}

/** Words as a shell splits them: single and double quotes, nothing else. */
export function words(line: string): string[] {
  const found = line.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? [];
  return found.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, (_, a?: string, b?: string) => a ?? b ?? ''));
}

class Sink implements Output {
  readonly closed = false;
  private readonly pieces: Uint8Array[] = [];
  constructor(
    readonly isTTY: boolean,
    readonly columns: number | undefined,
  ) {}
  write(data: string | Uint8Array): void {
    this.pieces.push(typeof data === 'string' ? Buffer.from(data) : Buffer.from(data));
  }
  payload(data: Uint8Array): void {
    this.pieces.push(Buffer.from(data));
  }
  bytes(): Uint8Array {
    return Buffer.concat(this.pieces);
  }
}

function stdinOf(bytes: Uint8Array | undefined): Io['stdin'] {
  return Object.assign(bytes === undefined ? [] : [bytes], { isTTY: false }) as unknown as Io['stdin'];
}

/** Runs `wsinspect … | wsinspect …` in this process; the last command has the terminal, its environment is the line's. */
export async function runOnTerminal(command: string, folder: string): Promise<Ran> {
  const [first = '', ...rest] = command.split(' | ');
  const assigned = words(first).filter((word) => /^[A-Z_]+=/.test(word));
  const env = Object.fromEntries(assigned.map((word) => word.split('=', 2) as [string, string]));
  const stages = [words(first).slice(assigned.length), ...rest.map(words)];
  const stderr = new Sink(false, undefined);
  let piped: Uint8Array | undefined;
  let exit = 0;
  for (const [i, [name, ...argv]] of stages.entries()) {
    if (name !== 'wsinspect') throw new Error(`${command}: only wsinspect runs on the terminal, not ${name}`);
    const last = i === stages.length - 1;
    const stdout = new Sink(last, last ? Number(env['COLUMNS']) : undefined);
    exit = await runCli(ioOf(stdinOf(piped), stdout, stderr, env, folder), argv);
    piped = stdout.bytes();
  }
  return { stdout: Buffer.from(piped!).toString(), stderr: Buffer.from(stderr.bytes()).toString(), exit };
}

function ioOf(stdin: Io['stdin'], stdout: Output, stderr: Output, env: Io['env'], folder: string): Io {
  return {
    stdin,
    stdout,
    stderr,
    env: { TERM: 'xterm', ...env },
    interrupted: { aborted: false, reason: 0 },
    untilInterrupted: () => new Promise(() => undefined),
    pid: 1,
    now: () => 0,
    random: (length) => Uint8Array.from({ length }, (_, i) => i + 1),
    readFile: (path) => createReadStream(join(folder, path)),
    fileExists: (path) => existsSync(join(folder, path)),
    fileSize: () => undefined,
  };
}
