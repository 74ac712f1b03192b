import type { ShellCommand, ShellOption } from './command-table.js';

export function fishScript(commands: readonly ShellCommand[]): string {
  const first = `test (count (commandline -opc)) -eq 1`;
  const lines = commands.flatMap(({ name, words, options, choices }) => {
    const after = `complete -c wsinspect -n 'contains -- ${name} (commandline -opc)[2]'`;
    return [
      `complete -c wsinspect -n '${first}' -f -a ${name} -d '${quoted(words)}'`,
      ...options.map((option) => `${after} ${rest(option)}`),
      ...(choices === undefined
        ? []
        : [`${after} -f`, `${after} -n 'test (count (commandline -opc)) -eq 2' -f -a '${choices.join(' ')}'`]),
    ];
  });
  return `# Completion of wsinspect for fish: put it into ~/.config/fish/completions/wsinspect.fish\n${lines.join('\n')}\n`;
}

function rest({ flags, value, choices, isList, isPath, words }: ShellOption): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const all = isList ? `(__fish_append , ${choices.join(' ')})` : choices.join(' ');
  // An argument without -r or -x follows = only.
  const among = choices.length > 0 ? [`-f -a '${all}'`] : [];
  const takes = value === 'none' ? [] : value === 'equals' ? among : isPath ? ['-r -F'] : ['-x', ...among];
  return [...names, ...takes, `-d '${quoted(words)}'`].join(' ');
}

/** Within single quotes. */
const quoted = (text: string): string => text.replace(/[\\']/g, '\\$&');
