// What a user gets: packs the package, installs the tarball into an empty folder, runs it there, and looks at what came.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'wsinspect-pack-'));
const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

const PACKAGES = ['ws', 'wsinspect'];
const WANTED = /^(package\.json|README(\.zh-CN)?\.md|LICENSE|bin\/|dist\/)/;
const UNWANTED = /(^|\/)(src|test|fixtures|bench|scripts)\/|\.map$|\.test\./;
/** What `npx` downloads on a fresh machine, without the dependencies. */
const MOST_BYTES = 930_000;

try {
  const [packed] = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root));
  const files = packed.files.map((file) => file.path);
  const strange = files.filter((path) => !WANTED.test(path) || UNWANTED.test(path));
  check(strange.length === 0, `files that no user needs: ${strange.join(', ')}`);
  check(packed.size < MOST_BYTES, `${packed.size} bytes, more than ${MOST_BYTES}`);

  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  run('npm', ['install', '--no-audit', '--no-fund', join(folder, packed.filename)], folder);
  const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
  check(installed.join() === PACKAGES.join(), `installed ${installed.join(', ')} instead of ${PACKAGES.join(', ')}`);

  const shown = run('npx', ['wsinspect', 'decode', '81870ec3f3cd3bf6c6f83bf6c6'], folder);
  check(shown.includes('payload   "5555555"'), `decode printed:\n${shown}`);
  const library =
    "import { FrameReader } from 'wsinspect'; console.log(new FrameReader().push(Uint8Array.of(0x81, 0)).length)";
  check(
    run('node', ['--input-type=module', '-e', library], folder).trim() === '2',
    'the library does not read a frame',
  );
  const schema =
    "import schema from 'wsinspect/schema.json' with { type: 'json' }; console.log(schema.$schema.startsWith('https:'))";
  check(run('node', ['--input-type=module', '-e', schema], folder).trim() === 'true', 'the schema cannot be imported');
  const forBrowsers =
    "import { browserTlsCrypto } from 'wsinspect/tls-crypto'; console.log(typeof browserTlsCrypto.open)";
  check(
    run('node', ['--input-type=module', '-e', forBrowsers], folder).trim() === 'function',
    'TLS for browsers cannot be imported',
  );
  console.log(
    `pack test: ${files.length} files, ${packed.size} bytes packed, ${installed.length} packages installed, decode runs`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function check(holds, message) {
  if (!holds) throw new Error(`pack test: ${message}`);
}
