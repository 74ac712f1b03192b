// Recordings that were damaged, by lot, for the whole of `decode`, `accept --handshake` and `--replay`.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { unfit } from './hostile-text.js';
import { Host } from './host.js';
import { echo } from './peers.js';
import { judgeRun, run } from './target.js';

const FIXTURES = new URL('../../fixtures/', import.meta.url).pathname;
const FILES = ['captures', 'dumps'].flatMap((folder) =>
  readdirSync(join(FIXTURES, folder))
    .filter((name) => /\.(?:pcap|pcapng|txt|bin)$/.test(name))
    .map((name) => join(FIXTURES, folder, name)),
);
const EXTREMES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffff0];
const WORDS = [
  '__proto__',
  '-1',
  '1e999',
  '99999999999999999999',
  'null',
  '[',
  '{',
  '"',
  '\\u0000',
  '\\ud800',
  '\x1b[2J',
  '\u202e',
  '\0',
  '*\n',
  '0x',
  '\n',
];

/** One change by lot. */
function mutate(dice, bytes, other) {
  const copy = Buffer.from(bytes);
  const at = dice.int(Math.max(1, copy.length));
  switch (dice.int(9)) {
    case 0:
      for (let i = 0; i < 1 + dice.int(8); i++) copy[dice.int(copy.length)] = dice.next();
      return copy;
    case 1:
      copy[at] ^= 1 << dice.int(8);
      return copy;
    case 2:
      return copy.subarray(0, at);
    case 3:
      return copy.subarray(at);
    case 4: {
      if (copy.length < 8) return copy;
      const place = dice.int(copy.length - 4);
      if (dice.chance(0.5)) copy.writeUInt32LE(dice.pick(EXTREMES), place);
      else copy.writeUInt32BE(dice.pick(EXTREMES), place);
      return copy;
    }
    case 5: {
      const piece = copy.subarray(at, at + dice.int(2000));
      return Buffer.concat([copy.subarray(0, at), ...Array(1 + dice.int(8)).fill(piece), copy.subarray(at)]);
    }
    case 6:
      return Buffer.concat([copy.subarray(0, at), other.subarray(dice.int(Math.max(1, other.length)))]);
    case 7:
      return Buffer.concat([copy.subarray(0, at), Buffer.from(dice.pick(WORDS)), copy.subarray(at + dice.int(6))]);
    default:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + dice.int(64))]);
  }
}

/** Bytes that begin as some recording does: fixtures, and what `--record` wrote. */
async function corpus(attempt) {
  const port = await echo(attempt);
  const made = [];
  for (const name of ['a.har', 'a.ndjson', 'a.pcapng']) {
    const args = [
      'connect',
      `ws://127.0.0.1:${port}/`,
      '-x',
      'hello',
      '-x',
      '{"a":[1,2]}',
      '--ping',
      '--send-hex',
      'cafe',
      '--record',
      attempt.path(name),
    ];
    judgeRun(attempt, await run(args));
    made.push(readFileSync(attempt.path(name)));
  }
  const follow = FILES.filter((file) => /follow|tshark|tcpflow/.test(file));
  // The recordings, which are few beside the dumps, come up as often.
  return [...FILES, ...follow].map((file) => readFileSync(file)).concat(...Array(10).fill(made));
}

const OPTIONS = [
  [], ['--json'], ['--json', '-v'], ['--view', 'annotated'], ['--view', 'messages', '--pretty'], ['--view', 'messages', '--json'],
  ['--stats'], ['--violations'], ['--strict', '-q'], ['--limit', '3'], ['--grep', 'a|b'], ['--preview', 'all'], ['--deflate'],
  ['--from', 'pcap'], ['--from', 'har'], ['--from', 'ndjson'], ['--from', 'dump'], ['--from', 'binary'], ['--from', 'hex'],
  ['--direction', 'client'], ['--relative-time'], ['--connection', '0'], ['--max-held', '1000'], ['--max-message', '100'],
]; // prettier-ignore
const DECODE_EXITS = [0, 1, 2];

function drawFile(dice, inputs) {
  let bytes = dice.pick(inputs);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes);
  for (let i = 0; i <= dice.int(4); i++) bytes = mutate(dice, bytes, dice.pick(inputs));
  if (!dice.chance(0.1)) return bytes;
  const packed = gzipSync(bytes);
  return dice.chance(0.5) ? mutate(dice, packed, packed) : packed;
}

