import type { ShellCommand, ShellOption } from './command-table.js';

/** For bash 4 and newer, which splits words at `=`. Where nothing is offered, bash completes names of files itself, with its own quotes. */
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
  const others = commands.flatMap(({ name, options }) =>
    options
      .filter(({ choices, isPath, value }) => choices.length === 0 && !isPath && value === 'next')
      .map((option) => places(name, option)),
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
  if [[ -z $cmd ]]; then mapfile -t COMPREPLY < <(compgen -W '${names} --help --version' -- "$cur"); return; fi
  case "$cmd $prev$eq" in
${values.join('\n')}
    ${paths.join('|')}) compopt -o default; return ;;
    ${others.join('|')}) return ;;
  esac
  if [[ -n $values ]]; then
    if [[ -n $list && $cur == *,* ]]; then list=\${cur%,*},; else list=''; fi
    mapfile -t COMPREPLY < <(compgen -P "$list" -W "$values" -- "\${cur#"$list"}")
    return
  fi
  case $cmd in
${cases.join('\n')}
  esac
  if [[ $cur == -* ]]; then mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$cur")
  elif [[ -z $words ]]; then compopt -o default
  elif ((i == COMP_CWORD - 1)); then mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur"); fi
}
complete -F _wsinspect wsinspect
`;
}

/** Where a value of the option follows. */
function places(command: string, { flags, value }: ShellOption): string {
  return flags
    .flatMap((flag) => [`'${command} ${flag}='`, ...(value === 'next' ? [`'${command} ${flag}'`] : [])])
    .join('|');
}
