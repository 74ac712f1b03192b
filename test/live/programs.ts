import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Programs of others that listen: servers, proxies. */

const running: ChildProcess[] = [];

/** Ends all programs of this file. */
export function stopPrograms(): void {
  for (const child of running.splice(0)) child.kill('SIGKILL');
}

/** Starts a program that listens at `port` of 127.0.0.1; resolves when it does. Throws where it ends instead. */
export async function started(
  port: number,
  program: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<ChildProcess> {
  const child = spawn(program, args, { stdio: 'ignore', ...options });
  running.push(child);
  let problem: Error | undefined;
  child.once('error', (error) => (problem = error));
  while (!(await listens(port))) {
    if (problem) throw problem;
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`);
    await sleep(20);
  }
  return child;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
