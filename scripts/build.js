// Builds dist/: the command line as one bundle per command, the library as one file for Node and one for browsers, its types, and the page of `serve`.
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

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
  ...['encode', 'judge', 'replay', 'live', 'check'],
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

/**
 * CORE and AFTER_CORE. esbuild puts what several have in common into many small files, as ES modules: those that CORE
 * needs become one file with it, the others remain, and all become CommonJS.
 */
async function sharing() {
  const { outputFiles, metafile } = await build({
    ...cli,
    format: 'esm',
    splitting: true,
    minify: false,
    metafile: true,
    chunkNames: 'cli/part-[hash]',
    supported: {},
    write: false,
    entryPoints: [CORE, ...AFTER_CORE].map((name) => ({ in: `src/cli/entries/${name}.ts`, out: `cli/${name}` })),
  });
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  const parts = new Map(
    Object.entries(metafile.outputs).map(([path, { imports }]) => [
      basename(path),
      imports
        .filter(({ kind, external }) => kind === 'import-statement' && !external)
        .map((imported) => basename(imported.path)),
    ]),
  );
  const core = new Set([`${CORE}.js`]);
  for (const file of core) for (const part of parts.get(file)) core.add(part);
  const taken = [...core].filter((part) => [...parts].some(([file, used]) => !core.has(file) && used.includes(part)));

  /** Reads from memory. Of a part of CORE's file the others get what that file exports under the name of the part. */
  const fromMemory = (isCore) => ({
    name: 'parts',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\/.*\.js$/ }, ({ path, kind }) => {
        const file = basename(path);
        if (!texts.has(file) || kind === 'require-call') return { path, external: true };
        if (kind === 'entry-point' || (isCore && core.has(file))) return { path: file, namespace: 'part' };
        return core.has(file) ? { path: file, namespace: 'of-core' } : { path, external: true };
      });
      onLoad({ filter: /./, namespace: 'part' }, ({ path }) => ({ contents: texts.get(path), resolveDir: root }));
      onLoad({ filter: /./, namespace: 'of-core' }, ({ path }) => ({
        contents: `module.exports = require('./${CORE}.js')[${JSON.stringify(path)}];`,
        resolveDir: root,
      }));
    },
  });
  const exported = taken.map((part) => `export * as ${JSON.stringify(part)} from './${part}';`);
  texts.set('core-with-parts.js', [`export * from './${CORE}.js';`, ...exported].join('\n'));
  core.add('core-with-parts.js');
  const files = [...texts.keys()].filter((file) => !core.has(file));
  await Promise.all(
    [['core-with-parts.js', CORE], ...files.map((file) => [file, basename(file, '.js')])].map(([file, name]) =>
      build({
        ...cli,
        plugins: [fromMemory(core.has(file))],
        entryPoints: [{ in: `./${file}`, out: `cli/${name}` }],
      }),
    ),
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
  build({ ...common, entryPoints: ['src/index.browser.ts'], platform: 'browser' }),
  // The page that `serve` hands out, and what stands before it: two scripts, one style sheet, and three files as they are.
  build({
    ...common,
    entryPoints: [
      { in: 'src/web/main.ts', out: 'web/app' },
      { in: 'src/web/door.ts', out: 'web/door' },
      { in: 'src/web/style.css', out: 'web/style' },
    ],
    platform: 'browser',
    minify: true,
    target: ['es2022', 'chrome123', 'firefox120', 'safari17.5'],
  }),
]);
for (const name of ['index.html', 'door.html', 'icon.svg']) {
  copyFileSync(new URL(`../src/web/${name}`, import.meta.url), new URL(`../dist/web/${name}`, import.meta.url));
}
for (const [name, file] of [
  ['chalk', 'license'],
  ['commander', 'LICENSE'],
  ['jsonpath-rfc9535', 'LICENSE'],
]) {
  const licence = new URL(`../node_modules/${name}/${file}`, import.meta.url);
  copyFileSync(licence, new URL(`../dist/cli/${name}.LICENSE`, import.meta.url));
}
writeFileSync(new URL('../dist/cli/package.json', import.meta.url), '{ "type": "commonjs" }\n');
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
