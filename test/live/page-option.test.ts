import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { BINARY, cleanEnv, wsinspect } from '../cli/binary.js';
import { serving, type Serving } from '../browser/serving.js';

type PageMessage = Readonly<Record<string, unknown>>;

/** The address that a command prints for its page. */
async function pageOf(child: ChildProcess): Promise<URL> {
  let err = '';
  for (;;) {
    const [chunk] = (await once(child.stderr!, 'data')) as [Buffer];
    err += chunk.toString();
    const [, url] = /^open (http\S+) to watch$/m.exec(err) ?? [];
    if (url !== undefined) return new URL(url);
  }
}

function watch(url: URL, origin = url.origin, token = url.searchParams.get('token')): WebSocket {
  const protocols = ['wsinspect.inspect', `wsinspect.token.${token}`];
  return new WebSocket(`ws://${url.host}/.inspect`, protocols, { headers: { Origin: origin } });
}

/** The records of the page, up to the first of that type and side. */
function recordsUpTo(socket: WebSocket, type: string, direction?: string): Promise<PageMessage[]> {
  const records: PageMessage[] = [];
  return new Promise((resolve) =>
    socket.on('message', (data) => {
      records.push(JSON.parse((data as Buffer).toString()) as PageMessage);
      const last = records.at(-1)!;
      if (last['type'] === type && (direction ?? last['direction']) === last['direction']) resolve(records);
    }),
  );
}

describe('--page', () => {
  const children: ChildProcess[] = [];
  let server: Serving;
  beforeAll(async () => (server = await serving()));
  afterAll(() => server.stop());
  afterEach(async () => {
    for (const child of children.splice(0)) {
      const ended = child.exitCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGTERM');
      await ended;
    }
  });
  const start = (...args: string[]): ChildProcess => {
    const child = spawn(process.execPath, [BINARY, ...args], { env: cleanEnv(), stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    return child;
  };

  it('of proxy shows what passes, with its own listener', async () => {
    const child = start('proxy', '0', `ws://127.0.0.1:${server.port}/`, '--page', '--json');
    const lines: Buffer[] = [];
    child.stdout!.on('data', (chunk: Buffer) => lines.push(chunk));
    const url = await pageOf(child);
    while (lines.length === 0) await once(child.stdout!, 'data');
    const [listening] = Buffer.concat(lines).toString().split('\n');
    const { port, page } = JSON.parse(listening!) as { port: number; page: string };
    expect(page).toBe(url.href);
    expect(String(port)).not.toBe(url.port);
    const socket = watch(url);
    const seen = recordsUpTo(socket, 'connection');
    await once(socket, 'open');
    const client = new WebSocket(`ws://127.0.0.1:${port}/x`);
    await once(client, 'open');
    client.send('hello');
    await once(client, 'message');
    client.close();
    const types = (await seen).map(({ type, name }) => (type === 'frame' ? name : type));
    expect(types).toEqual(['hello', 'replayed', 'handshake', 'text', 'text', 'close', 'close', 'connection']);
  });

  it('of connect shows its connection, also where stdout has payloads', async () => {
    const child = start('connect', `ws://127.0.0.1:${server.port}/`, '-x', 'hi', '-w', '-1', '--page=127.0.0.1:0');
    const socket = watch(await pageOf(child));
    const records = await recordsUpTo(socket, 'frame', 'client');
    expect(records[0]).toMatchObject({ type: 'hello', feed: 'watch', mode: 'connect' });
    // What else came with it may follow it.
    expect(records).toContainEqual(expect.objectContaining({ type: 'frame', direction: 'client', opcode: 1 }));
  });

  it('keeps the rules of the page of serve', async () => {
    const url = await pageOf(start('proxy', '0', `ws://127.0.0.1:${server.port}/`, '--page'));
    const status = (socket: WebSocket): Promise<number> =>
      new Promise((resolve) => {
        socket.on('unexpected-response', (request, { statusCode = 0 }) => {
          resolve(statusCode);
          request.destroy();
        });
        socket.on('open', () => resolve(101));
      });
    expect(await status(watch(url))).toBe(101);
    expect(await status(watch(url, 'http://evil.example'))).toBe(403);
    expect(await status(watch(url, url.origin, 'wrong'))).toBe(403);
    expect(await (await fetch(url.origin)).text()).toContain('needs a token');
  });

  it.each([
    ['proxy', ['proxy', '0', 'ws://127.0.0.1:1/', '--page=x:y']],
    ['connect', ['connect', 'ws://127.0.0.1:1/', '--page=99999']],
  ])('of %s refuses an address that is none', async (_, args) => {
    const { exit, err } = await wsinspect(args);
    expect([exit, err]).toEqual([2, expect.stringContaining('an address is')]);
  });
});
