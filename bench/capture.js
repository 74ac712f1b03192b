// Reading captures, against tshark and tcpflow side by side: seconds, MB/s and the peak of memory, and the ratios.
//   npm run bench:capture -- [--mb 200] [--runs 3] [--profile small] [--keep DIR]
//   npm run bench:capture -- --sizes 50,200,800     wsinspect alone: does the rate fall with the size?
//   npm run bench:capture -- --connections 10000    the same bytes in so many connections: what memory they take
//   npm run bench:capture -- --tls                  TLS 1.3 with a key log, against tshark: small, packed and large records
// The captures come from fixtures/captures/genpcap.py. Each program reads a file that is in memory already, and writes to
// /dev/null; they take turns. tshark dissects frames, as decode does; tcpflow only splits streams, into files.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { captureIn } from './capture-files.js';
import { ratio, row } from './measure.js';
import { tlsCaptureIn } from './tls-files.js';
import { isInstalled, raceRuns, timed, withFolder } from './programs.js';

const { values } = parseArgs({
  options: {
    mb: { type: 'string', default: '200' },
    runs: { type: 'string', default: '3' },
    profile: { type: 'string', multiple: true },
    keep: { type: 'string' },
    sizes: { type: 'string' },
    connections: { type: 'string' },
    tls: { type: 'boolean' },
  },
});
const BIN = fileURLToPath(new URL('../bin/wsinspect.js', import.meta.url));
/** How many times as fast as the other program, with files of 200 MB: the smaller they are, the more counts the start. */
const GOALS = {
  small: { tshark: 25, tcpflow: 0.5 },
  packed: { tshark: 20 },
  large: { tshark: 10 },
  deflate: { tshark: 5 },
};
/** The same with TLS, where the cipher takes most of the time. */
const TLS_GOALS = { 'tls-small': { tshark: 3 }, 'tls-packed': { tshark: 1 }, 'tls-large': { tshark: 4 } };
/** A larger capture may have so much of the rate of a smaller one: less is more than noise. */
const STEADY = 0.85;
const WIDTHS = [24, 9, 9, 9, 13, 13];
const FIELDS = ['frame.time_epoch', 'tcp.stream', 'websocket.opcode', 'websocket.payload_length'];

const number = (name) => {
  const value = Number(values[name]);
  if (values[name] !== undefined && !(value > 0)) throw new Error(`--${name}: '${values[name]}' is no number above 0`);
  return value;
};
const [mb, runs] = [number('mb'), number('runs')];

function decode(path, ...more) {
  const keys = values.tls ? ['--keylog', `${path}.keys`] : [];
  return [process.execPath, BIN, 'decode', '-f', path, ...keys, ...more];
}

const OURS = [
  { name: 'wsinspect decode', run: (path) => timed(decode(path)) },
  { name: 'wsinspect --stats', run: (path) => timed(decode(path, '--stats')) },
];
const THEIRS = [
  {
    name: 'tshark',
    run: (path) =>
      timed([
        ...['tshark', '-r', path, ...(values.tls ? ['-o', `tls.keylog_file:${path}.keys`] : [])],
        ...['-Y', 'websocket', '-T', 'fields', ...FIELDS.flatMap((f) => ['-e', f])],
      ]),
  },
  {
    name: 'tcpflow',
    run: (path) => withFolder((folder) => timed(['tcpflow', '-r', path, '-o', join(folder, 'streams'), '-q'])),
  },
].filter(({ name }) => {
  if (values.tls && name === 'tcpflow') return false;
  const found = isInstalled(name);
  if (!found) console.log(`${name} is not installed: it is left out`);
  return found;
});

/** Reads the capture once untimed, so that it is in memory, and holds the count of frames against the ground truth. */
function check({ path, frames }) {
  const [program, ...args] = decode(path, '--stats', '--json');
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 30 });
  const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1) || '{}');
  const { client = 0, server = 0 } = summary.frames ?? {};
  if (client + server !== frames) throw new Error(`${path}: ${client + server} of ${frames} frames\n${stderr}`);
}

