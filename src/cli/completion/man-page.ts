import type { Command, Option } from 'commander';
import { VERSION } from '../options/version.js';
import { firstPart } from './first-part.js';

/** Of the page. */
const DATE = '2026-11-29';

/** The manual page in the macros of man(7), from the tables that `--help` prints. An option that several commands have is listed once. */
export function manPage(program: Command): string {
  const shared = sharedOptions(program.commands);
  const commands = program.commands.map((command) => {
    const own = optionsOf(command).filter((option) => !shared.has(keyOf(option)));
    return [
      `.SS "${command.name()} ${command.usage()}"`,
      sentence(command.description()),
      ...own.flatMap((option) => lines(option)),
    ];
  });
  const several = [...shared.values()].map(({ option, names }) => lines(option, ` (${names.join(', ')})`));
  return [
    `.TH WSINSPECT 1 "${DATE}" "wsinspect ${VERSION}" "User Commands"`,
    '.SH NAME',
    'wsinspect \\- look into WebSocket traffic',
    '.SH SYNOPSIS',
    '.B wsinspect',
    '.I command',
    '.RI [ options ]',
    '.SH DESCRIPTION',
    roff(program.description()),
    '.B wsinspect',
    '.I command',
    `.B ${roff('--help')}`,
    'says more of each option, and has examples.',
    '.SH COMMANDS',
    ...commands.flat(),
    '.SH OPTIONS OF SEVERAL COMMANDS',
    ...several.flat(),
    '.SH EXIT STATUS',
    '0 done; 1 the finding is negative; 2 usage error or unreadable input; 3 the peer broke the protocol;',
    '4 the handshake is invalid; 5, 6, 7 no connection; 22 the upgrade was refused; 28 a time limit;',
    '35, 60 TLS; 56, 57 dropped, or closed with another code; 130, 143 a signal.',
    '',
  ].join('\n');
}

interface SharedOption {
  readonly option: Option;
  readonly names: string[];
}

function sharedOptions(commands: readonly Command[]): Map<string, SharedOption> {
  const all = new Map<string, SharedOption>();
  for (const command of commands) {
    for (const option of optionsOf(command)) {
      const known = all.get(keyOf(option));
      if (known === undefined) all.set(keyOf(option), { option, names: [command.name()] });
      else known.names.push(command.name());
    }
  }
  return new Map([...all].filter(([, { names }]) => names.length > 1));
}

function optionsOf(command: Command): Option[] {
  return command.options.filter(({ hidden }) => !hidden);
}

function keyOf({ flags, description }: Option): string {
  return `${flags} ${description}`;
}

function lines({ flags, description, argChoices }: Option, more = ''): string[] {
  const choices = argChoices === undefined ? '' : `: ${argChoices.join(', ')}`;
  // The rest is in --help: the page is small.
  return ['.TP', `.B ${roff(flags)}`, roff(`${firstPart(description)}${choices}${more}`)];
}

function sentence(text: string): string {
  return roff(`${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`);
}

/** A backslash and a hyphen mean something, and so does a dot or a quote at the start of a line. */
function roff(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^['.]/, '\\&$&');
}
