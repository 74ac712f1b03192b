import { spawn, type ChildProcess } from 'node:child_process';
import { connect as connectTo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../bench/free-port.js';
import { Workshop } from '../cli/binary.js';
import { runHere } from '../cli/in-process.js';
import { has, PYTHON } from '../tools.js';

/** Servers that are not ours: each is tried where it is installed. */

const ECHO = `
import asyncio, sys, websockets
async def echo(socket, path=None):
    async for message in socket:
        await socket.send(message)
async def main():
    async with websockets.serve(echo, '127.0.0.1', int(sys.argv[1])):
        await asyncio.Future()
asyncio.run(main())
`;

let shop: Workshop;
const children: ChildProcess[] = [];
beforeAll(() => {
  shop = new Workshop();
});
afterAll(() => {
  for (const child of children) child.kill();
  shop.remove();
});

/** Runs a server and waits until it listens. */
async function started(command: string, args: readonly string[], port: number): Promise<string> {
  const child = spawn(command, args, { stdio: 'ignore' });
  children.push(child);
  while (child.exitCode === null) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connectTo(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (isUp) return `ws://127.0.0.1:${port}/`;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${command} does not listen`);
}

const LINES = Array.from({ length: 5000 }, (_, n) => `line ${n} ü\n`).join('');

describe('real servers', () => {
  it.runIf(has('python websockets'))('Python websockets', async () => {
    const port = await freePort();
    const url = await started(PYTHON, [shop.write('echo.py', ECHO).toString(), String(port)], port);
    for (const more of [[], ['--deflate'], ['--deflate', '--fragment', '3']]) {
      expect(await runHere(['connect', url, ...more], { stdin: LINES })).toMatchObject({
        exit: 0,
        out: LINES,
        err: '',
      });
    }
    const { exit, err } = await runHere(['connect', url, '--raw-frame', '8300', '-w', '3']);
    expect({ exit, err }).toEqual({ exit: 57, err: expect.stringContaining('1002') as string });
  });

  it.runIf(has('websocketd'))('websocketd', async () => {
    const port = await freePort();
    const url = await started('websocketd', [`--port=${port}`, '--address=127.0.0.1', 'cat'], port);
    expect(await runHere(['connect', url], { stdin: LINES })).toMatchObject({ exit: 0, out: LINES });
  });
});
