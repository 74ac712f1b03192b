// Builds dist/: the command line as one bundle per command, the library as one file for Node and one for browsers, and its types.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
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

await Promise.all([
  build({
    ...common,
    entryPoints: ['src/cli/main.ts'],
    platform: 'node',
    packages: 'external',
    splitting: true,
    minifySyntax: true,
    minifyWhitespace: true,
    chunkNames: 'cli/[name]-[hash]',
  }),
  build({ ...common, entryPoints: ['src/index.ts'], platform: 'node' }),
  build({ ...common, entryPoints: ['src/index.browser.ts'], platform: 'browser' }),
]);
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
