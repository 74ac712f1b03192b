// The tutorial is followed as it is written: its servers run, its commands print what it shows, and the server shows what it says.
// Times, lengths of HTTP heads, keys and accept values differ in each run.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { BINARY, ROOT, Workshop, cleanEnv } from '../cli/binary.js';

const WRITTEN_PORT = '9001';
const PAGES = ['docs/tutorial.md', 'docs/tutorial.zh-CN.md'] as const;

interface Block {
  readonly language: string;
  readonly text: string;
}

const blocksOf = (path: string): Block[] =>
  [...readFileSync(join(ROOT, path), 'utf8').matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language, text]) => ({
    language: language!,
    text: text!,
  }));

const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/\d\d:\d\d:\d\d\.\d{6}/g, 'TIME'],
  [/\b[\d.]+ (µs|ms|s)\b/g, 'DURATION'],
  [/"time":[\d.]+/g, '"time":TIME'],
  [/^(.* http .*) → \d+ B ← \d+ B/gm, '$1 → BYTES'],
  [/(Sec-WebSocket-Key: |\n {2}key {10})[\w+/]{22}==/g, '$1KEY'],
  [/(Sec-WebSocket-Accept: |\n {2}accept {7})[\w+/]{27}=/g, '$1ACCEPT'],
];
const settled = (text: string): string => CHANGING.reduce((rest, [what, word]) => rest.replace(what, word), text);

/** Four digits, as the port of the page has: the address is in heads of which the length is shown. */
async function portLikeWritten(): Promise<string> {
  for (let port = 9100 + (process.pid % 500); port < 9999; port++) {
    const probe = createServer().listen(port, '127.0.0.1');
    const [event] = await Promise.race([
      once(probe, 'listening').then(() => ['free']),
      once(probe, 'error').then(() => ['taken']),
    ]);
    probe.close();
    if (event === 'free') return String(port);
  }
  throw new Error('no free port of four digits');
}

let server: ChildProcess | undefined;
let log = '';
async function stop(): Promise<void> {
  if (server?.exitCode !== null) return;
  server.kill('SIGINT');
  await once(server, 'exit');
}
afterEach(stop);

async function start(command: string, port: string): Promise<void> {
  await stop();
  log = '';
  const args = command.replaceAll(WRITTEN_PORT, port).split(' ').slice(1);
  server = spawn(process.execPath, [BINARY, ...args], {
    env: cleanEnv({ TZ: 'UTC' }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [server.stdout!, server.stderr!])
    stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
}

/** Waits until the server has printed these lines, in any place: two connections may be printed in either order. */
async function printed(text: string, port: string): Promise<void> {
  const wanted = settled(text.replaceAll(WRITTEN_PORT, port)).trimEnd().split('\n');
  const missing = (): string[] => {
    const lines = settled(log).split('\n');
    return wanted.filter((line) => !lines.includes(line));
  };
  for (let tries = 0; tries < 2000 && missing().length > 0; tries++) await sleep(25);
  expect(missing(), log).toEqual([]);
}

describe('the tutorial', () => {
  it('runs as it is written', async () => {
    const port = await portLikeWritten();
    const shop = new Workshop();
    try {
      for (const { language, text } of blocksOf(PAGES[0])) {
        if (language === 'console') {
          const turns = text.split(/^\$ /m).filter(Boolean);
          for (const turn of turns) {
            const [command = '', ...output] = turn.split('\n');
            const ran = await shop.shell(command.replaceAll(WRITTEN_PORT, port), { env: { TZ: 'UTC' } });
            expect(settled(ran.out).replaceAll(port, WRITTEN_PORT), ran.err).toBe(settled(output.join('\n')));
          }
        } else if (text.startsWith('$ wsinspect serve 9001')) {
          const [command = '', ...output] = text.split('\n');
          await start(command.slice(2), port);
          await printed(output.join('\n'), port);
        } else if (/^\d\d:/.test(text)) await printed(text, port);
      }
    } finally {
      shop.remove();
    }
  });

  it('shows in the Chinese README only what the README has', () => {
    const texts = new Set(blocksOf('README.md').map(({ text }) => text));
    const translated = blocksOf('README.zh-CN.md');
    expect(translated.length).toBeGreaterThan(15);
    for (const { text } of translated) expect(texts).toContain(text);
  });

  it('shows the same in each language', () => {
    const [first, second] = PAGES.map(blocksOf);
    expect(first!.length).toBeGreaterThan(15);
    expect(second).toEqual(first);
  });
});
