// README's first command, as it stands there, in a fresh clone: installs, builds, decodes a frame.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const command = /^npm ci && npx wsinspect decode .*$/m.exec(readme)?.[0];
if (!command) throw new Error('clone test: README has no command that installs and decodes');

const folder = mkdtempSync(join(tmpdir(), 'wsinspect-clone-'));
try {
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, folder]);
  const shown = execFileSync('bash', ['-c', command], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (!shown.includes('payload   "5555555"')) throw new Error(`clone test: ${command} printed:\n${shown}`);
  console.log(`clone test: ${command}: decodes the frame`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
