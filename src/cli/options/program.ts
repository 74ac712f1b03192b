import { escapedLines } from '../../describe/escape.js';
import { Argument, Command, Help, Option, type ParseOptionsResult } from 'commander';
import { commandOf, optionalValues } from './arguments.js';
import { checkOptions, type CheckOptions } from './check-options.js';
import { VERSION } from './version.js';
import type { Io } from '../host/io.js';
import { connectOptions, type ConnectOptions } from './connect-options.js';
import { acceptOptions, decodeOptions, encodeOptions } from './options.js';
import { proxyOptions, type ProxyOptions } from './proxy-options.js';
import { serveOptions, type ServeOptions } from './serve-options.js';
import { viewOptions, type ViewCommandOptions } from './view-options.js';

/**
 * The command line as data: names, options and help. A command's code is imported when it runs, so that `--help`
 * loads none and each loads its own.
 */
export function createProgram(io: Io, setExit: (code: number) => void): Command {
  const program = new CliCommand('wsinspect')
    .description('Look into WebSocket traffic: every bit of a frame and of a handshake, judged by RFC section.')
    .version(VERSION, '--version', 'print the version')
    .configureHelp({ minWidthToWrap: 20, visibleOptions: usualOptions })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(escapedLines(text)),
      writeErr: (text) => void io.stderr.write(escapedLines(text)),
      outputError: () => undefined,
      getOutHelpWidth: () => io.stdout.columns ?? 80,
      getErrHelpWidth: () => io.stderr.columns ?? 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText(
      'after',
      '\nExamples:\n' +
        example(['decode 81870ec3f3cd3bf6c6f83bf6c6', 'accept dGhlIHNhbXBsZSBub25jZQ==', 'encode hello --mask']),
    );

  command(
    program,
    acceptOptions,
    'accept [key]',
    'compute the Sec-WebSocket-Accept value of a key; judge a handshake',
    ['accept dGhlIHNhbXBsZSBub25jZQ==', 'accept dGhlIHNhbXBsZSBub25jZQ== --explain', 'accept --generate'],
  ).action(async (key: string | undefined, options: object) => {
    const { accept } = await import('../entries/accept.js');
    setExit(await accept(io, key, options));
  });

  command(program, decodeOptions, 'decode [hex...]', 'show frames and handshakes, field by field, and judge them', [
    'decode 81870ec3f3cd3bf6c6f83bf6c6',
    "decode --direction client '81 05 48 65 6c 6c 6f'",
    'encode hi --mask | wsinspect decode --json',
  ]).action(async (hex: string[], options: object) => {
    const { decode } = await import('../entries/decode.js');
    setExit(await decode(io, hex, options));
  });

  command(program, encodeOptions, 'encode [text]', 'make frames, legal or not, from text or bytes', [
    'encode hello',
    'encode hello --mask 37fa213d --explain',
    'encode --close 1000:bye',
    'encode hello --fragment 2 --out python',
  ]).action(async (text: string | undefined, options: object) => {
    const { encode } = await import('../entries/encode.js');
    setExit(await encode(io, text, options));
  });
  addLiveCommands(program, io, setExit);
  command(program, () => [], 'completion', 'print a script that completes commands and options in a shell', [
    'completion bash >> ~/.bash_completion',
    'completion fish > ~/.config/fish/completions/wsinspect.fish',
  ])
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: 'bash' | 'zsh' | 'fish') => {
      const { completion } = await import('../entries/completion.js');
      setExit(await completion(io, shell, program));
    });
  return program;
}

/**
 * What follows the name of a command belongs to it: the value of an option may be `--version`. Optional values are
 * taken after `=`. Commander gets no long list at once: it passes lists on as arguments of its functions.
 */
class CliCommand extends Command {
  /** `-h` was given, and not `--help`. */
  isShort = false;

  override createCommand(name?: string): Command {
    return new CliCommand(name);
  }

  override parseOptions(args: string[]): ParseOptionsResult {
    const found = commandOf(this, args);
    if (found === undefined) this.isShort = args.find((word) => word === '-h' || word === '--help') === '-h';
    const [own, text] = found ? [args.slice(0, found[0])] : optionalValues(args, this.options);
    const { operands, unknown } = super.parseOptions(own);
    if (found === undefined) return { operands: operands.concat(text ?? []), unknown };
    return { operands: [...operands, args[found[0]]!], unknown: unknown.concat(args.slice(found[0] + 1)) };
  }
}

