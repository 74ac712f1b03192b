import type { Command } from 'commander';
import { escapedLines } from '../../describe/escape.js';
import type { Io } from '../host/io.js';
import { EXIT } from '../host/exit.js';
import { commandTable } from '../completion/command-table.js';
import { bashScript } from '../completion/bash.js';
import { fishScript } from '../completion/fish.js';
import { zshScript } from '../completion/zsh.js';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** `completion`: a script for a shell, made of the options of all commands. */
export async function run(io: Io, shell: keyof typeof SCRIPTS, program: Command): Promise<number> {
  await io.stdout.write(escapedLines(SCRIPTS[shell](commandTable(program))));
  return EXIT.ok;
}
