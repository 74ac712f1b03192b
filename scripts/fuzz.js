// Random and mutated inputs for the library as built (dist/index.js), and for what the command line adds: the readers of
// text and captures, the views. Nothing may throw, encode(decode(b)) is b, fields tile their frames, chunks don't matter.
// One in ten is a damaged file of recorded traffic for the whole of `decode`, with options drawn by lot: what it prints
// is fit for a terminal and adds up, and does not hang on chunks, packing or shards.
//   npm run fuzz                         a million inputs, a new seed
//   SEED=1 COUNT=5000000 npm run fuzz    also as arguments: npm run fuzz -- 1 5000000
//   SEED=1 FROM=123 COUNT=1 npm run fuzz the one that failed
//   KIND=capture npm run fuzz            one kind alone
//   KIND=app PROTOCOL=mqtt npm run fuzz  one application protocol alone
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import * as library from '../dist/index.js';

const [seedArgument, countArgument] = process.argv.slice(2);
const seed = number('SEED', seedArgument ?? process.env.SEED, Math.floor(Math.random() * 2 ** 31));
const count = number('COUNT', countArgument ?? process.env.COUNT, 1_000_000);
const { KIND: kind, PROTOCOL: protocol } = process.env;
const from = number('FROM', process.env.FROM, 0);
/** Inputs between two lines of progress. */
const STEP = 10_000;
/** One case takes a millisecond or so. */
const MOST_SECONDS = 60;
/** So many are shown; then it ends. */
const MOST_FAILURES = 20;

/** The case that runs. */
const running = new Int32Array(new SharedArrayBuffer(4));
const words = `${kind ? `KIND=${kind} ` : ''}${protocol ? `PROTOCOL=${protocol} ` : ''}SEED=${seed}`;
const watchdog = new Worker(new URL('fuzz-watchdog.js', import.meta.url), {
  workerData: { running, seconds: MOST_SECONDS, words },
});

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'wsinspect-fuzz-'));
try {
  const outfile = join(folder, 'fuzz.mjs');
  const contents = [
    "export * from './test/fuzz/fuzz.js';",
    "export * from './test/fuzz/corpus.js';",
    "export { APP_PROTOCOLS } from './src/apps/registry.js';",
  ].join('\n');
  await build({
    stdin: { contents, resolveDir: root },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // commander is CommonJS, and the bundle stands where no package is found.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    logLevel: 'warning',
    plugins: [{ name: 'applications', setup: withApplications }],
  });
  const { fuzz, fuzzKinds, readCorpus, APP_PROTOCOLS } = await import(pathToFileURL(outfile).href);
  const corpus = readCorpus(new URL('../fixtures/', import.meta.url));
  const kinds = fuzzKinds(library, corpus);
  const given = [
    ['KIND', kind, kinds],
    ['PROTOCOL', protocol, APP_PROTOCOLS.map(({ name }) => name)],
  ];
  const wrong = given.find(([, value, known]) => value && !known.includes(value));
  if (wrong) {
    const [name, value, known] = wrong;
    console.error(`${name}=${value}: it is one of ${known.join(', ')}`);
    process.exitCode = 2;
  } else await run(fuzz, corpus);
} finally {
  await watchdog.terminate();
  rmSync(folder, { recursive: true, force: true });
}

/** What reads application protocols is a file of its own in dist/, loaded when it is needed; here it is in the bundle. */
function withApplications({ onLoad }) {
  onLoad({ filter: /[/\\]cli[/\\]entries[/\\]load-apps\.ts$/ }, () => ({
    contents: "import * as apps from './apps.js'; export const loadApps = () => apps;",
    resolveDir: join(root, 'src/cli/entries'),
  }));
}

async function run(fuzz, corpus) {
  console.log(`seed ${seed}, ${count} inputs from ${from}, node ${process.version}`);
  const totals = {};
  let failed = 0;
  const begins = (index) => Atomics.store(running, 0, index);
  // CPU time: that the machine does other things is no finding about an input.
  const clock = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  const started = performance.now();
  const rate = (done) => `${Math.round(done / ((performance.now() - started) / 1000))} a second`;
  for (let at = from; at < from + count && failed < MOST_FAILURES; at += STEP) {
    const to = Math.min(at + STEP, from + count);
    const { counts, failures } = await fuzz(library, corpus, { seed, from: at, to, kind, protocol, begins, clock });
    for (const [name, n] of Object.entries(counts)) totals[name] = (totals[name] ?? 0) + n;
    for (const failure of failures.slice(0, MOST_FAILURES - failed)) console.error(`\n${failure}`);
    failed += failures.length;
    if (process.stderr.isTTY) process.stderr.write(`\r${to - from} inputs, ${rate(to - from)} `);
  }
  const done = Object.values(totals).reduce((sum, n) => sum + n, 0);
  const kinds = Object.entries(totals).map(([name, n]) => `${n} ${name}`);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${done} inputs in ${seconds} s, ${rate(done)}: ${kinds.join(', ')}; ${failed} failures`);
  process.exitCode = failed > 0 ? 1 : 0;
}

function number(name, value, otherwise) {
  if (value === undefined) return otherwise;
  const read = Number(value);
  if (!Number.isSafeInteger(read) || read < 0) throw new Error(`${name}: '${value}' is no whole number`);
  return read;
}