const decimals = (value) => (value < 10 ? value.toFixed(2) : value.toFixed(value < 100 ? 1 : 0));
const peak = (value) => (Number.isNaN(value) ? '-' : value.toFixed(0));

/** One capture, all programs. */
function compare(capture, goals) {
  check(capture);
  const contenders = [...THEIRS, ...OURS].map(({ name, run }) => ({ name, run: () => run(capture.path) }));
  const results = raceRuns(contenders, runs);
  for (const { name, seconds, megabytes } of results) {
    const ratios = results
      .filter((other) => THEIRS.some((theirs) => theirs.name === other.name))
      .map((other) =>
        other.name === name ? '' : ratio(other.seconds / seconds, ours(name) ? goals[other.name] : undefined),
      );
    row([name, decimals(seconds), decimals(capture.bytes / 1e6 / seconds), peak(megabytes), ...ratios], WIDTHS);
  }
  console.log();
}

const ours = (name) => OURS.some((one) => one.name === name);

function heading(title, goals) {
  console.log(title);
  const aimed = THEIRS.map(({ name }) => `to ${name}${goals[name] === undefined ? '' : ` (${goals[name]})`}`);
  row(['', 'seconds', 'MB/s', 'peak MB', ...aimed], WIDTHS);
}

function compareProfiles(folder) {
  const all = values.tls ? TLS_GOALS : GOALS;
  for (const profile of values.profile ?? Object.keys(all)) {
    const capture = (values.tls ? tlsCaptureIn : captureIn)(folder, { profile, mb });
    const goals = all[profile];
    heading(`${profile}: ${decimals(capture.bytes / 1e6)} MB, ${capture.frames.toLocaleString('en')} frames`, goals);
    compare(capture, goals);
  }
}

function compareSizes(folder) {
  const sizes = values.sizes.split(',').map(Number);
  const [profile = 'small'] = values.profile ?? [];
  const captures = sizes.map((size) => captureIn(folder, { profile, mb: size }));
  captures.forEach(check);
  for (const { name, run } of OURS) {
    row([`${name}, ${profile}`, 'seconds', 'MB/s', 'peak MB', 'ns per B'], WIDTHS);
    const results = raceRuns(
      captures.map(({ path, bytes }) => ({ bytes, run: () => run(path) })),
      runs,
    );
    const rates = results.map(({ bytes, seconds }) => bytes / 1e6 / seconds);
    for (const [i, { bytes, seconds, megabytes }] of results.entries()) {
      const each = decimals((seconds / bytes) * 1e9);
      row([`${sizes[i]} MB`, decimals(seconds), decimals(rates[i]), peak(megabytes), each], WIDTHS);
    }
    console.log(`${verdict(sizes, rates)}\n`);
  }
}

/** The largest against the best of the others: the start weighs on the smallest. */
function verdict(sizes, rates) {
  const best = Math.max(...rates.slice(0, -1));
  const kept = rates.at(-1) / best;
  const words = kept >= STEADY ? 'does not fall' : 'falls';
  return `the rate ${words}: at ${sizes.at(-1)} MB it is ${kept.toFixed(2)} of that at ${sizes[rates.indexOf(best)]} MB`;
}

function compareConnections(folder) {
  const flows = number('connections');
  const [profile = values.tls ? 'tls-large' : 'small'] = values.profile ?? [];
  for (const count of [50, flows]) {
    const capture = (values.tls ? tlsCaptureIn : captureIn)(folder, { profile, mb, flows: count });
    heading(`${profile}: ${decimals(capture.bytes / 1e6)} MB in ${count.toLocaleString('en')} connections`, {});
    compare(capture, {});
  }
}

console.log(`node ${process.version}, median of ${runs} runs, MB of 10^6 bytes\n`);
const compareAll = values.sizes ? compareSizes : values.connections ? compareConnections : compareProfiles;
if (values.keep === undefined) withFolder(compareAll);
else compareAll(values.keep);
