// Builds dist/: the command line as one bundle per command, the library as one file for Node and one for browsers, TLS for browsers, one file of types for each of these, and the page of `serve`.
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { rollUpTypes } from './roll-up-types.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });

const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  outdir: 'dist',
  outbase: 'src',
  logLevel: 'warning',
  define: { WSINSPECT_VERSION: JSON.stringify(version) },
};

const BROWSERS = ['es2022', 'chrome123', 'firefox120', 'safari17.5'];

const dense = { minify: true, legalComments: 'none' };

/** commander asks for node:child_process, a twentieth of the start, for subcommands that are programs: here none is. */
const withoutChildProcess = {
  name: 'commander without node:child_process',
  setup({ onLoad }) {
    onLoad({ filter: /commander[\\/]lib[\\/]command\.js$/ }, ({ path }) => {
      const asked = "require('node:child_process')";
      const source = readFileSync(path, 'utf8');
      if (source.split(asked).length !== 2) throw new Error(`${path}: expected to ask once for node:child_process`);
      return { contents: source.replace(asked, '{}'), loader: 'js' };
    });
  },
};

/** Each of these has all that it needs in its file. */
const ALONE = ['main', 'accept', 'look', 'job-worker'];

/** The file of `decode` has what any run of it needs; these are loaded after it, or are commands, and take from it what they share. */
const CORE = 'decode';
const AFTER_CORE = [
  ...['texts', 'unpacking', 'views', 'packets', 'jobs', 'apps'],
  ...['encode', 'judge', 'replay', 'live', 'check', 'view', 'report'],
];
const ENTRIES = [...ALONE, CORE, ...AFTER_CORE];

/** What is a file of its own in dist/ is loaded, not bundled: wherever it is imported from, it stands beside the others. */
function leaveEntries(bundler) {
  const entry = new RegExp(`^(?:\\.|.*/entries)/(${ENTRIES.join('|')})\\.js$`);
  bundler.onResolve({ filter: entry }, ({ path, kind, importer }) => {
    const isEntry = path.includes('/entries/') || importer.includes('/cli/entries/');
    if (kind === 'entry-point' || !isEntry) return undefined;
    return { path: `./${entry.exec(path)[1]}.js`, external: true };
  });
}

/** The options know views by their names: what draws them is in the files of the commands. */
const withoutDrawing = {
  name: 'main without drawing',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/terminal\/frames\// }, ({ path }) => ({ path, namespace: 'not-drawn' }));
    onLoad({ filter: /./, namespace: 'not-drawn' }, () => ({ contents: 'module.exports = {};' }));
  },
};

const cli = {
  ...common,
  format: 'cjs',
  platform: 'node',
  external: ['ws'],
  minify: true,
  plugins: [withoutChildProcess, { name: 'entries', setup: leaveEntries }],
  // Everything by require(): import() would load a loader first.
  supported: { 'dynamic-import': false },
  // Only createRequire asks for it, and takes a path as well.
  define: { ...common.define, 'import.meta.url': '__filename' },
};

/** Which files hold what several have in common, in this order; PACKETS is what `packets` shares with others beyond that. */
const PACKETS = 'packets-shared';
const HOLDERS = [CORE, 'views', PACKETS];

/** Of a part nothing is taken: esbuild keeps such an import for what loading the part does, and loading one of ours does nothing. */
const FOR_EFFECT = /^import "\.\/[^"]+";\n/gm;
const NAMED_IMPORT = /^\} from "\.\/([^"]+)";$/gm;

/**
 * CORE and AFTER_CORE. esbuild puts what several have in common into many small files, as ES modules. Each of those
 * becomes a part of the first of HOLDERS that needs it, the others remain files, and all become CommonJS.
 */
