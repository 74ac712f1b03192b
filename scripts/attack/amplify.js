// Small inputs for `decode` that ask for much: output, memory, work.
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { frame } from './peers.js';
import { judgeRun, run } from './target.js';

const MOST_PRINTED = 1 << 30;
const MOST_MEMORY = 700;
/** Seconds of processor time for a full-size input; the review saw 24 to 394. */
const MOST_WORK = 20;

const repeat = (part, size) => Buffer.concat(Array(Math.ceil(size / part.length)).fill(part));
const text = (payload) => frame(0x81, payload);
/** A compressed frame that inflates to `size` zeros. */
const bomb = (size) => frame(0xc2, deflateRawSync(Buffer.alloc(size), { finishFlush: 2 }).subarray(0, -4));

/** By name: the input for a size, and the options. */
const INPUTS = [
  { name: 'nested arrays, pretty', args: ['--from', 'binary', '--pretty', '--view', 'messages', '--preview', 'all'], input: (size) => repeat(text('['.repeat(4096)), size) },
  { name: 'nested arrays that close, pretty', args: ['--from', 'binary', '--pretty', '--preview', 'all'], input: (size) => repeat(text('['.repeat(2000) + ']'.repeat(2000)), size) },
  { name: 'nested objects, pretty', args: ['--from', 'binary', '--pretty', '--view', 'messages'], input: (size) => repeat(text('{"":'.repeat(1000)), size) },
  { name: 'broken compressed messages', args: ['--from', 'binary', '--deflate'], input: (size) => repeat(frame(0xc1, Buffer.from([0xf2, 0x48, 0xcd, 0xff, 0xff])), size) },
  { name: 'broken compressed messages, messages', args: ['--from', 'binary', '--deflate', '--view', 'messages'], input: (size) => repeat(frame(0xc1, Buffer.from([0x06])), size) },
  { name: 'bombs, messages', args: ['--from', 'binary', '--deflate', '--view', 'messages', '--preview', 'all'], input: (size) => repeat(bomb(4 << 20), size) },
  { name: 'a repeated row of a dump', args: ['--from', 'dump'], input: () => Buffer.from('00000000: 8200 8200 8200 8200 8200 8200 8200 8200  ................\n*\n00fffff0: 8200                                     ..\n') },
  { name: 'a repeated row of zeros', args: ['--from', 'dump'], input: () => Buffer.from('00000000: 0000 0000 0000 0000 0000 0000 0000 0000  ................\n*\n00fffff0: 0000                                     ..\n') },
  { name: 'a dump by hexdump -C with *', args: [], input: () => Buffer.from('00000000  81 00 81 00 81 00 81 00  81 00 81 00 81 00 81 00  |................|\n*\n00ffff00\n') },
  { name: 'gzipped zeros', args: [], input: (size) => gzipSync(Buffer.alloc(size * 1000)) },
  { name: 'gzipped zeros as frames', args: ['--from', 'binary'], input: (size) => gzipSync(Buffer.alloc(size * 1000)) },
  { name: 'gzip in gzip', args: [], input: (size) => gzipSync(gzipSync(Buffer.alloc(size * 1000))) },
  { name: 'empty gzip members', args: [], input: (size) => repeat(gzipSync(Buffer.alloc(0)), size * 10) },
  { name: 'small gzip members', args: ['--from', 'binary'], input: (size) => repeat(gzipSync(Buffer.from([0x81, 0])), size) },
  { name: 'empty frames, JSON with fields', args: ['--from', 'binary', '--json', '-v'], input: (size) => repeat(Buffer.from([0x81, 0]), size / 4) },
  { name: 'empty frames that break rules', args: ['--from', 'binary', '--direction', 'client'], input: (size) => repeat(Buffer.from([0xf3, 0]), size / 4) },
]; // prettier-ignore

/** Bytes that `--max-output` lets through where it is not given, as the help says; undefined: there is no limit. */
async function defaultOf(attempt) {
  const { out } = await run(['decode', '--help']);
  const text = out.replace(/\s+/g, ' ');
  const found = /--max-output <\w+>.*?default: "?(\d+)(?: ?([KMG])i?B)?/.exec(text);
  if (!attempt.hold(found, 'decode has no --max-output with a default', 'wsinspect decode --help')) return undefined;
  return Number(found[1]) * { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }[found[2] ?? ''] || Number(found[1]);
}

