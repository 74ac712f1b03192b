// The live recipes of the README, each against a peer of its own: an echo that greets those who ask for /feed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { freePort } from '../../bench/free-port.js';
import { BINARY, ROOT, cleanEnv } from '../cli/binary.js';
import { Client } from '../live/serving.js';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const lines = [...readme.matchAll(/^```text\n([^]*?)^```$/gm)]
  .flatMap(([, block]) => block!.split('\n'))
  .filter((line) => /^wsinspect (serve|proxy|connect|decode) /.test(line));

/** Recipes that do not end well, on purpose: with 57, the server closed with an error. */
const EXITS: readonly (readonly [recipe: RegExp, exit: number])[] = [
  [/connect .*--raw-frame 8300/, 57],
  [/ -w -1$/, 130],
];
/** What a client that says hello meets at a recipe that listens; its echo by default. */
const MEETS: readonly (readonly [recipe: RegExp, outcome: string])[] = [
  [/--reject 503/, 'refused'],
  [/serve .*--raw-frame 8300/, 'closed with 1006'],
  [/serve .*--replay/, '{"time":1}'],
  [/serve .*--greet/, '{"type":"welcome"}'],
];

let folder: string;
let server: WebSocketServer;
let there: number;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wsinspect-recipes-'));
  writeFileSync(join(folder, 'wsinspect'), `#!/bin/sh\nexec node '${BINARY}' "$@"\n`);
  chmodSync(join(folder, 'wsinspect'), 0o755);
  writeFileSync(join(folder, 'lines.txt'), 'one\ntwo\n');
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket, request) => {
    socket.on('error', () => undefined);
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    if (request.url === '/feed') {
      socket.send('{"ok":true}');
      setTimeout(() => socket.close(1000), 200);
    }
  });
  await once(server, 'listening');
  there = (server.address() as AddressInfo).port;
  await run('wsinspect connect ws://127.0.0.1:9001/ -x \'{"time":1}\' -1 --record yesterday.pcapng');
  await run('wsinspect connect ws://127.0.0.1:9001/ -x \'"error"\' -1 --record browser.har');
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs it, with the peer of this test for the one that is named; `meanwhile` ends it where it does not end by itself. */
async function run(line: string, meanwhile?: (end: () => void, said: () => string) => Promise<void>): Promise<Ran> {
  const here = line.replace(/wss?:\/\/(127\.0\.0\.1:9001|localhost:\d+|[a-z.]+)/, `ws://127.0.0.1:${there}`);
  const child = spawn('bash', ['-c', `exec ${here}`], {
    cwd: folder,
    env: { ...cleanEnv(), PATH: `${folder}:${process.env['PATH']}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
  await meanwhile?.(
    () => child.kill('SIGINT'),
    () => out,
  );
  return { exit: await exited, out, err };
}

/** Says hello to it and leaves when it was answered. */
async function meet(port: number): Promise<string> {
  const client = await Client.open(`ws://127.0.0.1:${port}/`).catch(() => undefined);
  if (client === undefined) return 'refused';
  client.socket.send('hello');
  const outcome = await Promise.race([
    client.got(1).then(([message]) => message!),
    client.closed.then(([code]) => `closed with ${code}`),
  ]);
  client.socket.terminate();
  return outcome;
}

/** Ends a client that would stay connected, once a message was received. */
async function endAfterFrame(end: () => void, said: () => string): Promise<void> {
  for (let tries = 0; tries < 4000 && said() === ''; tries++) await sleep(25);
  end();
}

describe('the live recipes of the README', () => {
  const listening = lines.filter((line) => /^wsinspect (serve|proxy) /.test(line));
  it.each(listening)('%s', async (line) => {
    const port = await freePort();
    let met: string | undefined;
    const { exit, err } = await run(line.replace(/(serve|proxy) \d+/, `$1 ${port}`), async (end, said) => {
      for (let tries = 0; tries < 4000 && !said().includes('listening'); tries++) await sleep(25);
      met = await meet(port).finally(end);
    });
    expect(err).not.toContain('wsinspect:');
    expect(met).toBe(MEETS.find(([recipe]) => recipe.test(line))?.[1] ?? 'hello');
    expect(exit).toBe(130);
  });

  const others = lines.filter((line) => !listening.includes(line));
  it.each(others)('%s', async (line) => {
    const { exit, err } = await run(line, / -w -1$/.test(line) ? endAfterFrame : undefined);
    const expected = EXITS.find(([recipe]) => recipe.test(line))?.[1] ?? 0;
    if (expected === 0) expect(err).not.toContain('wsinspect:');
    expect(exit).toBe(expected);
  });

  it('shows replies that differ as they are shown', () => {
    const golden = readFileSync(join(ROOT, 'test/goldens/replay-ignore.txt'), 'utf8').replace(/^.*\n/, '');
    expect(readme).toContain(golden.replace('--- stderr\n', '').replace(/--- exit 1\n$/, ''));
  });
});
