// Builds dist/: the command line as one bundle per command, the library as one file for Node and one for browsers, TLS for browsers, one file of types for each of these, and the page of `serve`.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { commanderAsModules, requireAsItIs } from './bundled-modules.js';
import { deferring } from './deferred-modules.js';
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

/** Each of these has all that it needs in its file. */
const ALONE = ['job-worker', 'apps'];

/** Any run loads `main`. The file of `decode` has what any run of it needs; the others are loaded after these, or are commands, and take from them what they share. */
const CORE = ['main', 'decode'];
const AFTER_CORE = [
  ...['accept', 'look'],
  ...['texts', 'unpacking', 'views', 'packets', 'jobs'],
  ...['encode', 'judge', 'replay', 'hand-on', 'completion', 'view', 'report', 'live', 'http2', 'check', 'check-http2'],
];
/** What of src/ is in the files of the commands. */
const BUNDLED = /^(?!web\/|endpoint\/|index)/;
/**
 * What few runs need of CORE and AFTER_CORE, by lists of what the paths in src/ begin with. `streams`: what reads and judges
 * streams with two sides, and heads of HTTP. `totals`: the table at the end. `search`: captures that begin in
 * the midst. `outputs`: files that are written, and a pager. `tls`, `http2-layer`, `recordings`: captures without TLS or
 * HTTP/2 need none of them, and recordings are no captures. `rare`: faults, holes, proxies, compression, options that few give.
 */
const DEFERRED = {
  streams: modules(
    ['codec/connection/', 'connection.ts', 'lane', 'handshake-pairing'],
    ['codec/http1/', 'head.ts', 'head-reader', 'headers', 'start-line', 'body'],
    ['codec/handshake/', 'asks', 'extensions', 'handshake.ts', 'lines'],
    ['rules/', 'handshake/', 'http2/', 'catalogue', 'frames/catalogue', 'frames/deflate-catalogue'],
    ['rules/causes/', 'catalogue', 'connection-c', 'endings', 'idle', 'proxies'],
    ['traffic/', 'tally/severities', 'selection/record-window'],
    ['terminal/handshakes/', 'handshake.ts', 'diagnostics'],
    ['describe/', 'connection-json'],
    ['sources/proxies/', ''],
  ),
  rare: modules(
    ['traffic/', 'apps/app-tally', 'apps/calls'],
    ['apps/', 'forms/json', 'yjs-signs'],
    ['codec/deflate/', 'inflate-handles', 'inflate-trial', 'message-deflate', 'node-zlib'],
    ['codec/', 'http1/connect-tunnel'],
    ['rules/causes/', 'evidence', 'refusals', 'redirects', 'tunnels', 'chain', 'quote'],
    ['traffic/', 'causes/cause-search', 'selection/expression-cost', 'tally/pings'],
    ['terminal/', 'dump'],
    ['cli/', 'decode/held-calls', 'input/packed-input', 'input/unpacked', 'host/app-unpacking'],
    ['live/replies/', 'timed-expressions'],
  ),
  search: modules(['codec/resync/', 'evidence', 'frame-search', 'hold', 'joined', 'scan', 'verdict']),
  outputs: modules(['cli/', 'host/output-file', 'host/pager', 'decode/extract', 'decode/proto-schema']),
  totals: modules(
    ['traffic/legs/', 'proxy-legs', 'head-changes', 'relayed'],
    ['traffic/', 'causes/idle-ends', 'tally/order', 'tally/run'],
  ),
  tls: modules(['codec/tls/', '(?!secrets|tls-keys)']),
  'http2-layer': modules(['codec/http2/', '(?!http2-codes)'], ['traffic/layers/', 'http2-traffic']),
  recordings: modules(['sources/recordings/', ''], ['traffic/inputs/', 'recorded-traffic']),
  characters: modules(['codec/bytes/', 'character-table', 'characters']),
  // What `accept`, `encode` and `decode` need none of: options of the commands with a socket, and what was meant by a command line without a command.
  'live-options': modules([
    'cli/options/',
    ...['connect', 'serve', 'proxy', 'check', 'view', 'replay', 'answer', 'listener', 'page'].map(
      (name) => `${name}-options`,
    ),
    'entry-hint',
  ]),
};
const ENTRIES = [...ALONE, ...CORE, ...AFTER_CORE];

