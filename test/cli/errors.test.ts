import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { records, Workshop, wsinspect } from './binary.js';
import { runHere } from './in-process.js';

let shop: Workshop;
beforeAll(() => {
  shop = new Workshop();
});
afterAll(() => shop.remove());

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

/** Command line, stdin, and what the one line says. */
const MISTAKES: readonly (readonly [args: readonly string[], stdin: string, told: string])[] = [
  [['decode', '81 05 g'], '', "column 7: 'g' is not a hex digit"],
  [['decode'], '8105\n48656cxx', "stdin: line 2, column 7: 'x' is not a hex digit"],
  [['decode', '8'], '', 'column 1: '],
  [['decode'], '', 'stdin: no bytes to decode'],
  [['decode', ''], '', 'argument: no bytes to decode'],
  [['decode', '--from', 'base64', 'gQ!'], '', "column 3: '!' is not a Base64 character"],
  [['decode', '--from', 'dump', '8100'], '', 'column 1: no dump of a known form'],
  [['decode', '-f', 'no/such/file'], '', "no/such/file: can't be read: no such file"],
  [['decode', '-f', '/'], '', "/: can't be read: it is a directory"],
  [['decode', '-f', 'x', '8100'], '', 'give hex or --file, not both'],
  [['decode', '--from', 'nonsense', '8100'], '', 'option '],
  [['decode', '--view', 'nonsense', '8100'], '', 'option '],
  [['decode', '--preview', 'many', '8100'], '', 'option '],
  [['decode', '--preview', '-1', '8100'], '', 'option '],
  [['decode', '--max-message', '0', '8100'], '', 'option '],
  [['decode', '--direction', 'up', '8100'], '', 'option '],
  [['decode', '--color', 'green', '8100'], '', 'option '],
  [['decode', '--deflate=server_max_window_bits=99', '8100'], '', 'column 1: --deflate: '],
  [['decode', '--nonsense'], '', "unknown option '--nonsense'"],
  [['decode', '--fil', 'x'], '', "unknown option '--fil' (Did you mean --file?)"],
  [['decode', '--from'], '', "option '--from <form>' argument missing"],
  [['encode', 'one', 'two'], '', "too many arguments for 'encode'"],
  [['encode', 'hi', '-f', 'x'], '', 'give a text or --file, not both'],
  [['encode', '-f', 'no/such/file'], '', "no/such/file: can't be read: no such file"],
  [['encode', '--hex', '61zz'], '', "text: column 3: 'z' is not a hex digit"],
  [['encode', '--hex'], '61\nzz', "-: line 2, column 1: 'z' is not a hex digit"],
  [['encode', '--raw-payload', 'zz'], '', "--raw-payload: column 1: 'z' is not a hex digit"],
  [['encode', '--raw-payload', '61', 'hi'], '', '--raw-payload is the payload'],
  [['encode', '--mask=nonsense', 'hi'], '', "--mask: 'nonsense' is not a key of 8 hex digits"],
  [['encode', '--opcode', '16', 'hi'], '', 'option '],
  [['encode', '--rsv', '4', 'hi'], '', 'option '],
  [['encode', '--close', '70000'], '', 'option '],
  [['encode', '--close', '1000', 'why'], '', 'the reason follows the code'],
  [['encode', '--fragment', '0', 'hi'], '', 'option '],
  [['encode', '--length-form', '8', 'hi'], '', 'option '],
  [['encode', '--length-form', '7', '--declare-length', '126', 'hi'], '', '--length-form 7: '],
  [['encode', '--declare-length', '18446744073709551616', 'hi'], '', 'option '],
  [['encode', '--ping', '--pong'], '', 'a frame has one opcode'],
  [['encode', '--opcode', '3', 'hi'], '', 'opcode 3 is reserved'],
  [['encode', '--out', 'rust', 'hi'], '', 'option '],
  [['accept'], '', 'no key: '],
  [['accept', 'abcd'], '', 'the key '],
  [['accept', 'dGhl!HNhbXBsZSBub25jZQ=='], '', "column 5: '!' is not a Base64 digit"],
  [['accept', '--generate', KEY], '', '--generate makes a key'],
  [['accept', '--verify', 'x', '--generate'], '', '--verify needs a key'],
  [['accept', '--handshake', 'no/such/file'], '', "no/such/file: can't be read: no such file"],
  [['accept', '--handshake'], 'hello', 'stdin: no handshake in it'],
  [['accept', '--handshake'], '', 'stdin: nothing in it'],
  [['accept', '--plain', '--explain', KEY], '', "option '--"],
  [['decod', '8100'], '', "unknown command 'decod' (Did you mean decode?)"],
  [['nonsense'], '', "unknown command 'nonsense'"],
  [['--nonsense'], '', "unknown option '--nonsense'"],
];

