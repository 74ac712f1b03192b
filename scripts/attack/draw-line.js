// A command line by lot: options are those that each command's help has, values are good, odd or hostile.
import { execFileSync } from 'node:child_process';
import { EVERYTHING, lot } from './hostile-text.js';
import { BINARY } from './target.js';

const COMMANDS = ['accept', 'decode', 'encode', 'connect', 'serve', 'proxy', 'check'];
const options = new Map();

/** The options of a command, as `--help` prints them: spelling, and whether a value follows. */
function optionsOf(command) {
  if (!options.has(command)) {
    const help = execFileSync(process.execPath, [BINARY, command, '--help']).toString();
    const found = [...help.matchAll(/^ {2}(?:(-\w), )?(--[\w-]+)(?: (<[^>]+>|\[[^\]]+\]))?/gm)];
    options.set(
      command,
      found.map(([, short, long, value]) => ({ names: [short, long].filter(Boolean), value })),
    );
  }
  return options.get(command);
}

const WORDS = [
  '0', '1', '-1', '2', '7', '16', '64', '1e3', '1e999', 'NaN', 'Infinity', '0x10', '1.5', '99999999999999999999', '', ' ', '-', '--', '*', '.', '..',
  'a', 'all', 'auto', 'yes', 'client', 'server', 'text,ping', 'annotated', 'summary', 'messages', 'hex', 'binary', 'json', '1000', '1005:bye', '4000:x', '65536',
  '8105 48656c6c6f', '81', 'zz', 'frames.hex', 'a.har', 'a.ndjson', 'empty', 'folder', 'none', 'out.har', 'out.ndjson', 'out.pcapng', 'out.txt', '$..time', '$[', '$[?(@.a==1)]',
  '(', '(a+)+$', '/a/', '/a/zz', 'a|b', '[', '127.0.0.1', '127.0.0.1:0', '[::1]:0', '[::', 'localhost:x', '1/2', '0/0', '3/2', '0,3-5', '5-3', '+1', '12:00', '2026-01-01',
  'X: y', 'X:', ': y', 'Host: a', 'Bad Name: x', 'a\r\nB: c', 'me:secret', 'http://a', 'http://127.0.0.1:1', 'socks5://127.0.0.1:1', 'http://%zz@h:1', 'dGhlIHNhbXBsZSBub25jZQ==',
  '1.1.1', '7.*', 'nothing.*', '__proto__', 'constructor', 'permessage-deflate', 'server_max_window_bits=8', '37fa213d', '\u202e', '💥', EVERYTHING.replaceAll('\0', ''),
]; // prettier-ignore

const word = (dice) => (dice.chance(0.05) ? lot(dice, 40).replaceAll('\0', '') : dice.pick(WORDS));

/** Not with these: they write to a place of their own choice, read a process, or run long. */
const LEFT_OUT = new Set(['--full', '--pid', '--no-safe', '--compare']);

function option(dice, command) {
  const { names, value } = dice.pick(optionsOf(command));
  const name = dice.pick(names);
  if (LEFT_OUT.has(names.at(-1))) return [];
  if (dice.chance(0.02)) return [`${name}x`];
  if (!value) return dice.chance(0.03) ? [`${name}=${word(dice)}`] : [name];
  if (value.startsWith('[')) return dice.chance(0.5) ? [name] : [`${name}=${word(dice)}`];
  if (dice.chance(0.03)) return [name];
  return dice.chance(0.3) && name.startsWith('--') ? [`${name}=${word(dice)}`] : [name, word(dice)];
}

const POSITIONALS = {
  accept: (dice) => [word(dice)],
  decode: (dice) => [dice.pick(['8105 48656c6c6f', '81', 'c107f248cdc9c90700', word(dice)])],
  encode: (dice) => [word(dice)],
  connect: (dice, port) => [
    dice.pick([`ws://127.0.0.1:${port}/`, 'ws://127.0.0.1:1/', word(dice), `ws://${word(dice)}/`]),
  ],
  serve: (dice) => [dice.pick(['0', '127.0.0.1:0', word(dice)])],
  proxy: (dice, port) => [dice.pick(['0', word(dice)]), dice.pick([`ws://127.0.0.1:${port}/`, word(dice)])],
  check: (dice, port) => [dice.pick([`ws://127.0.0.1:${port}/`, 'ws://127.0.0.1:1/', word(dice)]), '--only', '1.1.1'],
};

const STDIN = [
  '',
  '8105 48656c6c6f',
  '\x81\x05Hello',
  'hello\nworld\n',
  '{"type":"frame"}\n',
  'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  EVERYTHING,
  '00000000: 8100\n*\n',
];

const isBeyondLoopback = (word) =>
  /^(?:0\.0\.0\.0|\[?::\]?|\d+\.\d+\.\d+\.\d+:)/.test(word) && !word.startsWith('127.');

/** `{args, stdin}`. */
export function drawLine(dice, { port }) {
  if (dice.chance(0.03)) return { args: Array.from({ length: dice.int(4) }, () => word(dice)), stdin: '' };
  const command = dice.pick(COMMANDS);
  const parts = dice.chance(0.9) ? [POSITIONALS[command](dice, port)] : [];
  for (let i = dice.int(5); i > 0; i--) parts.push(option(dice, command));
  const args = parts.flat().filter((arg) => !isBeyondLoopback(arg) && !arg.includes('\0'));
  return { args: [command, ...args], stdin: dice.pick(STDIN) };
}