async function sharing() {
  const names = [CORE, ...AFTER_CORE];
  const { outputFiles, metafile } = await build({
    ...cli,
    format: 'esm',
    splitting: true,
    minify: false,
    metafile: true,
    chunkNames: 'cli/part-[hash]',
    supported: {},
    write: false,
    entryPoints: names.map((name) => ({ in: `src/cli/entries/${name}.ts`, out: `cli/${name}` })),
  });
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text.replaceAll(FOR_EFFECT, '')]));
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  const entries = names.map((name) => `${name}.js`);

  /** The parts that a file needs, and those that they need. */
  function partsOf(file) {
    const all = new Set([file]);
    for (const one of all) {
      for (const [, part] of texts.get(one).matchAll(NAMED_IMPORT)) all.add(part);
    }
    return [...all].filter((part) => !entries.includes(part));
  }
  /** The file that each part is in. */
  const holders = new Map();
  for (const name of HOLDERS) {
    for (const part of partsOf(name === PACKETS ? 'packets.js' : `${name}.js`)) {
      if (!holders.has(part)) holders.set(part, name);
    }
  }

  /** Reads from memory. What another file holds is taken from it once: a look at it for each call takes a quarter of the time of a capture. */
  const fromMemory = (name) => ({
    name: 'parts',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\/.*\.js$/ }, ({ path, kind }) => {
        const file = basename(path);
        if (kind === 'entry-point') return { path: file, namespace: 'part' };
        if (kind !== 'import-statement') return { path, external: true };
        return { path: file, namespace: file === `${name}.js` || holders.get(file) === name ? 'part' : 'elsewhere' };
      });
      onLoad({ filter: /./, namespace: 'part' }, ({ path }) => ({ contents: texts.get(path), resolveDir: root }));
      onLoad({ filter: /./, namespace: 'elsewhere' }, ({ path }) => {
        const holder = holders.get(path);
        const all =
          holder === undefined ? `require('./${path}')` : `require('./${holder}.js')[${JSON.stringify(path)}]`;
        return { contents: `export const { ${outputs.get(path).exports.join(', ')} } = ${all};`, resolveDir: root };
      });
    },
  });

  const alone = [...outputs.keys()].filter((file) => !entries.includes(file) && !holders.has(file));
  const files = [...names, PACKETS, ...alone.map((file) => basename(file, '.js'))];
  await Promise.all(
    files.map((name) => {
      const held = [...holders].filter(([, holder]) => holder === name).map(([part]) => part);
      const exported = held.map((part) => `export * as ${JSON.stringify(part)} from './${part}';`);
      if (outputs.has(`${name}.js`)) exported.push(`export * from './${name}.js';`);
      texts.set(`${name}-with-parts.js`, exported.join('\n'));
      return build({
        ...cli,
        plugins: [fromMemory(name)],
        entryPoints: [{ in: `./${name}-with-parts.js`, out: `cli/${name}` }],
      });
    }),
  );
}

await Promise.all([
  sharing(),
  // CommonJS, because Node starts it sooner; commander and chalk bundled, because their files take a seventh of the
  // start; the commands, and what reads packets, in files of their own, because most runs need less;
  // and where a thread begins, because that has to be a file.
  ...ALONE.map((name) =>
    build({
      ...cli,
      entryPoints: [{ in: `src/cli/entries/${name}.ts`, out: `cli/${name}` }],
      plugins: name === 'main' ? [...cli.plugins, withoutDrawing] : cli.plugins,
    }),
  ),
  build({ ...common, entryPoints: ['src/index.ts'], platform: 'node', external: ['./index.browser.js'] }),
  // The library for browsers and the page that `serve` hands out: most of either is in the other as well, and stands in
  // one file, core.js. Minified: the package is downloaded by each `npx`, and a report of `--html` has the page in it.
  build({
    ...common,
    ...dense,
    entryPoints: [
      { in: 'src/index.browser.ts', out: 'index.browser' },
      { in: 'src/web/main.ts', out: 'web/app' },
    ],
    platform: 'browser',
    target: BROWSERS,
    splitting: true,
    chunkNames: 'core',
  }),
  // What decrypts TLS in a browser, for those who need it.
  build({
    ...common,
    entryPoints: [{ in: 'src/codec/tls/noble-crypto.ts', out: 'tls-crypto' }],
    platform: 'browser',
    minify: true,
  }),
  // What stands before the page, and its style; three files are taken as they are.
  build({
    ...common,
    entryPoints: [
      { in: 'src/web/door.ts', out: 'web/door' },
      { in: 'src/web/style.css', out: 'web/style' },
    ],
    platform: 'browser',
    minify: true,
    target: BROWSERS,
  }),
]);
for (const name of ['index.html', 'door.html', 'icon.svg']) {
  copyFileSync(new URL(`../src/web/${name}`, import.meta.url), new URL(`../dist/web/${name}`, import.meta.url));
}
for (const [name, file, copy] of [
  ['chalk', 'license', 'cli/chalk.LICENSE'],
  ['commander', 'LICENSE', 'cli/commander.LICENSE'],
  ['jsonpath-rfc9535', 'LICENSE', 'cli/jsonpath-rfc9535.LICENSE'],
  ['@noble/ciphers', 'LICENSE', 'noble-ciphers.LICENSE'],
  ['@noble/hashes', 'LICENSE', 'noble-hashes.LICENSE'],
]) {
  const licence = new URL(`../node_modules/${name}/${file}`, import.meta.url);
  copyFileSync(licence, new URL(`../dist/${copy}`, import.meta.url));
}
writeFileSync(new URL('../dist/cli/package.json', import.meta.url), '{ "type": "commonjs" }\n');
rollUpTypes({
  config: fileURLToPath(new URL('../tsconfig.build.json', import.meta.url)),
  folder: fileURLToPath(new URL('../dist', import.meta.url)),
  entries: [
    ['index.browser.d.ts', 'src/index.browser.ts'],
    ['index.d.ts', 'src/index.ts'],
    ['tls-crypto.d.ts', 'src/codec/tls/noble-crypto.ts'],
  ],
});
