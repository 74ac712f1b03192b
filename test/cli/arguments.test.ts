import type { Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { asksForJson, optionalValues, strayValueHint } from '../../src/cli/options/arguments.js';
import type { Io } from '../../src/cli/host/io.js';
import { createProgram } from '../../src/cli/options/program.js';
import { records, wsinspect } from './binary.js';
import { runHere } from './in-process.js';

const program = createProgram({ stdout: {}, stderr: {} } as unknown as Io, () => undefined);
const optionsOf = (name: string): readonly Option[] =>
  program.commands.find((command: Command) => command.name() === name)!.options;

describe('optional values', () => {
  it.each<[string, string[], string[]]>([
    // They are taken after `=` alone.
    ['encode', ['hi', '--deflate'], ['hi', '--deflate=']],
    ['encode', ['--deflate', 'hi'], ['--deflate=', 'hi']],
    ['encode', ['--deflate=server_max_window_bits=9', 'hi'], ['--deflate=server_max_window_bits=9', 'hi']],
    ['accept', ['--handshake', 'file'], ['--handshake=', 'file']],
    ['connect', ['ws://a', '--ping'], ['ws://a', '--ping=']],
    // But for two.
    ['encode', ['hi', '--mask', '37fa213d'], ['hi', '--mask=37fa213d']],
    ['encode', ['--mask', 'hi'], ['--mask=', 'hi']],
    ['encode', ['--mask'], ['--mask=']],
    ['connect', ['--reconnect', '3', 'ws://a'], ['--reconnect=3', 'ws://a']],
    ['connect', ['--reconnect', 'ws://a'], ['--reconnect=', 'ws://a']],
    // A value of another option is none of them.
    ['connect', ['ws://a', '-x', '--deflate'], ['ws://a', '-x', '--deflate']],
    ['connect', ['ws://a', '--execute', '--ping', '-1'], ['ws://a', '--execute', '--ping', '-1']],
    ['connect', ['ws://a', '--execute=--ping', '--ping'], ['ws://a', '--execute=--ping', '--ping=']],
    ['connect', ['ws://a', '-x', '--deflate', '--deflate'], ['ws://a', '-x', '--deflate', '--deflate=']],
    ['connect', ['ws://a', '-1x', '--deflate'], ['ws://a', '-1x', '--deflate']],
    ['connect', ['ws://a', '-qvx', '--deflate', '--ping'], ['ws://a', '-qvx', '--deflate', '--ping=']],
    ['connect', ['ws://a', '-xq', '--deflate'], ['ws://a', '-xq', '--deflate=']],
    ['connect', ['ws://a', '-H', '--mask', '--mask'], ['ws://a', '-H', '--mask', '--mask']],
    ['decode', ['-f', '--deflate', '--deflate'], ['-f', '--deflate', '--deflate=']],
    ['encode', ['--close', '--mask', '37fa213d'], ['--close', '--mask', '37fa213d']],
    // Where an option has no value, and where there are none of these options, nothing changes.
    ['encode', ['--ping', 'x'], ['--ping', 'x']],
    ['check', ['--deflate'], ['--deflate']],
    ['encode', ['--unknown', '--deflate'], ['--unknown', '--deflate=']],
    ['connect', ['ws://a', '-x'], ['ws://a', '-x']],
    // What follows `--` is text.
    ['encode', ['--', '--deflate'], ['--', '--deflate']],
    ['encode', ['--mask', '--', '37fa213d'], ['--mask=', '--', '37fa213d']],
    ['connect', ['-x', '--', '--deflate'], ['-x', '--', '--deflate=']],
  ])('%s %j', (command, args, expected) => {
    const options = optionsOf(command);
    const joined = (words: string[]): string[] => {
      const [own, text] = optionalValues(words, options);
      return text.length > 0 ? [...own, '--', ...text] : own;
    };
    expect(joined(args)).toEqual(expected);
    expect(joined(expected)).toEqual(expected);
  });
});

describe('--json', () => {
  it.each<[string[], boolean]>([
    [['encode', '--opcode', '99', '--json'], true],
    [['encode', '--json', '--opcode', '99'], true],
    [['encode', '--opcode', '99', '--', '--json'], false],
    [['encode', '--', '--json'], false],
    [['connect', 'ws://a', '-x', '--json'], false],
    [['connect', 'ws://a', '-1x', '--json'], false],
    [['connect', 'ws://a', '-x', '--json', '--json'], true],
    [['connect', 'ws://a', '--execute=--json'], false],
    [['decode', '-f', '--json'], false],
    [['decode', '--unknown', '--json'], true],
    [['--json'], true],
    [['--', '--json'], false],
    [['nothing', '--json'], true],
    [[], false],
  ])('%j: %j', (argv, expected) => {
    expect(asksForJson(program, argv)).toBe(expected);
  });
});

describe('a word too many', () => {
  it.each<[string[], string | undefined]>([
    [['encode', 'a', '--deflate', 'x'], 'the value of --deflate follows =, as in --deflate=x'],
    [['encode', '--mask', 'a', 'b'], 'the value of --mask follows =, as in --mask=a'],
    [['connect', 'ws://a', '-x', '--deflate', 'b'], undefined],
    [['encode', 'a', 'b', '--', '--deflate', 'x'], undefined],
    [['encode', 'a', '--deflate=', 'x'], undefined],
  ])('%j', (argv, expected) => {
    expect(strayValueHint(program, argv)).toBe(expected);
  });
});

describe('the command line', () => {
  it.each<[string[], Partial<Awaited<ReturnType<typeof wsinspect>>>]>([
    [['encode', '--', '--json'], { exit: 0, out: '81062d2d6a736f6e\n' }],
    [['encode', '--', '--version'], { exit: 0, out: '81092d2d76657273696f6e\n' }],
    [['encode', '--opcode', '99', '--', '--json'], { exit: 2, out: '' }],
    [['encode', '--raw-payload', '--version', '--allow-invalid'], { exit: 2, out: '' }],
    [['decode', '--version'], { exit: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string }],
  ])('%j', async (args, expected) => {
    expect(await runHere(args)).toMatchObject(expected);
  });

  it('takes as many words as the system hands over', async () => {
    const words = Array<string>(150_000).fill('00');
    for (const between of [[], ['--']]) {
      const { exit, err } = await wsinspect(['decode', '-q', ...between, ...words]);
      expect([exit, err]).toEqual([1, '']);
    }
  });

  it('reports a usage error as a record where --json is an option', async () => {
    const { out, exit } = await runHere(['encode', '--opcode', '99', '--json']);
    expect(exit).toBe(2);
    expect(records(out)).toMatchObject([{ type: 'error', exit: 2 }]);
  });
});
