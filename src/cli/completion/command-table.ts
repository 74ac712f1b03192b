import type { Command, Option } from 'commander';
import { APP_SIGNS } from '../../traffic/toolbox/apps.js';
import { suggestedValues } from '../options/suggested-values.js';
import { firstPart } from './first-part.js';

/** An option as a shell sees it. */
export interface ShellOption {
  /** `-f`, `--file`: one or two of them. */
  readonly flags: readonly string[];
  /** `none`; `next`: a value is the next word, or follows `=`; `equals`: one may follow `=`. */
  readonly value: 'none' | 'next' | 'equals';
  readonly choices: readonly string[];
  /** Its value is a list of them, with commas between. */
  readonly isList: boolean;
  /** Its value is a path. */
  readonly isPath: boolean;
  /** The first part of its description, not escaped. */
  readonly words: string;
}

export interface ShellCommand {
  readonly name: string;
  readonly words: string;
  readonly options: readonly ShellOption[];
  /** Values of its argument; undefined: files. */
  readonly choices: readonly string[] | undefined;
}

/** The commands with their options, from the tables that `--help` prints. */
export function commandTable(program: Command): ShellCommand[] {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    words: firstPart(command.description()),
    options: [...command.options.filter(({ hidden }) => !hidden), HELP].map(shellOption),
    choices: command.registeredArguments[0]?.argChoices,
  }));
  const help = { name: 'help', words: HELP.description, options: [], choices: commands.map(({ name }) => name) };
  return [...commands, help];
}

/** Of `--app`. */
const PROTOCOLS = [...APP_SIGNS.map(({ protocol }) => protocol).sort(), 'none'];
const HELP = { short: '-h', long: '--help', description: 'print the options', required: false, optional: false };

function shellOption(option: Pick<Option, 'short' | 'long' | 'description' | 'required' | 'optional'>): ShellOption {
  const { short, long, required, optional, description } = option;
  const { flags = '', argChoices = [] } = option as Partial<Option>;
  const { words, isList = false } = suggestedValues(option as Option) ?? {};
  return {
    flags: [short, long].filter((flag) => flag !== undefined),
    // For `<code[:reason]>` commander states both.
    value: required ? 'next' : optional ? 'equals' : 'none',
    choices: words ?? (flags.endsWith(' <protocol>') ? PROTOCOLS : argChoices),
    isList,
    isPath: /[<[](?:files?|path|dir)(?:\.{3})?[>\]]/.test(flags),
    words: firstPart(description),
  };
}