async function output(attempt) {
  const most = (await defaultOf(attempt)) ?? MOST_PRINTED;
  attempt.hold(most <= MOST_PRINTED, `the default of --max-output is ${most}`);
  // Few bytes have to show the same: then the limit is given, and small.
  const size = attempt.count(10_000, 1_000_000);
  const given = attempt.isFull ? [] : ['--max-output', '500000'];
  const limit = attempt.isFull ? most : 500_000;
  for (const { name, args, input } of attempt.isFull ? INPUTS : INPUTS.filter((_, i) => i % 3 === attempt.seed % 3)) {
    const stdin = input(size);
    // What is said at the end comes on top.
    const target = await run(['decode', ...args, ...given], {
      stdin,
      most: limit * 1.1 + 100_000,
      seconds: attempt.count(30, 120),
    });
    const how = `${target.line}: ${name}, ${stdin.length} bytes`;
    if (target.killed) attempt.wrong(`${name}: ${target.killed}`, how);
    else judgeRun(attempt, target);
    attempt.hold(!/unknown option/.test(target.err), `${name}: ${target.err.slice(0, 100)}`, how);
    attempt.hold(target.memory <= MOST_MEMORY, `${name}: ${Math.round(target.memory)} MB`, how);
    if (attempt.isFull)
      attempt.hold(target.work <= MOST_WORK, `${name}: ${target.work} s of work for ${stdin.length} bytes`, how);
  }
}

/** `--max-output` holds for every view, and what is left out is said. */
async function bound(attempt) {
  const stdin = repeat(text('[[[[{"a":"b"}]]]] and more'), 200_000);
  for (const args of [
    [],
    ['--view', 'summary'],
    ['--view', 'messages', '--pretty'],
    ['--json'],
    ['--json', '-v', '--view', 'messages'],
  ]) {
    const target = await run(['decode', '--from', 'binary', '--max-output', '100000', ...args], {
      stdin,
      most: 64 << 20,
    });
    judgeRun(attempt, target);
    attempt.hold(
      target.out.length <= 120_000,
      `${target.out.length} bytes with --max-output 100000 (exit ${target.exit})`,
      target.line,
    );
    attempt.hold(
      target.exit !== 2 && /max-output/.test(target.err),
      `no notice of what was left out: exit ${target.exit}: ${target.err.slice(0, 200)}`,
      target.line,
    );
    if (args.includes('--json')) {
      const lines = target.out.split('\n').filter(Boolean);
      attempt.hold(lines.every(isJson), 'the cut leaves half a record', target.line);
    }
  }
  for (const wrong of ['-1', 'x', '', '1e999', '99999999999999999999']) {
    const target = await run(['decode', '--max-output', wrong, '8100']);
    attempt.hold(
      target.exit === 2 && /max-output/.test(target.err),
      `--max-output '${wrong}': exit ${target.exit}: ${target.err.slice(0, 200)}`,
      target.line,
    );
  }
}

function isJson(line) {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** What `--extract` writes is bounded, too. */
async function extract(attempt) {
  const folder = attempt.path('out');
  const times = attempt.count(24, 190);
  const input = attempt.path('bombs.bin');
  writeFileSync(input, repeat(bomb(4 << 20), bomb(4 << 20).length * times));
  const target = await run([
    'decode',
    '-f',
    input,
    '--from',
    'binary',
    '--deflate',
    '--extract',
    folder,
    '--max-output',
    '10000000',
    '-q',
  ]);
  judgeRun(attempt, target);
  attempt.hold(!/unknown option/.test(target.err), target.err.slice(0, 100), target.line);
  const written = sizeOf(folder);
  attempt.hold(
    written <= 16_000_000,
    `--extract writes ${written} bytes of ${statSync(input).size} with --max-output 10000000 (exit ${target.exit}: ${target.err.slice(0, 150)})`,
    target.line,
  );
  // By files: empty messages make as many as there are.
  const many = attempt.path('many');
  mkdirSync(many);
  const stdin = repeat(Buffer.from([0x81, 0]), attempt.count(4000, 200_000));
  const files = await run(['decode', '--from', 'binary', '--extract', many, '-q', '--max-output', '1000'], { stdin });
  judgeRun(attempt, files);
}

function sizeOf(folder) {
  try {
    return readdirSync(folder, { recursive: true }).reduce((sum, name) => sum + statSync(`${folder}/${name}`).size, 0);
  } catch {
    return 0;
  }
}

export const attacks = [
  { name: 'amplify/output', run: output },
  { name: 'amplify/bound', run: bound },
  { name: 'amplify/extract', run: extract },
];
