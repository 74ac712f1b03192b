// Runs many command lines in one process, by the command runner itself (src/cli/options/run.ts): a process for each costs too much.
import { fork } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { cleanEnv, ROOT } from './target.js';

/** A command line that has not ended by then is given up: it hangs. Milliseconds. */
const NET = 20_000;

/** A process of its own, in a folder of its own; begun again when a command line brings it down. */
export class Host {
  static async start(attempt) {
    const folder = attempt.path('host');
    const bundle = join(folder, 'dist/cli/host.js');
    mkdirSync(dirname(bundle), { recursive: true });
    // Threads, the page and what is loaded later stand beside the bundle, as in dist/.
    for (const name of readdirSync(join(ROOT, 'dist/cli')))
      symlinkSync(join(ROOT, 'dist/cli', name), join(folder, 'dist/cli', name));
    for (const name of readdirSync(join(ROOT, 'dist')).filter((name) => name === 'web' || name.endsWith('.js')))
      symlinkSync(join(ROOT, 'dist', name), join(folder, 'dist', name));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    await build({
      entryPoints: [fileURLToPath(new URL('host-run.js', import.meta.url))],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      external: ['ws'],
      define: { WSINSPECT_VERSION: '"0.0.0"', 'import.meta.url': '__filename' },
      logLevel: 'error',
    });
    const host = new Host(attempt, bundle);
    attempt.atEnd(() => host.end());
    return host;
  }

  constructor(attempt, bundle) {
    this.bundle = bundle;
    this.cwd = attempt.path('work');
    mkdirSync(this.cwd);
  }

  begin() {
    this.child = fork(this.bundle, [], {
      cwd: this.cwd,
      env: cleanEnv({ HOME: this.cwd }),
      execArgv: ['--max-old-space-size=700'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.said = '';
    this.child.stderr.on('data', (chunk) => (this.said = `${this.said}${chunk}`.slice(-2000)));
  }

  /** Exit code, and what was printed; `failed`: why there is none. */
  run(args, { stdin = '' } = {}) {
    if (!this.child?.connected) this.begin();
    const { child } = this;
    return new Promise((resolve) => {
      const net = globalThis.setTimeout(() => {
        child.kill('SIGKILL');
        end({ failed: `no end after ${NET / 1000} s` });
      }, NET);
      const gone = (code, signal) => end({ failed: `the process ends (${code ?? signal}): ${this.said.slice(-500)}` });
      const end = (ran) => {
        globalThis.clearTimeout(net);
        child.off('message', end);
        child.off('exit', gone);
        if (ran.failed && !child.killed) child.kill('SIGKILL');
        if (ran.failed) this.child = undefined;
        resolve(ran);
      };
      child.on('message', end);
      child.on('exit', gone);
      child.send({ args, stdin: Buffer.from(stdin).toString('base64') });
    });
  }

  end() {
    this.child?.kill('SIGKILL');
  }
}
