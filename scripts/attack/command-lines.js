// Command lines by lot, from a seed: hostile values of every option, in any combination, with hostile files, environment,
// stdin and stdout. Each has to end, in bounded memory, with a documented exit code, and without a stack trace.
// Addresses are of loopback, or no addresses: nothing is looked up, and nothing leaves this machine.
//   node scripts/attack/command-lines.js [count] [seed]
import { execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';

const BINARY = fileURLToPath(new URL('../../bin/wsinspect.js', import.meta.url));
const PEAK = fileURLToPath(new URL('./peak.cjs', import.meta.url));
const COMMANDS = ['accept', 'decode', 'encode', 'serve', 'connect', 'proxy', 'check'];
/** Those of docs/exit-codes.md that say something of the command line or of the traffic: 70 is a fault. */
const EXITS = new Set([0, 1, 2, 3, 4, 5, 6, 7, 22, 28, 35, 56, 57, 60, 129, 130, 143]);
/** Whatever runs on is asked to end (peak.cjs). What does not even then has failed: milliseconds. */
const HUNG = 60_000;
/** At one time: most of them wait. */
const WORKERS = 4;
/** Megabytes. */
const MOST_MEMORY = 400;
const TRACE = /^\s+at .+[:(]|\bnode:internal|\.js:\d+:\d+|^\w*Error\b.*:|\(node:\d+\)|Maximum call stack/m;

const LONG = 'x'.repeat(300);
const NUMBERS = (
  '0 1 2 7 16 64 100 125 126 127 255 1000 1005 4999 65535 65536 4294967295 4294967296 9007199254740991 ' +
  '9007199254740992 99999999999999999999999 -0 -1 -1000 1.5 .5 5. 0x10 0b1 1e3 1e999 -1e999 NaN Infinity -Infinity +1 1_0 ٣ 1,5 1/2 2/1 0/0'
).split(' ');
const TEXTS = [
  ...['', ' ', '-', '--', '=', '%', '%zz', '\t\n', '\u001b[31m', '\u202e\u0000x'.replace('\u0000', ''), '\u{10ffff}'],
  ...[
    '(',
    '[',
    '(a+)+$',
    '/(/g',
    '/a/gg',
    '\\',
    '*',
    '$',
    '$..',
    '$[',
    "$..['a'",
    '{',
    '{}',
    'null',
    'true',
    '__proto__',
  ],
  ...[
    'hello',
    '8100',
    '81 0',
    '8105',
    'zz',
    'gQA=',
    "b'\\x81",
    '37fa213d',
    '1000:bye',
    '99999:x',
    '1005',
    'a,b',
    'a:b:c:d',
  ],
  ...[
    'Name: value',
    'Name:',
    ': value',
    'Authorization Bearer x',
    'A: \r\nB: c',
    'Host: \u0000'.replace('\u0000', '\u0001'),
  ],
  ...['http://example', 'https://a b', 'null', 'server_max_window_bits=99', '; ;', 'a=b=c', 'toString', 'constructor'],
  ...['x'.repeat(5000), '[1,2'.repeat(500), '🙂'.repeat(200)],
];
const ADDRESSES = [
  '0',
  '127.0.0.1:0',
  '[::1]:0',
  '127.0.0.1',
  ':',
  '',
  '65536',
  '-1',
  '127.0.0.1:99999',
  '[',
  '[]',
  '1:2:3',
  ' ',
  ...['%', '127.0.0.1:x', '127.0.0.256:0'],
];
const URLS = [
  ...[
    'ws://127.0.0.1:1/',
    'wss://127.0.0.1:1/',
    'ws://user:secret@127.0.0.1:1/',
    'ws://[::1]:1/a?b',
    'ws+unix:nowhere.sock:/x',
  ],
  ...[
    'ws://',
    'ws:',
    'wss:///',
    'ws://%zz@127.0.0.1:1/',
    'ws://127.0.0.1:99999/',
    'ws://127.0.0.1:1/#x',
    'ws://[::1',
    'ws://[',
    'ws:// /',
  ],
  ...[
    'http://127.0.0.1:1/',
    'ftp://127.0.0.1/',
    '127.0.0.1:1',
    'ws+unix:',
    'ws+unix:/',
    'ws+unix:/%zz:%',
    `ws+unix:/${LONG}:/`,
    'socks5://127.0.0.1:1',
    '',
  ],
  ...[
    'http://%zz@127.0.0.1:1',
    'http://u:%zz@127.0.0.1:1',
    'socks5://%@127.0.0.1:1',
    'http://user:secret@127.0.0.1:1',
    'https://127.0.0.1:1',
    'javascript:alert(1)',
  ],
];
const RULES = [
  '127.0.0.1:1:127.0.0.1',
  '*:1:127.0.0.1',
  ':::',
  '127.0.0.1:99999:127.0.0.1',
  '127.0.0.1:1:x',
  '::127.0.0.1:1',
  '127.0.0.1:1:127.0.0.1:99999',
  '',
  '[',
  ':1:',
];
const PATHS = [
  ...[
    '',
    '.',
    '..',
    '/',
    'no/such/file',
    'folder',
    'folder/',
    'file',
    'file/below',
    'empty',
    'loop',
    'dangling',
    'link',
    'fifo',
    'socket',
    'closed',
  ],
  ...[
    '/dev/null',
    '/dev/full',
    '/dev/stdout',
    '/dev/stderr',
    '/dev/stdin',
    '/proc/self/status',
    '/proc/self/task',
    // A file that opens and cannot be read, for root too.
    '/proc/self/mem',
    '-',
    LONG,
    `${LONG}.har`,
  ],
  ...[
    'new.har',
    'new.ndjson',
    'new.pcapng',
    'folder.har',
    'fifo.har',
    'loop.ndjson',
    'dangling.pcapng',
    'full.pcapng',
    'left.har',
    'no/such/new.har',
    'out',
    'out/new',
  ],
  ...[
    'sound.pcap',
    'sound.ndjson',
    'damaged.pcap',
    'damaged.har',
    'damaged.ndjson',
    'packed.gz',
    'spec.json',
    '\u001b[31m.har',
  ],
];
const ENVIRONMENT = {
  NO_COLOR: ['', '1', 'x'],
  FORCE_COLOR: ['', '0', '3', '99', 'true', '-1', 'x'],
  COLUMNS: ['0', '-5', '1', 'x', '1e9', '99999999999'],
  TERM: ['', 'dumb', '\u001b[31m', 'x'.repeat(1000)],
  http_proxy: URLS,
  ws_proxy: URLS,
  ALL_PROXY: URLS,
  NO_PROXY: ['*', ',,,', '[', '127.0.0.1:x', ' '],
  HOME: PATHS,
  XDG_STATE_HOME: PATHS,
  TMPDIR: PATHS,
  LANG: ['', 'C', 'xx_YY', '\u001b'],
  SSLKEYLOGFILE: PATHS,
};

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function lots(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Every option of a command as its help has it, with what follows it. */
export function optionsOf(command) {
  const help = execFileSync(process.execPath, [BINARY, command, '--help'], { encoding: 'utf8' });
  const [, ...parts] = help.split(/^ {2}(?=-)/m);
  return parts.flatMap((part) => {
    const [, short, long, kind, value] = /^(?:(-\w), )?(--[\w-]+)(?:[ =]([<[])([^>\]]*\]?)[>\]])?/.exec(part) ?? [];
    const [, choices] = /\(choices: ((?:"[^"]*"(?:, )?)+)/.exec(part.replace(/\s+/g, ' ')) ?? [];
    if (long === undefined || long === '--help') return [];
    return [
      {
        short,
        long,
        value,
        isOptional: kind === '[',
        choices: choices && JSON.parse(`[${choices.replace(/, $/, '')}]`),
      },
    ];
  });
}

const IS_PATH = /file|path|dir/;
const IS_NUMBER = /number|bytes|seconds|code|ms|factor|times|opcode|status|i\/n|rate|fraction|probability|pid/;

/** Values that fit what the help calls them, and more. */
function hostileOf({ long, value }) {
  if (/^--(resolve|connect-to)$/.test(long)) return RULES;
  if (/^--(proxy|connect)$/.test(long)) return URLS;
  if (/^--listen$/.test(long)) return ADDRESSES;
  if (IS_PATH.test(value) || /socket$/.test(long)) return PATHS;
  return IS_NUMBER.test(value) ? [...NUMBERS, ...NUMBERS, ...TEXTS] : [...TEXTS, ...NUMBERS];
}

/** Values that are likely to be taken, so that the run comes further. */
function soundOf({ long, value, choices }, url) {
  if (choices) return choices;
  if (/^--(resolve|connect-to)$/.test(long)) return ['127.0.0.1:1:127.0.0.1'];
  if (/^--(proxy|connect)$/.test(long)) return [url, 'http://127.0.0.1:1'];
  if (/^--listen$/.test(long)) return ['127.0.0.1:0'];
  if (IS_PATH.test(value)) return ['sound.pcap', 'sound.ndjson', 'file', 'new.har', 'new.ndjson', 'new.pcapng', 'out'];
  if (/seconds/.test(value)) return ['0.1', '1'];
  if (/hex|key/.test(value)) return ['8100', '37fa213d'];
  return IS_NUMBER.test(value) ? ['1', '1', '2', '1000', '0.5'] : ['hello', 'a:b', '1', 'a'];
}

function argumentsOf(command, isSound, url, pick, among) {
  const hostile = {
    accept: TEXTS,
    decode: [...TEXTS, ...PATHS],
    encode: TEXTS,
    serve: ADDRESSES,
    connect: URLS,
    proxy: [...ADDRESSES, ...URLS],
    check: URLS,
  }[command];
  const sound = {
    accept: ['dGhlIHNhbXBsZSBub25jZQ=='],
    decode: ['81870ec3f3cd3bf6c6f83bf6c6', 'sound.pcap', 'damaged.pcap', 'damaged.ndjson'],
    encode: ['hello'],
    serve: ['0'],
    connect: [url],
    proxy: ['0', url],
    check: [url],
  }[command];
  if (isSound && pick() < 0.85) return command === 'proxy' ? sound : [among(sound)];
  return Array.from({ length: pick() < 0.7 ? 1 : Math.floor(pick() * 3) }, () => among(hostile));
}

/** `count` command lines; `url` is that of a server that echoes. */
export function* commandLines(seed, count, url) {
  const pick = lots(seed);
  const among = (list) => list[Math.floor(pick() * list.length)];
  const options = new Map(COMMANDS.map((command) => [command, optionsOf(command)]));
  const name = ({ short, long }) => (short !== undefined && pick() < 0.3 ? short : long);
  for (let made = 0; made < count; made++) {
    const command = among(COMMANDS);
    const isSound = pick() < 0.7;
    const words = argumentsOf(command, isSound, url, pick, among);
    const most = Math.floor(pick() * 6);
    for (let more = 0; more < most; more++) {
      const option = among(options.get(command));
      // Of a sound line, one value is hostile.
      const value = option.value && among(isSound && more > 0 ? soundOf(option, url) : hostileOf(option));
      if (value === undefined) words.push(option.long);
      else if (option.isOptional || pick() < 0.3) words.push(`${option.long}=${value}`);
      else words.push(name(option), value);
    }
    if (command === 'check') words.push('--only', '1.1.1');
    const env = Object.entries(ENVIRONMENT).filter(() => pick() < 0.05);
    yield {
      args: [...(pick() < 0.98 ? [command] : []), ...words],
      env: Object.fromEntries(env.map(([key, values]) => [key, among(values)])),
      stdin: among(['none', 'none', 'text', 'bytes', 'folder', 'file', 'closed']),
      stdout: pick() < 0.95 ? 'pipe' : among(['full', 'closed', 'null']),
    };
  }
}

/** The files that `PATHS` names. */
export function prepare(folder) {
  const at = (name) => join(folder, name);
  fs.mkdirSync(at('folder'));
  fs.mkdirSync(at('folder.har'));
  fs.mkdirSync(at('out'));
  fs.writeFileSync(at('file'), 'hello');
  fs.writeFileSync(at('empty'), '');
  fs.writeFileSync(at('closed'), 'secret', { mode: 0 });
  for (const name of ['loop', 'loop.ndjson']) fs.symlinkSync(name, at(name));
  for (const name of ['dangling', 'dangling.pcapng']) fs.symlinkSync('nothing', at(name));
  fs.symlinkSync('file', at('link'));
  fs.symlinkSync('/dev/full', at('full.pcapng'));
  for (const name of ['fifo', 'fifo.har', 'new.har.part']) execFileSync('mkfifo', [at(name)]);
  fs.writeFileSync(at('left.har.part'), '{"type":"opened","connection":0}\n');
  const pcap = Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex');
  fs.writeFileSync(at('sound.pcap'), pcap);
  fs.writeFileSync(at('damaged.pcap'), Buffer.concat([pcap, Buffer.alloc(20, 0xff)]));
  fs.writeFileSync(at('damaged.har'), '{"log":{"entries":[{"_webSocketMessages":[{"time":');
  fs.writeFileSync(at('sound.ndjson'), '{"type":"opened","connection":0,"time":1}\n');
  fs.writeFileSync(at('damaged.ndjson'), '{"type":"opened","connection":-1}\n{"type":"frame"\n\u0000');
  fs.writeFileSync(at('packed.gz'), Buffer.from('1f8b0800000000000003ffffffff', 'hex'));
  fs.writeFileSync(at('spec.json'), '{"servers":[{"url":"ws://user:secret@127.0.0.1:1/"}],"cases":["1.1.1"]}');
}

function stdinOf(kind, folder) {
  if (kind === 'folder') return fs.openSync(folder, 'r');
  if (kind === 'file') return fs.openSync(join(folder, 'file'), 'r');
  return kind === 'closed' ? 'ignore' : 'pipe';
}

function stdoutOf(kind) {
  if (kind === 'full') return fs.openSync('/dev/full', 'w');
  return kind === 'pipe' ? 'pipe' : 'ignore';
}

/** Runs one, in that folder: exit code (null: a signal killed it), the end of stderr, megabytes. */
export function runLine({ args, env, stdin, stdout }, folder) {
  const ends = [stdinOf(stdin, folder), stdoutOf(stdout)];
  const { PATH } = process.env;
  const child = spawn(process.execPath, ['--require', PEAK, BINARY, ...args], {
    cwd: folder,
    env: { PATH, HOME: folder, ...env },
    stdio: [...ends, 'pipe', 'pipe'],
  });
  for (const end of ends) if (typeof end === 'number') fs.closeSync(end);
  const heard = { err: '', peak: '' };
  child.stdout?.resume();
  child.stderr.on('data', (chunk) => (heard.err = (heard.err + chunk).slice(-100_000)));
  child.stdio[3].on('data', (chunk) => (heard.peak += chunk));
  if (child.stdin) {
    child.stdin.on('error', () => undefined);
    child.stdin.end({ text: '81 05 48 65 6c 6c 6f\n', bytes: Buffer.from('8105ff00c3288a', 'hex') }[stdin] ?? '');
  }
  const hung = setTimeout(() => child.kill('SIGKILL'), HUNG);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exit, signal) => {
      clearTimeout(hung);
      resolve({ exit, signal, err: heard.err, peak: Number(heard.peak) });
    });
  });
}

