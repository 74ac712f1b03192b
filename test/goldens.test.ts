import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { displayWidth } from '../src/terminal/width.js';
import { runHere } from './cli/in-process.js';
import { parseGolden, printGolden, type Ran } from './goldens/golden.js';
import { openShell } from './goldens/shell.js';
import { isTerminal, runOnTerminal, words } from './goldens/terminal.js';

/**
 * A golden is a file: `$ ` and a command line, then what it prints, then `--- stderr` and `--- exit N` where they apply.
 * A new case is a new file with its first line; `UPDATE_GOLDENS=1 npx vitest run test/goldens.test.ts` writes the rest.
 * The commands run in test/goldens/ through `sh -c`, with the built tool as `wsinspect`. A command line that begins with
 * `COLUMNS=…` runs in this process instead, on a terminal of that width; its other assignments are its environment.
 * One that only reads and prints runs in this process, too, also where one prints what the next one reads: one in
 * eight is the built tool nevertheless, with `CI` set, and all with `RUNTIME` (`npm run test:runtimes`).
 */
const folder = fileURLToPath(new URL('goldens', import.meta.url));
const all = readdirSync(folder).filter((name) => name.endsWith('.txt'));
/** Another runtime (`npm run test:runtimes`) has sockets of its own: what it decodes and encodes is looked at. */
const LIVE = /wsinspect (serve|connect|proxy|check)\b|\bsh input\//;
const isAsked = (name: string): boolean => !LIVE.test(parseGolden(readFileSync(join(folder, name), 'utf8')).command);
const names = process.env['RUNTIME'] === undefined ? all : all.filter(isAsked);
const update = process.env['UPDATE_GOLDENS'] === '1';
const isAllBuilt = update || process.env['RUNTIME'] !== undefined;
const EVERY = 8;
const built = new Set(
  isAllBuilt ? names : process.env['CI'] === undefined ? [] : names.filter((_, i) => i % EVERY === 0),
);
/** Nothing for a shell to do but to split words. */
const PLAIN = /^wsinspect(?: [^\s'"|;<>&$(){}*?\\~#]+| '[^']*'| "[^"$`\\]*")*$/;
/** What needs a process: it listens, connects, or gives advice that depends on the descriptors. */
const OF_PROCESS = /^wsinspect (?:serve|connect|proxy|check(?! --(?:list|compare|help)))\b(?!.* --help)/;

function isPlain(stage: string): boolean {
  return PLAIN.test(stage) && !OF_PROCESS.test(stage);
}

/** `wsinspect … | wsinspect …`. */
async function runPlain(stages: readonly string[]): Promise<Ran> {
  let ran: Awaited<ReturnType<typeof runHere>> | undefined;
  let stderr = '';
  for (const stage of stages) {
    ran = await runHere(words(stage).slice(1), ran && { stdin: ran.stdout });
    stderr += ran.err;
  }
  return { stdout: ran!.out, stderr, exit: ran!.exit! };
}

describe('goldens', () => {
  const shell = openShell();
  const before = process.cwd();
  process.chdir(folder);
  afterAll(() => {
    process.chdir(before);
    shell.close();
  });
  const run = (name: string, command: string): Ran | Promise<Ran> => {
    if (isTerminal(command)) return runOnTerminal(command, folder);
    const stages = command.split(' | ');
    return !built.has(name) && stages.every(isPlain) ? runPlain(stages) : shell.run(command, folder);
  };

  it.concurrent.each(names)('%s', async (name) => {
    const path = join(folder, name);
    const text = readFileSync(path, 'utf8');
    const { command } = parseGolden(text);
    const printed = printGolden(command, await run(name, command));
    if (update) writeFileSync(path, printed);
    else expect(printed).toBe(text);
  });
});

/** How a connection ended and what is wrong is reported on one line in a pipe: a search for a rule finds all of it. */
const FINDING =
  /^ +(?:(?:error|warning|notice)(?: at 0x|: )|(?:#[\d.]+ .{1,24} )?cause at 0x)|^ *why: |^\S+ #[\d.]+ +↔ ended /;

/** So is what a peer sent: close reasons, heads, the reason of a failure, names of certificates, previews of payloads. */
const FROM_OUTSIDE =
  /^ *\S+ (?:#[\d.]+ +)?[→←↔] |^ {15}\S+: |^ {2}(?:accept|request|closed|handshake) |^ {13}(?:"|certificate of )|^ {2}0x[0-9a-f]+ +payload /;

/** Records, values for programs and what another program prints are as long as they are. */
const FREE_LENGTH = /--json|--record|--help|--out|--plain|proxied\.sh|replayed\.sh|\bod\b/;

function longLines(name: string): string[] {
  const { command, rest } = parseGolden(readFileSync(join(folder, name), 'utf8'));
  if (FREE_LENGTH.test(command)) return [];
  const width = Number(/COLUMNS=(\d+)/.exec(command)?.[1] ?? 80);
  const isFreeLine = (line: string): boolean => !isTerminal(command) && (FINDING.test(line) || FROM_OUTSIDE.test(line));
  const [stdout = ''] = rest.split(/^--- /m);
  return stdout
    .split('\n')
    .filter((line) => displayWidth(line) > width && !/^[0-9a-f]+$/.test(line) && !isFreeLine(line));
}

describe('width', () => {
  it('no line of a view is longer than the terminal', () => {
    expect(names.filter((name) => longLines(name).length > 0)).toEqual([]);
  });
});
