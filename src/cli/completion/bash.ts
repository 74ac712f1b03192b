import type { ShellCommand, ShellOption } from './command-table.js';

/** For bash 4 and newer, which splits words at `=`. */
export function bashScript(commands: readonly ShellCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const cases = commands.map(({ name, options, choices }) => {
    const flags = options.flatMap((option) => option.flags).join(' ');
    return `    ${name}) flags='${flags}' words='${choices?.join(' ') ?? ''}' ;;`;
  });
  const values = commands.flatMap(({ name, options }) =>
    options.flatMap((option) => {
      const { choices, isList } = option;
      if (choices.length === 0) return [];
      return [`    ${places(name, option)}) values='${choices.join(' ')}'${isList ? " list=','" : ''} ;;`];
    }),
  );
  const paths = commands.flatMap(({ name, options }) =>
    options.filter(({ isPath, value }) => isPath && value === 'next').map((option) => places(name, option)),
  );
  return `# Completion of wsinspect for bash: source it, or put it into ~/.local/share/bash-completion/completions/wsinspect
_wsinspect() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} cmd='' flags='' words='' values='' list='' eq='' i
  if [[ $cur == = ]]; then cur='' eq='='; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]} eq='='; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ \${COMP_WORDS[i]} != -* ]]; then cmd=\${COMP_WORDS[i]}; break; fi
  done
  COMPREPLY=()
  if [[ -z $cmd ]]; then COMPREPLY=($(compgen -W '${names} --help --version' -- "$cur")); return; fi
  case "$cmd $prev$eq" in
${values.join('\n')}
    ${paths.join('|')}) COMPREPLY=($(compgen -f -- "$cur")); return ;;
  esac
  if [[ -n $values ]]; then
    if [[ -n $list && $cur == *,* ]]; then list=\${cur%,*},; else list=''; fi
    COMPREPLY=($(compgen -P "$list" -W "$values" -- "\${cur#"$list"}"))
    return
  fi
  case $cmd in
${cases.join('\n')}
  esac
  if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "$flags" -- "$cur"))
  elif [[ -n $words ]]; then COMPREPLY=($(compgen -W "$words" -- "$cur"))
  else COMPREPLY=($(compgen -f -- "$cur")); fi
}
complete -o filenames -o bashdefault -F _wsinspect wsinspect
`;
}

/** Where a value of the option follows. */
function places(command: string, { flags, value }: ShellOption): string {
  return flags
    .flatMap((flag) => [`'${command} ${flag}='`, ...(value === 'next' ? [`'${command} ${flag}'`] : [])])
    .join('|');
}
