import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { BINARY, cleanEnv } from '../cli/binary.js';

/** Runs of `wsinspect view`, each with a page of its own. */
export class Viewings {
  private readonly children: ChildProcess[] = [];

  /** The address of the page over these files. */
  async open(...args: readonly string[]): Promise<string> {
    const child = spawn(process.execPath, [BINARY, 'view', '--json', ...args], {
      env: cleanEnv(),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.children.push(child);
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    return (JSON.parse(line) as { page: string }).page;
  }

  end(): void {
    for (const child of this.children) child.kill('SIGTERM');
  }
}