function drawOptions(dice) {
  return dice.chance(0.4) ? [...dice.pick(OPTIONS), ...dice.pick(OPTIONS)] : dice.pick(OPTIONS);
}

/** In threads of one process, many; each file is kept where something was found. */
async function mutated(attempt) {
  const inputs = await corpus(attempt);
  const host = await Host.start(attempt);
  const count = attempt.count(80, 6000);
  for (let i = 0; i < count; i++) {
    const bytes = drawFile(attempt.dice, inputs);
    const path = attempt.path('mutated');
    writeFileSync(path, bytes);
    const args = [
      ...(attempt.dice.chance(0.05)
        ? ['accept', `--handshake=${path}`]
        : ['decode', '-f', path, ...drawOptions(attempt.dice)]),
    ];
    const ran = await host.run(args);
    const how = () => `wsinspect ${args.join(' ')}, input ${i} of this seed: ${keep(bytes, attempt, i)}`;
    if (ran.failed) attempt.wrong(`${ran.failed}`, how());
    else if (!DECODE_EXITS.includes(ran.exit)) attempt.wrong(`exit ${ran.exit}: ${ran.err.slice(0, 200)}`, how());
    else {
      const json = args.includes('--json');
      for (const why of [...unfit(ran.out, { json }), ...unfit(ran.err)].slice(0, 2)) attempt.wrong(why, how());
      if (/^ {2,}at /m.test(ran.err)) attempt.wrong(`a stack trace: ${ran.err.slice(0, 200)}`, how());
    }
    if (attempt.findings.length > 20) return;
  }
}

/** A share as processes of their own, with what a process has besides: memory, exit codes, streams. */
async function processes(attempt) {
  const inputs = await corpus(attempt);
  for (let i = 0; i < attempt.count(12, 400); i++) {
    const bytes = drawFile(attempt.dice, inputs);
    writeFileSync(attempt.path('mutated'), bytes);
    const args = attempt.dice.chance(0.2)
      ? ['connect', 'ws://127.0.0.1:1/', '--replay', attempt.path('mutated'), '--diff']
      : ['decode', '-f', attempt.path('mutated'), ...drawOptions(attempt.dice)];
    const target = await run(args, { most: 256 << 20, seconds: 60 });
    judgeRun(attempt, target);
    attempt.hold(
      (args[0] === 'connect' ? [2, 7, 1] : DECODE_EXITS).includes(target.exit),
      `exit ${target.exit}: ${target.err.slice(0, 200)}`,
      `${target.line}: ${keep(bytes, attempt, i)}`,
    );
    attempt.hold(target.memory < 500, `${Math.round(target.memory)} MB for ${bytes.length} bytes`, target.line);
  }
}

/** Lengths that promise gigabytes. */
async function lengths(attempt) {
  const pcapng = readFileSync(join(FIXTURES, 'captures/websocket.pcapng'));
  const pcap = readFileSync(join(FIXTURES, 'captures/loopback.pcap'));
  for (const [bytes, places] of [
    [pcapng, [4, 32, 36, 40, pcapng.readUInt32LE(4) + 4]],
    [pcap, [16, 32, 36]],
  ]) {
    for (const place of places) {
      for (const value of attempt.isFull ? EXTREMES : [0xffffffff]) {
        const copy = Buffer.from(bytes);
        copy.writeUInt32LE(value, place);
        const target = await run(['decode', '--stats'], { stdin: copy, seconds: 30, most: 64 << 20 });
        judgeRun(attempt, target);
        attempt.hold(
          DECODE_EXITS.includes(target.exit) && target.memory < 300,
          `exit ${target.exit}, ${Math.round(target.memory)} MB: ${value} at ${place}`,
          target.line,
        );
      }
    }
  }
}

function keep(bytes, attempt, i) {
  return bytes.length < 2000
    ? `base64 ${bytes.toString('base64')}`
    : `${bytes.length} bytes, --only ${attempt.name} --seed ${attempt.seed} draws them (${i})`;
}

export const attacks = [
  { name: 'recordings/mutated', run: mutated },
  { name: 'recordings/processes', long: true, run: processes },
  { name: 'recordings/lengths', run: lengths },
];
