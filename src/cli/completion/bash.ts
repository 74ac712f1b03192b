import type { ShellCommand } from './command-table.js';

/** For bash 4 and newer, which splits words at `=`. */
export function bashScript(commands: readonly ShellCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const cases = commands.map(({ name, options, choices }) => {
    const flags = options.flatMap((option) => option.flags).join(' ');
    return `    ${name}) flags='${flags}' words='${choices?.join(' ') ?? ''}' ;;`;
  });
  const values = commands.flatMap(({ name, options }) =>
    options.flatMap((option) => {
      if (option.choices.length === 0) return [];
      return [
        `    ${option.flags.map((flag) => `'${name} ${flag}'`).join('|')}) values='${option.choices.join(' ')}' ;;`,
      ];
    }),
  );
  const paths = commands.flatMap(({ name, options }) =>
    options
      .filter(({ isPath, value }) => isPath && value === 'next')
      .flatMap(({ flags }) => flags.map((flag) => `'${name} ${flag}'`)),
  );
  return `# Completion of wsinspect for bash: source it, or put it into ~/.local/share/bash-completion/completions/wsinspect
_wsinspect() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} cmd='' flags='' words='' values='' i
  if [[ $cur == = ]]; then cur=''; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ \${COMP_WORDS[i]} != -* ]]; then cmd=\${COMP_WORDS[i]}; break; fi
  done
  COMPREPLY=()
  if [[ -z $cmd ]]; then COMPREPLY=($(compgen -W '${names} --help --version' -- "$cur")); return; fi
  case "$cmd $prev" in
${values.join('\n')}
    ${paths.join('|')}) COMPREPLY=($(compgen -f -- "$cur")); return ;;
  esac
  if [[ -n $values ]]; then COMPREPLY=($(compgen -W "$values" -- "$cur")); return; fi
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
