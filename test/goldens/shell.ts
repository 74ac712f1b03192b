import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Ran } from './golden.js';

export interface Shell {
  run(script: string, cwd: string): Promise<Ran>;
  close(): void;
}

/** What runs the tool: this Node, or the command line of another runtime (`npm run test:runtimes`). */
const RUNTIME = process.env['RUNTIME'] ?? `'${process.execPath}'`;

/** A shell in which `wsinspect` and `npx wsinspect` are the built tool, and no other program of npm is started. */
export function openShell(): Shell {
  const shims = mkdtempSync(join(tmpdir(), 'wsinspect-shell-'));
  const shim = (name: string, body: string): void => {
    writeFileSync(join(shims, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(shims, name), 0o755);
  };
  shim('wsinspect', `exec ${RUNTIME} '${resolve('bin/wsinspect.js')}' "$@"`);
  shim('npx', '[ "$1" = wsinspect ] || exit 127\nexec "$@"');
  const env = { PATH: `${shims}:${process.env['PATH'] ?? ''}`, LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  return {
    run: (script, cwd) =>
      new Promise((done) => {
        const child = execFile('sh', ['-c', script], { cwd, env }, (error, stdout, stderr) => {
          done({ stdout, stderr, exit: error === null ? 0 : Number(error.code) });
        });
        child.stdin?.end();
      }),
    close: () => rmSync(shims, { recursive: true, force: true }),
  };
}
