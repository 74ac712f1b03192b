import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { BINARY, cleanEnv } from '../cli/binary.js';

export interface Serving {
  readonly port: number;
  /** Where the page is, its token included. */
  readonly page: string;
  stop(): Promise<void>;
}

/** `wsinspect serve` as a process of its own, on a port that is free. */
export async function serving(...args: readonly string[]): Promise<Serving> {
  const child = spawn(process.execPath, [BINARY, 'serve', '0', '--json', ...args], {
    env: cleanEnv(),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { port, page } = await firstRecord(child);
  return { port, page, stop: () => stop(child) };
}

function firstRecord(child: ChildProcess): Promise<{ port: number; page: string }> {
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('serve ended')));
    // Reading on keeps the pipe from filling.
    createInterface({ input: child.stdout! }).on('line', (line) =>
      resolve(JSON.parse(line) as { port: number; page: string }),
    );
  });
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