describe('a mistake is one line on stderr and exit 2', () => {
  it.each([[['--deflate=nonsense']], [['--app', 'nonsense']], [['--proto', 'no-such.proto']]])(
    'decode %j, of an input that does not end',
    async (args) => {
      const { exit, err } = await runHere(['decode', ...args], { open: true });
      expect(exit).toBe(2);
      expect(err).toContain(args[0]!.split('=')[0]);
    },
  );

  it.each(MISTAKES)('wsinspect %j < %j', async (args, stdin, told) => {
    const { exit, out, err } = await runHere(args, { stdin });
    expect(exit).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(/^wsinspect: [^\n]+\n$/);
    expect(err.slice('wsinspect: '.length)).toSatisfy(
      (line: string) => line.startsWith(told),
      `${err} begins with ${told}`,
    );
    expect(err).not.toMatch(/\.js|undefined|NaN|\(output/);
  });

  it.each(MISTAKES)('with --json an error record as well: %j < %j', async (args, stdin) => {
    const { exit, out, err } = await runHere([...args.slice(0, 1), '--json', ...args.slice(1)], { stdin });
    expect(exit).toBe(2);
    expect(err).toMatch(/^wsinspect: [^\n]+\n$/);
    const [record, ...more] = records(out);
    expect(more).toEqual([]);
    expect(record).toMatchObject({ type: 'error', exit: 2 });
    // The same words; the place has fields of its own.
    const [, source = '', line, column] =
      /^wsinspect: (?:(\S+: )(?=line|column))?(?:line (\d+), )?(?:column (\d+): )?/.exec(err)!;
    const words = err.replace(/^wsinspect: (?:\S+: (?=line|column))?(?:line \d+, )?(?:column \d+: )?/, '').trimEnd();
    expect(record!['message']).toBe(source + words);
    expect(record!['column']).toBe(column === undefined ? undefined : Number(column));
    if (line !== undefined) expect(record!['line']).toBe(Number(line));
  });

  it('shows what could be decoded before it', async () => {
    const { exit, out, err } = await runHere(['decode', '--view', 'summary'], { stdin: '8102 6869 zz' });
    expect({ exit, err }).toEqual({ exit: 2, err: "wsinspect: stdin: column 11: 'z' is not a hex digit\n" });
    expect(out).toContain('"hi"');
  });

  it('holds of a file that may not be read', async ({ skip }) => {
    if (process.getuid?.() === 0) skip('root reads every file');
    const path = shop.write('secret', '8100');
    await shop.shell(`chmod 000 '${path}'`);
    const { exit, err } = await runHere(['decode', path]);
    expect({ exit, err }).toEqual({ exit: 2, err: `wsinspect: ${path}: can't be read: permission denied\n` });
  });

  it('does not pass control characters of an argument on', async () => {
    const { err } = await runHere(['decode', '--from', 'hex', '81\x1b]0;title\x07']);
    expect(err).toMatch(/^[ -~]+\n$/);
    const { err: unknown } = await runHere(['\x1b]0;title\x07\u009b1m']);
    expect(unknown).toMatch(/^[ -~]+\n$/);
  });
});

describe('exit codes', () => {
  const EXITS: readonly { exit: number; args: readonly string[]; stdin?: string }[] = [
    { exit: 0, args: ['decode', '8100'] },
    { exit: 1, args: ['decode', '8105'] },
    { exit: 1, args: ['decode', '81'] },
    { exit: 1, args: ['decode', 'c100'] },
    { exit: 1, args: ['decode', '8103ffffff'] },
    { exit: 2, args: ['decode', 'nonsense'] },
    { exit: 0, args: ['encode', 'hi'] },
    { exit: 2, args: ['encode', 'hi', '--rsv', '1'] },
    { exit: 0, args: ['encode', 'hi', '--rsv', '1', '--allow-invalid'] },
    { exit: 0, args: ['accept', KEY] },
    { exit: 0, args: ['accept', KEY, '--verify', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='] },
    { exit: 1, args: ['accept', KEY, '--verify', 'nonsense'] },
    { exit: 2, args: ['accept', 'nonsense'] },
    { exit: 1, args: ['accept', '--handshake'], stdin: 'GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n' },
    { exit: 1, args: ['accept', '--handshake'], stdin: 'HTTP/1.1 403 Forbidden\r\n\r\n' },
    { exit: 2, args: [] },
    { exit: 0, args: ['--help'] },
    { exit: 0, args: ['help', 'decode'] },
    { exit: 0, args: ['--version'] },
  ];
  it.each(EXITS)('$exit: wsinspect $args', async ({ exit, args, stdin = '' }) => {
    const [ran, quiet] = await Promise.all([
      wsinspect(args, { stdin }),
      args.length > 1 ? runHere([...args, '-q'], { stdin }) : undefined,
    ]);
    expect(ran.exit).toBe(exit);
    if (quiet && args[0] !== 'help') expect([quiet.exit, quiet.out]).toEqual([exit, '']);
  });
});