/** Those with a socket. */
function addLiveCommands(program: Command, io: Io, setExit: (code: number) => void): void {
  command(program, viewOptions, 'view [file...]', 'show captures in a page: overview, list, every bit', [
    'view capture.pcapng',
    'view browser.har --listen 9003',
    'view capture.pcapng --trouble --app none',
    'view session.ndjson --grep error',
  ]).action(async (files: string[], options: ViewCommandOptions) => {
    const { view } = await import('../entries/view.js');
    setExit(await view(io, files, options));
  });
  command(
    program,
    serveOptions,
    'serve [address]',
    'run a server that shows every frame, here and in a page: echo, chat, faults',
    [
      'serve',
      'serve 9001 --mode chat',
      'serve 0 --deflate --view annotated',
      'serve 9001 --reject 403',
      'serve unix:/tmp/ws.sock',
      "serve --greet welcome --auto-reply '^ping$=pong'",
    ],
  ).action(async (address: string | undefined, options: ServeOptions) => {
    const { serve } = await import('../entries/live.js');
    setExit(await serve(io, address, options));
  });
  command(
    program,
    connectOptions,
    'connect [url]',
    'connect to a server and show every frame; send from options, stdin or a prompt',
    [
      'connect ws://127.0.0.1:9001/',
      'connect ws://127.0.0.1:9001/ -x hello -1 --view annotated',
      'connect wss://example.org/ -k -H "X-Token: abc" --expect ready -m 10',
      'connect ws://127.0.0.1:9001/ < lines.txt',
    ],
  ).action(async (url: string | undefined, options: ConnectOptions) => {
    const { connect } = await import('../entries/live.js');
    setExit(await connect(io, url, options));
  });
  command(
    program,
    proxyOptions,
    'proxy [address] [url]',
    'stand between clients and a server: show every frame, change no byte',
    [
      'proxy 9002 wss://staging.example/app',
      'proxy 9002 ws://127.0.0.1:9001/ --view messages --grep error',
      'proxy 9002 ws://127.0.0.1:9001/ --delay 200 --corrupt 0.01 --seed 7',
    ],
  ).action(async (address: string | undefined, url: string | undefined, options: ProxyOptions) => {
    const { proxy } = await import('../entries/live.js');
    setExit(await proxy(io, address, url, options));
  });
  command(
    program,
    checkOptions,
    'check [url]',
    'find what a server or client gets wrong: the cases of the Autobahn Testsuite and more',
    [
      'check ws://127.0.0.1:9001/',
      "check ws://127.0.0.1:9001/ --only '7.*' -v",
      'check wss://example.org/ws --junit results.xml',
      'check --listen 9001 --full',
    ],
  ).action(async (url: string | undefined, options: CheckOptions) => {
    const { check } = await import('../entries/check.js');
    setExit(await check(io, url, options));
  });
}

function command(
  program: Command,
  options: () => Option[],
  usage: string,
  description: string,
  examples: readonly string[],
): Command {
  const made = program.command(usage).description(description).allowExcessArguments(false).addHelpOption(helpOption());
  whenAskedFor(made, () => {
    for (const option of [...options(), ...commonOptions()]) made.addOption(option);
    made.version(VERSION, '--version');
    made.options.at(-1)!.hideHelp();
  });
  made.addHelpText('after', () => ((made as CliCommand).isShort ? '\n--help lists all options.' : ''));
  return made.addHelpText('after', `\nExamples:\n${example(examples)}`);
}

/** Options are made at the first access: a run needs those of one command, and all of them take a tenth of the start. */
function whenAskedFor(command: Command, fill: () => void): void {
  const { options } = command;
  Object.defineProperty(command, 'options', {
    configurable: true,
    get: () => {
      Object.defineProperty(command, 'options', { value: options });
      fill();
      return options;
    },
  });
}

function example(lines: readonly string[]): string {
  return lines.map((line) => `  wsinspect ${line}`).join('\n');
}

function helpOption(): Option {
  return new Option('-h, --help', 'print the usual options (-h), or all (--help)').helpGroup(COMMON);
}

/** What `-h` lists: those that most runs need. */
function usualOptions(this: Help, command: Command): Option[] {
  const all = Help.prototype.visibleOptions.call(this, command);
  const usual = USUAL[command.name()];
  if (usual === undefined || !(command as CliCommand).isShort) return all;
  return all.filter(({ long = '', helpGroupHeading }) => helpGroupHeading === COMMON || usual.includes(long.slice(2)));
}

/** The last group of each command. */
const COMMON = 'Common:';
const USUAL: Readonly<Record<string, readonly string[]>> = {
  accept: ['explain', 'verify', 'generate', 'handshake'],
  decode: [
    ...['file', 'direction', 'deflate', 'keylog', 'view', 'app', 'stats', 'connection', 'client', 'trouble'],
    ...['grep', 'violations', 'write', 'redact'],
  ],
  encode: ['file', 'hex', 'binary', 'ping', 'close', 'mask', 'fragment', 'deflate', 'out', 'explain'],
  serve: ['mode', 'deflate', 'allow-origin', 'reject', 'delay', 'close', 'greet', 'auto-reply', 'view', 'record'],
  connect: [
    ...['header', 'subprotocol', 'deflate', 'insecure', 'execute', 'ping', 'one', 'expect', 'wait', 'max-time'],
    ...['view', 'record', 'ping-interval', 'reconnect'],
  ],
  proxy: [
    'header',
    'insecure',
    'delay',
    'throttle',
    'drop-after',
    'corrupt',
    'view',
    'record',
    'page',
    'grep',
    'violations',
  ],
  view: ['listen', 'keylog', 'deflate', 'app', 'connection', 'client', 'trouble', 'closed', 'from-time', 'to-time'],
  check: ['only', 'skip', 'full', 'listen', 'list', 'junit', 'html', 'compare'],
};

function commonOptions(): Option[] {
  return [
    new Option('--json', 'print one compact JSON object per line'),
    new Option('--color <when>', 'colour the output').choices(['auto', 'always', 'never']).default('auto'),
    new Option('-q, --quiet', 'print only errors; the exit code is the result'),
    new Option('-v, --verbose', 'print more'),
  ].map((option) => option.helpGroup(COMMON));
}
