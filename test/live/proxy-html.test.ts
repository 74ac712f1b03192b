import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { BINARY, cleanEnv, Workshop, wsinspect } from '../cli/binary.js';
import { serving, type Serving } from '../browser/serving.js';

const FEED = /<script id="feed" type="application\/json">([^]*?)<\/script>/;

interface Feed {
  readonly title: string;
  readonly records: readonly Readonly<Record<string, unknown>>[];
}

describe('proxy --html', () => {
  let shop: Workshop;
  let server: Serving;
  beforeAll(async () => {
    shop = new Workshop();
    server = await serving();
  });
  afterAll(async () => {
    shop.remove();
    await server.stop();
  });

  /** The report of a proxy through which a client sent one message, and left. */
  async function reportOf(name: string, ...args: string[]): Promise<{ path: string; feed: Feed }> {
    const path = join(shop.folder, name);
    const url = `ws://user:secret@127.0.0.1:${server.port}/`;
    const child = spawn(process.execPath, [BINARY, 'proxy', '0', url, '--html', path, '--page', ...args], {
      env: cleanEnv(),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const client = new WebSocket(/ws:\S+?(?=["\s])/.exec(line)![0]);
    await once(client, 'open');
    client.send('hello');
    await once(client, 'message');
    client.close();
    await once(client, 'close');
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
    return { path, feed: JSON.parse(FEED.exec(readFileSync(path, 'utf8'))![1]!) as Feed };
  }
  const typesOf = ({ records }: Feed): unknown[] => records.map(({ type, name }) => (type === 'frame' ? name : type));

  it('writes what passed when the run has ended, for its owner alone', async () => {
    const { path, feed } = await reportOf('all.html');
    expect(typesOf(feed)).toEqual(['handshake', 'text', 'text', 'close', 'close', 'connection']);
    expect(feed.title).toMatch(/^proxy for ws:\/\/.*127\.0\.0\.1:\d+\/$/);
    expect(feed.title).not.toContain('secret');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('holds what the filters let through', async () => {
    const { feed } = await reportOf('filtered.html', '--opcode', 'text', '--direction', 'client', '--json');
    expect(typesOf(feed)).toEqual(['text', 'connection']);
  });

  it.each([
    ['the file of --record', ['--record', 'x.ndjson', '--html', 'x.ndjson'], 'x.ndjson is the file of --record too'],
    ['a directory', ['--html', '.'], 'directory'],
    ['secrets that --redact names', ['--html', 'x.html', '--record', 'x.ndjson', '--redact'], 'not in --html'],
    ['its own certificate', ['--html', 'own.pem', '--cacert', 'own.pem'], 'is read in the same run'],
  ])('refuses %s', async (_, args, words) => {
    writeFileSync(join(shop.folder, 'own.pem'), 'kept');
    const run = wsinspect(['proxy', '0', `ws://127.0.0.1:${server.port}/`, ...args], { cwd: shop.folder });
    const { exit, err } = await run;
    expect([exit, err]).toEqual([2, expect.stringContaining(words) as string]);
    expect(readFileSync(join(shop.folder, 'own.pem'), 'utf8')).toBe('kept');
    for (const name of ['x.ndjson', 'x.html']) expect(existsSync(join(shop.folder, name))).toBe(false);
  });

  it('keeps the file of an earlier run where it can not begin', async () => {
    const path = shop.write('before.html', 'before');
    const taken = ['proxy', `127.0.0.1:${server.port}`, 'ws://127.0.0.1:1/', '--html', path];
    expect((await wsinspect(taken)).exit).toBe(2);
    expect(readFileSync(path, 'utf8')).toBe('before');
  });
});