/** What is wrong with a run; undefined: nothing. */
export function faultOf({ exit, signal, err, peak }) {
  if (exit === null) return `${signal} ended it`;
  if (!EXITS.has(exit)) return `exit ${exit}: ${err.slice(0, 300)}`;
  if (TRACE.test(err)) return `a trace: ${err.slice(0, 600)}`;
  if (exit === 2 && err === '') return 'exit 2 without a word';
  return peak > MOST_MEMORY ? `${peak} MB` : undefined;
}

/** A server that echoes, as a command line may need one. */
async function echo() {
  const child = spawn(process.execPath, [BINARY, 'serve', '0'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const url = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (exit) => reject(new Error(`serve: exit ${exit}`)));
    child.stdout.once('data', (chunk) => resolve(String(chunk).match(/ws:\S+/)[0]));
  });
  child.stdout.resume();
  return { url, stop: () => child.kill('SIGKILL') };
}

/** Runs `count` of them, some at a time, and gives those that went wrong. */
export async function attackCommandLines({ seed, count, report = () => undefined }) {
  const folder = fs.mkdtempSync(join(tmpdir(), 'wsinspect-lines-'));
  const { url, stop } = await echo();
  const faults = [];
  try {
    prepare(folder);
    const lines = commandLines(seed, count, url);
    const worker = async () => {
      for (const line of lines) {
        const fault = faultOf(await runLine(line, folder));
        if (fault === undefined) continue;
        faults.push({ line, fault });
        report(line, fault);
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, worker));
  } finally {
    stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
  return faults;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [count, seed] = [Number(process.argv[2] ?? 1000), Number(process.argv[3] ?? Date.now() % 2 ** 32)];
  console.log(`${count} command lines, seed ${seed}`);
  const report = (line, fault) => console.log(`${JSON.stringify(line)}\n  ${fault}`);
  const faults = await attackCommandLines({ seed, count, report });
  console.log(`${faults.length} went wrong`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
