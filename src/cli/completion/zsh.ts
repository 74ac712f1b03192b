import type { ShellCommand, ShellOption } from './command-table.js';

export function zshScript(commands: readonly ShellCommand[]): string {
  const names = commands.map(({ name, words }) => `    '${name}:${quoted(words)}'`).join('\n');
  const cases = commands.map(({ name, options, choices }) => {
    const argument = choices === undefined ? `'*:file:_files'` : `'1:value:(${choices.join(' ')})'`;
    const lines = [...options.flatMap(specsOf), argument].map((spec) => `        ${spec}`);
    return `    ${name})\n      _arguments -s -S \\\n${lines.join(' \\\n')} ;;`;
  });
  return `#compdef wsinspect
# Completion of wsinspect for zsh: source it after compinit, or put it as _wsinspect into a directory of $fpath
_wsinspect() {
  local -a commands
  commands=(
${names}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local cmd=$words[2]
  shift words
  (( CURRENT-- ))
  case $cmd in
${cases.join('\n')}
  esac
}
if [ "$funcstack[1]" = _wsinspect ]; then _wsinspect "$@"; else compdef _wsinspect wsinspect; fi
`;
}

/** An option may come again: most that take values are repeatable. */
function specsOf({ flags, value, choices, isList, isPath, words }: ShellOption): string[] {
  const all = choices.join(' ');
  const values = isList ? `_sequence compadd - ${escaped(all)}` : all !== '' ? `(${all})` : isPath ? '_files' : ' ';
  const ending = value === 'none' ? '' : value === 'next' ? `:value:${values}` : `::value:${values}`;
  return flags.map((flag) => {
    const mark = value === 'none' ? '' : !flag.startsWith('--') ? '+' : value === 'next' ? '=' : '=-';
    return `'*${flag}${mark}[${quoted(words).replaceAll(']', '\\]')}]${ending}'`;
  });
}

/** A colon ends a part of a specification. */
const escaped = (text: string): string => text.replaceAll(':', '\\:');

/** Within single quotes. */
const quoted = (text: string): string => text.replaceAll("'", `'\\''`);
