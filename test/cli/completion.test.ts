import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHere } from './in-process.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsinspect-completion-'));
  mkdirSync(join(folder, 'files'));
  for (const name of FILES) writeFileSync(join(folder, 'files', name), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

const COMMANDS = ['accept', 'decode', 'encode', 'view', 'serve', 'connect', 'proxy', 'check', 'completion'];

async function script(shell: string): Promise<string> {
  const path = join(folder, shell);
  writeFileSync(path, (await runHere(['completion', shell])).out);
  return path;
}

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

const hasShell = (shell: string): boolean => existsSync(`/usr/bin/${shell}`) || existsSync(`/bin/${shell}`);

/** Beginnings of commands, and what a shell makes of each. */
const VALUES: readonly (readonly [typed: string, completed: string])[] = [
  ['decode --opcode te', 'decode --opcode text'],
  ['decode --opcode text,pi', 'decode --opcode text,ping'],
  ['decode --opcode=bi', 'decode --opcode=binary'],
  ['decode --view mes', 'decode --view messages'],
  ['decode --app sig', 'decode --app signalr'],
  ['decode --redact=jw', 'decode --redact=jwt'],
  ['decode --redact=jwt,car', 'decode --redact=jwt,card'],
  ['encode --length-form 1', 'encode --length-form 16'],
  ['connect --http2=a', 'connect --http2=auto'],
  ['proxy --http2=c', 'proxy --http2=clients'],
];

/** The same in a folder with the files of FILES: values of fixed words are no names of files. */
const NAMES: readonly (readonly [typed: string, completed: string])[] = [
  ['decode -f my', 'decode -f my_capture.pcap'],
  ['decode my', 'decode my_capture.pcap'],
  ['decode -f a', 'decode -f a$(b)[1]&.pcap'],
  ['decode --opcode ze', 'decode --opcode ze'],
  ['decode --opcode text,ze', 'decode --opcode text,ze'],
  ['decode --opcode te', 'decode --opcode text'],
  ['decode --view ze', 'decode --view ze'],
  ['decode --app zeb', 'decode --app zeb'],
  ['decode --redact=ze', 'decode --redact=ze'],
  ['connect --http2=ze', 'connect --http2=ze'],
  ['decode --limit ze', 'decode --limit ze'],
  ['decode --limit=ze', 'decode --limit=ze'],
  ['check --compare ze', 'check --compare zebra.pcap'],
  ['he', 'help'],
  ['help dec', 'help decode'],
  ['help ze', 'help ze'],
  ['help decode ze', 'help decode ze'],
  ['completion ze', 'completion ze'],
  ['completion bash fi', 'completion bash fi'],
  // Another command is a word of this one.
  ['encode help dec', 'encode help dec'],
];
const FILES = ['my capture.pcap', 'zebra.pcap', 'textual.pcap', 'a$(b)[1]&.pcap'];

/** Shells on a terminal, and what they run first: the words that a command gets are printed, a blank within one as _. */
const INTERACTIVE = {
  zsh: {
    start: 'zsh -f -i',
    first: [
      'PS1=; unsetopt zle_bracketed_paste; autoload -U compinit; compinit -D -d "$D"; source "$S"',
      `bindkey '^I' complete-word; wsinspect() { print -r -- "<""<\${@// /_}>"">" }`,
    ],
  },
  bash: {
    start: 'bash --norc --noprofile -i',
    first: [
      'PS1=; bind "set enable-bracketed-paste off"; bind "set bell-style none"; source "$S"',
      `wsinspect() { local IFS=' '; echo "<""<\${*// /_}>"">"; }`,
    ],
  },
} as const;

/** Types lines into a shell on a terminal of its own, each with a tab after it; what the command gets then is printed. */
const TYPING = `
zmodload zsh/zpty
export HISTFILE=
zpty -b z "\${(@z)1}"
for line in "\${(@f)2}" "echo RE''ADY"; do zpty -w z "$line"; done
zpty -r z out '*READY*'
for line in "\${@:3}"; do
  zpty -w -n z "wsinspect $line"$'\\t\\n'
  zpty -r z out '*<<*>>*'
  print -r -- "\${\${out#*<<}%%>>*}"
done
zpty -d z
`;

function typed(
  shell: keyof typeof INTERACTIVE,
  path: string,
  cwd: string,
  lines: readonly string[],
  more: readonly string[] = [],
): string[] {
  const { start, first } = INTERACTIVE[shell];
  return execFileSync('zsh', ['-f', '-c', TYPING, 'zsh', start, [...first, ...more].join('\n'), ...lines], {
    encoding: 'utf8',
    cwd,
    env: { ...process.env, S: path, D: join(folder, 'zcompdump'), TERM: 'dumb', INPUTRC: '/dev/null' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 20_000,
  })
    .trim()
    .split(/\r?\n/);
}

describe('completion', () => {
  it.skipIf(!hasShell('bash'))('bash', async () => {
    const path = await script('bash');
    const complete = (...words: string[]): string[] =>
      run(
        'bash',
        ...['-c', `. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _wsinspect; printf '%s\\n' "\${COMPREPLY[@]}"`],
        ...[path, 'wsinspect', ...words],
      )
        .split('\n')
        .filter((line) => line !== '');
    expect(complete('')).toEqual([...COMMANDS, 'help', '--help', '--version']);
    expect(complete('help', '')).toEqual(COMMANDS);
    expect(complete('decode', '--redact')).toEqual(['--redact', '--redact-addresses']);
    expect(complete('decode', '--view', '')).toEqual(['annotated', 'summary', 'messages', 'apps']);
    expect(complete('decode', '--color', '=', 'al')).toEqual(['always']);
    expect(complete('completion', 'f')).toEqual(['fish']);
    for (const [typed, completed] of VALUES) {
      const words = typed.split(/ |(=)/).filter((word) => word !== undefined && word !== '');
      expect(complete(...words), typed).toEqual([
        completed
          .slice(completed.lastIndexOf('=') + 1)
          .split(' ')
          .at(-1),
      ]);
    }
  });

  it.skipIf(!hasShell('bash') || !hasShell('zsh'))('bash, on a terminal', async () => {
    const path = await script('bash');
    const more = [
      ['decode --file=my', 'decode --file=my_capture.pcap'],
      ['decode "my', 'decode my_capture.pcap'],
      // An optional value follows an equals sign.
      ['decode --redact my', 'decode --redact my_capture.pcap'],
      [`decode -f ${join(folder, 'files')}/my`, `decode -f ${join(folder, 'files')}/my_capture.pcap`],
    ] as const;
    const all = [...VALUES, ...NAMES, ...more];
    const lines = all.map(([line]) => line);
    expect(typed('bash', path, join(folder, 'files'), lines)).toEqual(all.map(([, completed]) => completed));
  });

  it.skipIf(!hasShell('fish'))('fish', async () => {
    const path = await script('fish');
    const complete = (line: string, cwd = '.'): string[] =>
      run('fish', '--no-config', '-c', `source ${path}; cd ${cwd}; complete -C '${line}'`)
        .split('\n')
        .flatMap((each) => (each === '' ? [] : [each.split('\t')[0]!]));
    expect(complete('wsinspect ').sort()).toEqual([...COMMANDS, 'help'].sort());
    expect(complete('wsinspect help ').sort()).toEqual([...COMMANDS].sort());
    expect(complete('wsinspect decode --redact')).toEqual(['--redact', '--redact=', '--redact-addresses']);
    expect(complete('wsinspect decode --view ').sort()).toEqual(['annotated', 'apps', 'messages', 'summary']);
    expect(complete('wsinspect completion ').sort()).toEqual(['bash', 'fish', 'zsh']);
    for (const [typed, completed] of VALUES)
      expect(complete(`wsinspect ${typed}`), typed).toEqual([completed.split(' ').at(-1)]);
    for (const [typed, completed] of NAMES) {
      const names = FILES.filter((name) => name.replaceAll(' ', '_') === completed.split(' ').at(-1));
      const words = typed === completed ? [] : names.length > 0 ? names : [completed.split(' ').at(-1)];
      expect(complete(`wsinspect ${typed}`, join(folder, 'files')), typed).toEqual(words);
    }
  });

  it.skipIf(!hasShell('zsh'))('zsh', async () => {
    const path = await script('zsh');
    // What would be offered is printed: completion itself needs a terminal.
    const stubs = `compdef() { : }; _describe() { print -l -- \${(P)2} }; _arguments() { print -l -- "$@" }`;
    const complete = (...words: string[]): string =>
      run('zsh', '-f', '-c', `${stubs}; source ${path}; words=("$@"); CURRENT=$#; _wsinspect`, 'zsh', ...words);
    expect(
      complete('wsinspect', '')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split(':')[0]),
    ).toEqual([...COMMANDS, 'help']);
    const decode = complete('wsinspect', 'decode', '--');
    expect(decode).toContain('*--view=[how to show the input]:value:(annotated summary messages apps)\n');
    expect(decode).toContain('*-f+[read from a file]:value:_files\n');
    expect(complete('wsinspect', 'completion', '')).toContain('1:value:(bash zsh fish)\n');
  });

  it.skipIf(!hasShell('zsh'))('zsh, on a terminal', async () => {
    const path = await script('zsh');
    const all = [...VALUES, ...NAMES];
    const out = typed(
      'zsh',
      path,
      join(folder, 'files'),
      all.map(([line]) => line),
    );
    expect(out).toEqual(all.map(([, completed]) => completed));
  });

  it('refuses another shell', async () => {
    expect((await runHere(['completion', 'tcsh'])).exit).toBe(2);
  });
});

/** Each option of each command, and the first part of its description, as it is in --help. */
async function described(): Promise<[command: string, option: string, words: string][]> {
  const all: [string, string, string][] = [];
  for (const name of COMMANDS) {
    const { out } = await runHere([name, '--help'], { columns: 1000 });
    for (const [, option = '', text = ''] of out.matchAll(
      /^ {2}(?:-\w, )?(--[\w-]+)\S*(?: [<[].*?[>\]])? {2,}(.*)/gm,
    )) {
      const plain = text.replaceAll(/(?<= )'[^']*'/g, (quoted) => quoted.replaceAll(/\W/g, 'x'));
      const [first = ''] = plain.split(/; |: | \(|, as in /);
      if (option !== '--help') all.push([name, option, text.slice(0, first.length)]);
    }
  }
  return all;
}

describe('descriptions are whole', () => {
  let all: [command: string, option: string, words: string][] = [];
  beforeAll(async () => {
    all = await described();
    expect(all.length).toBeGreaterThan(250);
    expect(all).toContainEqual(['connect', '--header', "send 'Name: value'"]);
  });

  it.skipIf(!hasShell('fish'))('in fish', async () => {
    const path = await script('fish');
    const lines = COMMANDS.map((name) => `echo "<${name}>"; complete -C 'wsinspect ${name} --'`);
    const out = run('fish', '--no-config', '-c', `source ${path}; ${lines.join('; ')}`);
    const found = out.split(/^<(\w+)>$/m);
    const shown = (name: string): string => found[found.indexOf(name) + 1]!;
    expect(all.filter(([name, option, words]) => !shown(name).includes(`\n${option}\t${words}\n`))).toEqual([]);
  });

  it.skipIf(!hasShell('zsh'))('in zsh', async () => {
    const path = await script('zsh');
    // What would be listed is written to a file; zsh takes the backslash from a bracket when it lists it.
    const describing = `_describe() { print -r -- "<$words[1]>"; for a; do [[ \${(tP)a} == array* ]] && print -rl -- "\${(@P)a}"; done } >>$L`;
    writeFileSync(join(folder, 'listed'), '');
    const lines = COMMANDS.map((name) => `${name} --`);
    typed('zsh', path, folder, lines, [`L=${join(folder, 'listed')}`, describing]);
    const found = readFileSync(join(folder, 'listed'), 'utf8')
      .replaceAll('\\]', ']')
      .split(/^<(\w+)>$/m);
    const shown = (name: string): string => found[found.indexOf(name) + 1] ?? '';
    expect(all.filter(([name, option, words]) => !shown(name).includes(`\n${option}:${words}\n`))).toEqual([]);
  });

  it('in the manual page', () => {
    const page = readFileSync('dist/wsinspect.1', 'utf8').replaceAll('\\-', '-').replaceAll('\\&', '').split('\n');
    const texts = (option: string): string[] =>
      page.flatMap((line, at) =>
        line.startsWith('.B ') && line.split(/[ ,[]/).includes(option) ? [page[at + 1]!] : [],
      );
    const isShown = ([, option, words]: (typeof all)[number]): boolean =>
      texts(option).some((text) => text === words || [': ', ' ('].some((end) => text.startsWith(words + end)));
    expect(all.filter((each) => !isShown(each))).toEqual([]);
  });
});

describe('help', () => {
  it.each(COMMANDS)('%s: no line has more than 80 columns, and the common options come last', async (name) => {
    const { out } = await runHere([name, '--help']);
    const [help = ''] = out.split('\nExamples:');
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
    const common = help.slice(help.indexOf('\nCommon:\n')).trim().split('\n');
    expect(common.filter((line) => /^ {2}-/.test(line)).map((line) => line.trim().split(/ {2}| </)[0])).toEqual([
      ...['--json', '--color', '-q, --quiet', '-v, --verbose', '-h, --help'],
    ]);
  });

  it.each(COMMANDS.filter((name) => name !== 'completion'))('%s: -h is shorter than --help', async (name) => {
    const [short, long] = await Promise.all([runHere([name, '-h']), runHere([name, '--help'])]);
    expect(short.out.split('\n').length).toBeLessThan(long.out.split('\n').length);
    expect(short.out).toContain('--help lists all options.');
  });

  it('-h lists the usual options, --help all', async () => {
    const [short, long] = await Promise.all([runHere(['decode', '-h']), runHere(['decode', '--help'])]);
    expect(short.out.length).toBeLessThan(long.out.length / 2);
    expect(short.out).toContain('--help lists all options.');
    expect(short.out).toContain('--write <file>');
    expect(short.out).not.toContain('--max-held');
    expect(long.out).toContain('--max-held');
  });

  it('the manual page has every option of every command', async () => {
    const page = readFileSync('dist/wsinspect.1', 'utf8').replaceAll('\\-', '-');
    for (const name of COMMANDS) {
      const { out } = await runHere([name, '--help']);
      for (const [, option = ''] of out.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)) {
        if (option !== '--help') expect(page, `${name} ${option}`).toContain(option);
      }
    }
    if (existsSync('/usr/bin/mandoc')) run('mandoc', '-T', 'lint', '-W', 'warning', 'dist/wsinspect.1');
  });
});
