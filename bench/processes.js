// Servers and clients of the live benchmarks, each in a process of its own.
import { fork, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** A program of Node.js. */
export const start = (command, out = 'ignore') =>
  spawn(process.execPath, command, { stdio: ['ignore', out, 'inherit'] });

/** What clients in another process measure. */
export function measure(job) {
  return new Promise((resolve, reject) => {
    const client = fork(here('live-client.js'), [JSON.stringify(job)]);
    client.on('message', resolve);
    client.on('exit', (code) => code && reject(new Error(`the clients ended with ${code}`)));
  });
}

export const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
export const shown = (n) => (n >= 1000 ? `${(n / 1000).toFixed(1)}k` : n.toFixed(1));
