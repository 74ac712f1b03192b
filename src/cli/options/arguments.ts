import type { Command, Option } from 'commander';

/** The forms of an optional value as the next word. Any other value is taken after `=` alone, so that no option takes an argument. */
const NEXT_WORD: Readonly<Record<string, RegExp>> = { '--mask': /^[0-9a-f]{8}$/i, '--reconnect': /^\d{1,9}$/ };

/** An argument of a command: an option with its value, or anything else. */
interface Part {
  readonly words: readonly string[];
  readonly option?: Option;
  /** Its value, where it was given one. */
  readonly value?: string;
}

/** The arguments of a command up to `--`, as commander reads them: values of options are no options, whatever they look like. */
function* partsOf(args: readonly string[], options: readonly Option[]): Generator<Part> {
  for (let at = 0; at < args.length && args[at] !== '--';) {
    const part = partAt(args, at, options);
    yield part;
    at += part.words.length;
  }
}

function partAt(args: readonly string[], at: number, options: readonly Option[]): Part {
  const word = args[at]!;
  const equals = word.startsWith('--') ? word.indexOf('=') : -1;
  const flag = equals < 0 ? lastFlag(word, options) : word.slice(0, equals);
  const option = options.find((each) => isOf(each, flag));
  if (option === undefined) return { words: [word] };
  if (equals >= 0) return { words: [word], option, value: word.slice(equals + 1) };
  if (flag.length > 2 && !flag.startsWith('--')) return { words: [word], option };
  const next = args[at + 1];
  const takesNext = option.required || (isOptional(option) && NEXT_WORD[option.long ?? '']?.test(next ?? ''));
  return takesNext && next !== undefined ? { words: [word, next], option, value: next } : { words: [word], option };
}

/** For `<code[:reason]>` commander states both: then it is required. */
function isOptional({ optional, required }: Option): boolean {
  return optional && !required;
}

/** `-h` or `--help`. */
function isOf({ short, long }: Option, flag: string): boolean {
  return flag === short || flag === long;
}

/** Of short options in one word the last, if no other takes the rest of the word as its value. */
function lastFlag(word: string, options: readonly Option[]): string {
  if (word.startsWith('--') || !word.startsWith('-')) return word;
  let rest = word;
  while (rest.length > 2) {
    const option = options.find(({ short }) => short === rest.slice(0, 2));
    if (option === undefined || option.required || option.optional) return word;
    rest = `-${rest.slice(2)}`;
  }
  return rest;
}

/** The arguments of a command with every optional value after `=`, empty where none was given, and what follows `--`. */
export function optionalValues(args: readonly string[], options: readonly Option[]): [words: string[], text: string[]] {
  const out: string[] = [];
  let read = 0;
  for (const { words, option, value = '' } of partsOf(args, options)) {
    read += words.length;
    const [first] = words;
    if (option !== undefined && isOptional(option) && isOf(option, first!)) out.push(`${option.long}=${value}`);
    else for (const word of words) out.push(word);
  }
  return [out, args.slice(read + 1)];
}

/** The position of the command that is requested, and its name. */
export function commandOf(program: Command, argv: readonly string[]): [at: number, command: Command] | undefined {
  const at = argv.findIndex((word) => !word.startsWith('-') || word === '--');
  const command = program.commands.find((each) => each.name() === argv[at]);
  return command && [at, command];
}

function askedOf(program: Command, argv: readonly string[]): Part[] {
  const [at, { options }] = commandOf(program, argv) ?? [-1, program];
  return [...partsOf(argv.slice(at + 1), options)];
}

/** `--json` is among the options, even if another is wrong. */
export function asksForJson(program: Command, argv: readonly string[]): boolean {
  return askedOf(program, argv).some(({ words, option }) =>
    option === undefined ? words[0] === '--json' : option.long === '--json',
  );
}

/** What may be meant by one word too many; undefined: there is no such option. */
export function strayValueHint(program: Command, argv: readonly string[]): string | undefined {
  const parts = askedOf(program, argv);
  const isStray = (part: Part | undefined): boolean =>
    part?.option === undefined && part?.words[0]?.startsWith('-') === false;
  const at = parts.findIndex(
    ({ option, value }, i) =>
      option !== undefined && isOptional(option) && value === undefined && isStray(parts[i + 1]),
  );
  if (at < 0) return undefined;
  const flag = parts[at]!.option!.long;
  return `the value of ${flag} follows =, as in ${flag}=${parts[at + 1]!.words[0]}`;
}