/** Of each folder, what the paths in it begin with. */
function modules(...folders) {
  return new RegExp(folders.map(([folder, ...names]) => `^${folder}(?:${names.join('|')})`).join('|'));
}

/** What is a file of its own in dist/ is loaded, not bundled: wherever it is imported from, it stands beside the others. */
function leaveEntries(bundler) {
  const entry = new RegExp(`^(?:\\.|.*/entries)/(${ENTRIES.join('|')})\\.js$`);
  bundler.onResolve({ filter: entry }, ({ path, kind, importer }) => {
    const isEntry = path.includes('/entries/') || importer.includes('/cli/entries/');
    if (kind === 'entry-point' || !isEntry) return undefined;
    return { path: `./${entry.exec(path)[1]}.js`, external: true };
  });
}

/** What rules ask for, in words, is in docs/rules.md, and of the handshake in the checklist: the program shows what breaks the others. */
const REQUIREMENT = /\brequirement:\s*(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\$]|\\.)*`),/g;
const withoutRequirements = {
  name: 'rules without requirements',
  setup({ onLoad }) {
    onLoad(
      { filter: /[/\\]src[/\\](?:apps|rules[/\\](?:frames|http2))[/\\].*\.ts$/, namespace: 'file' },
      ({ path }) => ({
        contents: readFileSync(path, 'utf8').replace(REQUIREMENT, ''),
        loader: 'ts',
      }),
    );
  },
};

const leaving = { name: 'entries', setup: leaveEntries };

const cli = {
  ...common,
  format: 'cjs',
  platform: 'node',
  external: ['ws'],
  minify: true,
  plugins: [commanderAsModules, requireAsItIs, leaving],
  // Everything by require(): import() would load a loader first.
  supported: { 'dynamic-import': false },
  // Only createRequire asks for it, which is `require` here.
  define: { ...common.define, 'import.meta.url': '__filename' },
};

/** Which files hold what several have in common, in this order: what the second of each pair needs, and none before it has. */
const HOLDERS = [
  ['main', 'main'],
  // As `accept`, and what knows all options, load no other file.
  ['main', 'accept'],
  ['main', 'live-options'],
  ['common', 'encode'],
  ...['decode', 'look', 'streams', 'views'].map((name) => [name, name]),
  ['packets-shared', 'packets'],
  ...['tls', 'http2-layer', 'recordings', 'totals', 'search', 'outputs', 'rare'].map((name) => [name, name]),
  ['characters', 'characters'],
];

/** Of a part nothing is taken: esbuild keeps such an import for what loading the part does, and loading one of ours does nothing. */
const FOR_EFFECT = /^import "\.\/[^"]+";\n/gm;
const NAMED_IMPORT = /^import \{([^}]*)\} from "\.\/([^"]+)";$/gm;
/** What is loaded later has plain values, and needs none of what esbuild puts around require(). */
const LATER = /\bimport\(("\.\/[^"]+")\)/g;
/** The same of modules of Node's own. */
const OF_NODE = /^import \* as (\w+) from ("node:[^"]+");$/gm;

/**
 * CORE, AFTER_CORE and DEFERRED. esbuild puts what several have in common into many small files, as ES modules. Each of those
 * becomes a part of the first of HOLDERS that needs it, the others remain files, and all become CommonJS.
 */
async function sharing() {
  const names = [...CORE, ...AFTER_CORE, ...Object.keys(DEFERRED)];
  const { outputFiles, metafile } = await build({
    ...cli,
    format: 'esm',
    splitting: true,
    // The files take names from one another: those are short from here on, and the rest of the text is found by its form.
    minify: false,
    minifyIdentifiers: true,
    metafile: true,
    chunkNames: 'cli/part-[hash]',
    supported: {},
    write: false,
    plugins: [commanderAsModules, leaving, withoutRequirements, deferring(`${root}src`, DEFERRED, BUNDLED)],
    entryPoints: [
      ...[...CORE, ...AFTER_CORE].map((name) => ({ in: `src/cli/entries/${name}.ts`, out: `cli/${name}` })),
      ...Object.keys(DEFERRED).map((name) => ({ in: `deferred:${name}`, out: `cli/${name}` })),
    ],
  });
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), textOf(text)]));
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  const entries = names.map((name) => `${name}.js`);

  /** The parts that a file needs, and those that they need. */
  function partsOf(file) {
    const all = new Set([file]);
    for (const one of all) {
      for (const [, , part] of texts.get(one).matchAll(NAMED_IMPORT)) all.add(part);
    }
    return [...all].filter((part) => !entries.includes(part));
  }
  /** The file that each part is in. */
  const holders = new Map();
  for (const [name, user] of HOLDERS) {
    for (const part of partsOf(`${user}.js`)) {
      if (!holders.has(part)) holders.set(part, name);
    }
  }

  /** What each part is called in the file that holds it. */
  const called = new Map([...holders.keys()].map((part, i) => [part, `p${i}`]));

  /** Reads from memory. What another file holds is taken from it once: a look at it for each call takes a quarter of the time of a capture. */
  const fromMemory = (name, taken) => ({
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
          holder === undefined ? `require('./${path}')` : `require('./${holder}.js').parts.${called.get(path)}`;
        return { contents: `export const { ${[...taken.get(path)].join(', ')} } = ${all};`, resolveDir: root };
      });
    },
  });

  const alone = [...outputs.keys()].filter((file) => !entries.includes(file) && !holders.has(file));
  const files = [...new Set([...names, ...holders.values()]), ...alone.map((file) => basename(file, '.js'))];
  const within = new Map(
    files.map((name) => {
      const held = [...holders].filter(([, holder]) => holder === name).map(([part]) => part);
      return [name, [...(outputs.has(`${name}.js`) ? [`${name}.js`] : []), ...held]];
    }),
  );
  const takenBy = new Map(files.map((name) => [name, namesTaken(within.get(name).map((file) => texts.get(file)))]));
  /** What others than its holder take of a part. */
  const given = (part) => {
    const others = files.filter((name) => name !== holders.get(part));
    return [...new Set(others.flatMap((name) => [...(takenBy.get(name).get(part) ?? [])]))];
  };
  await Promise.all(
    files.map((name) => {
      const exported = within.get(name).map((file) => {
        const part = called.get(file);
        return [file, part === undefined ? outputs.get(file).exports : given(file), part];
      });
      texts.set(`${name}-with-parts.js`, asValues(exported.filter(([, names]) => names.length > 0)));
      const taken = takenBy.get(name);
      return build({
        ...cli,
        // Its exports are one object, not a getter for each.
        logOverride: { 'commonjs-variable-in-esm': 'silent' },
        plugins: [requireAsItIs, fromMemory(name, taken)],
        entryPoints: [{ in: `./${name}-with-parts.js`, out: `cli/${name}` }],
      });
    }),
  );
}

/**
 * What the page loads besides itself, each when it is needed: what shows a record, and draws a connection; what reads files,
 * and what only some files need. Each of these is loaded after another, and has what that has: so there are few parts.
 */
const LOADED_LATER = {
  'record-part': 'app',
  'drawings-part': 'app',
  reading: undefined,
  'causes-reading': 'reading',
  'http2-reading': 'reading',
  'recording-reading': 'http2-reading',
  'text-reading': 'recording-reading',
  'tls-reading': 'http2-reading',
};
const withEarlier = {
  name: 'what is loaded later has what was loaded before',
  setup({ onLoad }) {
    const names = Object.keys(LOADED_LATER).filter((name) => LOADED_LATER[name] !== undefined);
    onLoad({ filter: new RegExp(`[/\\\\]src[/\\\\]web[/\\\\](?:${names.join('|')})\\.ts$`) }, ({ path }) => ({
      contents: `${readFileSync(path, 'utf8')}export * from './${LOADED_LATER[basename(path, '.ts')]}.js';\n`,
      loader: 'ts',
    }));
  },
};

/** Which of these need a part, and what it is called: `index.browser` is the library, `app` the page, `live` that of live traffic, the others are LOADED_LATER. */
const BROWSER_PARTS = {
  'app causes-reading drawings-part http2-reading index.browser live reading record-part recording-reading text-reading tls-reading':
    'core',
  'app causes-reading drawings-part http2-reading live reading record-part recording-reading text-reading tls-reading':
    'shared',
  'app drawings-part live record-part text-reading': 'items',
  'app drawings-part live record-part': 'page',
  'record-part text-reading': 'frame-model',
  'causes-reading http2-reading index.browser reading record-part recording-reading text-reading tls-reading': 'digest',
  'causes-reading http2-reading reading recording-reading text-reading tls-reading': 'dropped',
  'causes-reading http2-reading index.browser reading recording-reading text-reading tls-reading': 'pipeline',
  'causes-reading index.browser text-reading': 'causes',
  'http2-reading index.browser live recording-reading text-reading tls-reading': 'lists',
  'http2-reading index.browser recording-reading text-reading tls-reading': 'http2-layer',
  'index.browser recording-reading text-reading': 'recordings',
  'index.browser text-reading': 'text',
  'index.browser tls-reading': 'tls-layer',
};

/** One part is loaded by another for nothing that it has: esbuild keeps that for what loading does, and loading one of ours does nothing. */
const LOADED_FOR_NOTHING = /\bimport"[^"]*part-[A-Z0-9]{8}\.js";/g;

/** Files of their own: TLS in dist/, which those who need none leave out, and application protocols, which the page takes from the command line. */
const apart = {
  name: 'files of their own',
  setup({ onResolve }) {
    onResolve({ filter: /\/noble-crypto\.js$/ }, () => ({ path: '../tls-crypto.js', external: true }));
    onResolve({ filter: /\/apps\/readers\.js$/ }, () => ({ path: './apps.js', external: true }));
  },
};

/**
 * The library for browsers, the page, and what the page loads when something is pasted, dropped or flipped: most of each is in another as
 * well, and is a file of its own. Minified: the package is downloaded by each `npx`, and a report of `--html` has the page
 * in it.
 */
async function browsing() {
  const { outputFiles, metafile } = await build({
    ...common,
    ...dense,
    entryPoints: [
      { in: 'src/index.browser.ts', out: 'index.browser' },
      { in: 'src/web/main.ts', out: 'web/app' },
      { in: 'src/web/live-main.ts', out: 'web/live' },
      ...Object.keys(LOADED_LATER).map((name) => ({ in: `src/web/${name}.ts`, out: `web/${name}` })),
    ],
    platform: 'browser',
    target: BROWSERS,
    splitting: true,
    chunkNames: 'part-[hash]',
    metafile: true,
    write: false,
    plugins: [apart, withEarlier],
  });
  const users = new Map();
  const empty = new Set(outputFiles.filter(({ text }) => text === '').map(({ path }) => basename(path)));
  for (const [path, { entryPoint, imports }] of Object.entries(metafile.outputs)) {
    if (entryPoint === undefined) continue;
    for (const { path: part, kind, external } of imports) {
      if (kind !== 'import-statement' || external || empty.has(basename(part))) continue;
      users.set(basename(part), [...(users.get(basename(part)) ?? []), basename(path, '.js')].sort());
    }
  }
  const names = new Map([...users].map(([part, by]) => [part, BROWSER_PARTS[by.join(' ')]]));
  const missing = [...users].filter(([part]) => names.get(part) === undefined);
  if (missing.length > 0) throw new Error(`no name for what is shared by ${missing.map(([, by]) => by.join(', '))}`);
  /** What is written to dist/: what the library needs too is outside of web/. */
  const files = new Map();
  for (const { path, text } of outputFiles) {
    if (text === '') continue;
    const file = basename(path);
    const part = names.get(file);
    const isOfPage =
      part === undefined ? basename(dirname(path)) === 'web' : !users.get(file).includes('index.browser');
    files.set(part === undefined ? file : `${part}.js`, { folder: isOfPage ? 'web' : '', text });
  }
  for (const [file, { folder, text }] of files) {
    const renamed = text
      .replaceAll(LOADED_FOR_NOTHING, '')
      .replaceAll(/part-[A-Z0-9]{8}\.js/g, (name) => `${names.get(name)}.js`)
      .replaceAll(/"\.{1,2}\/(?:web\/)?([\w-]+\.js)"/g, (whole, name) => {
        const other = files.get(name)?.folder;
        return other === undefined ? whole : `"${folder === other ? '.' : other === '' ? '..' : './web'}/${name}"`;
      });
    const target = new URL(`../dist/${folder}/${file}`, import.meta.url);
    mkdirSync(new URL('.', target), { recursive: true });
    writeFileSync(target, await onceMore(renamed));
  }
}

/** Names were chosen for all files that share something: the most frequent of each file become its shortest. */
async function onceMore(text) {
  return (await transform(text, { ...dense, target: 'es2022' })).code;
}

function textOf(output) {
  return output
    .replaceAll(FOR_EFFECT, '')
    .replaceAll(OF_NODE, 'const $1 = require($2);')
    .replaceAll(LATER, (_, path) => `Promise.resolve().then(() => require(${path}))`);
}

/** The names that texts take from other files, by these. */
function namesTaken(texts) {
  const taken = new Map();
  for (const [, list, file] of texts.flatMap((text) => [...text.matchAll(NAMED_IMPORT)])) {
    const names = list.split(',').map((one) => one.trim().split(' as ')[0]);
    taken.set(file, new Set([...(taken.get(file) ?? []), ...names]));
  }
  return taken;
}

/**
 * What a file exports, and what it holds for others, as plain values: a getter for each name would be a part of the start.
 * `exported`: each file, its names, and what it is called as a part, which the file itself is not.
 */
function asValues(exported) {
  const imports = exported.map(([file, names], i) => {
    const pairs = names.map((name) => `${name} as ${name}$${i}`);
    return `import { ${pairs.join(', ')} } from './${file}';`;
  });
  const members = (names, i) => names.map((name) => `${name}: ${name}$${i}`);
  const own = exported.flatMap(([, names, part], i) => (part === undefined ? members(names, i) : []));
  const parts = exported.flatMap(([, names, part], i) =>
    part === undefined ? [] : `${part}: { ${members(names, i)} }`,
  );
  const all = parts.length === 0 ? own : [...own, `parts: { ${parts} }`];
  return [...imports, `module.exports = { ${all} };`].join('\n');
}

async function alone(name) {
  const { outputFiles } = await build({
    ...cli,
    entryPoints: [{ in: `src/cli/entries/${name}.ts`, out: `cli/${name}` }],
    plugins: [...cli.plugins, withoutRequirements],
    write: false,
  });
  mkdirSync(new URL('../dist/cli', import.meta.url), { recursive: true });
  writeFileSync(new URL(`../dist/cli/${name}.js`, import.meta.url), await onceMore(outputFiles[0].text));
}

await Promise.all([
  sharing(),
  // CommonJS, because Node starts it sooner; commander and chalk bundled, because their files take a seventh of the
  // start; the commands, and what reads packets, in files of their own, because most runs need less;
  // and where a thread begins, because that has to be a file.
  ...ALONE.map(alone),
  build({ ...common, ...dense, entryPoints: ['src/index.ts'], platform: 'node', external: ['./index.browser.js'] }),
  browsing(),
  // What decrypts TLS in a browser, for those who need it.
  build({
    ...common,
    entryPoints: [{ in: 'src/codec/tls/noble-crypto.ts', out: 'tls-crypto' }],
    platform: 'browser',
    minify: true,
  }),
  // What stands before the page, and its style; three files are taken without their indentation.
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
  const text = readFileSync(new URL(`../src/web/${name}`, import.meta.url), 'utf8');
  writeFileSync(new URL(`../dist/web/${name}`, import.meta.url), text.replaceAll(/^ +/gm, ''));
}
const schema = readFileSync(new URL('../schema/wsinspect.schema.json', import.meta.url), 'utf8');
writeFileSync(new URL('../dist/schema.json', import.meta.url), JSON.stringify(JSON.parse(schema)));
/** What is bundled, and the files of its licence: one file, as most of their text is the same. */
const LICENCES = {
  chalk: 'license',
  commander: 'LICENSE',
  'jsonpath-rfc9535': 'LICENSE',
  '@noble/ciphers': 'LICENSE',
  '@noble/hashes': 'LICENSE',
};
const licences = Object.entries(LICENCES).map(([name, file]) => {
  const text = readFileSync(new URL(`../node_modules/${name}/${file}`, import.meta.url), 'utf8');
  return `${name}\n\n${text.trim()}\n`;
});
writeFileSync(new URL('../dist/LICENSES', import.meta.url), licences.join(`\n${'-'.repeat(72)}\n\n`));
// The manual page, printed by a program that is no part of dist/.
const { outputFiles: manual } = await build({
  ...cli,
  entryPoints: ['src/cli/entries/man.ts'],
  write: false,
});
const page = execFileSync(process.execPath, ['-'], { input: manual[0].contents, encoding: 'utf8' });
writeFileSync(new URL('../dist/wsinspect.1', import.meta.url), page);
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
