import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../bench/free-port.js';
import { records, wsinspect } from '../cli/binary.js';
import { tcpdump } from '../tcpdump.js';
import { has, mayCapture, PYTHON } from '../tools.js';
import { started, stopPrograms } from './programs.js';
import { closeServers, echo } from './servers.js';
import { Serving } from './serving.js';

/** Programs of others at the other end of `connect`, `serve` and `proxy`, and captures of what they said to each other. */

const folder = mkdtempSync(join(tmpdir(), 'wsinspect-h2-peers-'));
const running: Serving[] = [];
afterEach(async () => {
  await Serving.endAll(running);
});
afterAll(() => {
  stopPrograms();
  closeServers();
  rmSync(folder, { recursive: true, force: true });
});
async function kept(starting: Promise<Serving>): Promise<Serving> {
  const serving = await starting;
  running.push(serving);
  return serving;
}

const TEXTS = ['hello', 'two', 'x'.repeat(300)];

/** A client that gets each of its texts back, and closes. */
async function talks(port: number, ...args: string[]): Promise<void> {
  const sends = TEXTS.flatMap((text) => ['-x', text]);
  const { exit, stdout, err } = await wsinspect(['connect', `ws://127.0.0.1:${port}/`, ...sends, ...args]);
  expect([exit, stdout.toString(), err]).toEqual([0, TEXTS.map((text) => `${text}\n`).join(''), '']);
}

/** The texts that a side sent, as `decode` has them. */
function textsOf(out: string, side: string): unknown[] {
  return records(out).flatMap(({ type, direction, text }) => (type === 'message' && direction === side ? [text] : []));
}

async function captured(port: number, talk: () => Promise<void>): Promise<void> {
  const file = join(folder, `${port}.pcap`);
  const recorded = await tcpdump(file, `tcp port ${port}`);
  await talk().finally(recorded);
  const { out } = await wsinspect(['decode', '-f', file, '--json', '--view', 'messages']);
  expect([textsOf(out, 'client'), textsOf(out, 'server')]).toEqual([TEXTS, TEXTS]);
  expect(records(out).find(({ type }) => type === 'connection')).toMatchObject({
    http: '2',
    closeCode: 1000,
    messages: { client: TEXTS.length, server: TEXTS.length },
  });
}

const haproxy = (config: string): [program: string, args: string[]] => {
  const path = join(folder, `${Math.abs(config.length)}-${config.includes('ws h2')}.cfg`);
  const defaults = 'defaults\n mode http\n timeout connect 5s\n timeout client 60s\n timeout server 60s\n';
  writeFileSync(path, `${defaults}${config}`);
  return ['haproxy', ['-q', '-f', path]];
};
const nghttpx = (front: number, back: string): [program: string, args: string[]] => [
  'nghttpx',
  [
    ...[`-f127.0.0.1,${front};no-tls`, `-b127.0.0.1,${back}`, '--no-ocsp', '--workers=1', '--conf=/dev/null'],
    ...['--log-level=ERROR', `--errorlog-file=${join(folder, 'nghttpx.log')}`],
  ],
];

/** A server of HTTP/2 of another project that echoes. */
const SERVERS = {
  haproxy: (port: number, back: number) =>
    haproxy(
      `frontend f\n bind 127.0.0.1:${port} proto h2\n default_backend b\nbackend b\n server s 127.0.0.1:${back}\n`,
    ),
  nghttpx: (port: number, back: number) => nghttpx(port, `${back}`),
  'python hypercorn': (port: number) => [PYTHON, ['docs/conformance/peers/hypercorn_server.py', `${port}`]],
  'python h2': (port: number) => [PYTHON, ['test/live/h2-peers.py', 'server', `${port}`]],
} as const satisfies Record<string, (port: number, back: number) => readonly [string, readonly string[]]>;

describe.each(Object.keys(SERVERS) as (keyof typeof SERVERS)[])('%s as a server of HTTP/2', (name) => {
  const isHere = has(name);
  let port = 0;
  beforeAll(async () => {
    if (!isHere) return;
    port = await freePort();
    const { port: back } = await echo();
    const [program, args] = SERVERS[name](port, back);
    await started(port, program, args);
  });

  it.skipIf(!isHere)('answers connect --http2', async () => {
    await talks(port, '--http2');
  });

  it.skipIf(!isHere)('answers through proxy --http2 to clients of both versions', async () => {
    const serving = await kept(Serving.proxy(`ws://127.0.0.1:${port}/`, '--http2', '--json', '--view', 'messages'));
    await talks(serving.port, '--http2');
    await talks(serving.port);
    await serving.until((out) => out.split('"type":"connection"').length === 3);
    const ends = serving.records.filter(({ type }) => type === 'connection');
    expect(ends).toMatchObject([
      { http: '2', closeCode: 1000, messages: { client: 3, server: 3 } },
      { closeCode: 1000, messages: { client: 3, server: 3 } },
    ]);
  });

  it.skipIf(!isHere || !mayCapture())('says in a capture what the applications did', async () => {
    await captured(port, () => talks(port, '--http2'));
  });
});

/** A client of HTTP/2 of another project: a proxy that takes HTTP/1.1. */
const CLIENTS = {
  haproxy: (port: number, back: number) =>
    haproxy(
      `frontend f\n bind 127.0.0.1:${port}\n default_backend b\nbackend b\n server s 127.0.0.1:${back} proto h2 ws h2\n`,
    ),
  nghttpx: (port: number, back: number) => nghttpx(port, `${back};;proto=h2`),
} as const;

describe.each(Object.keys(CLIENTS) as (keyof typeof CLIENTS)[])('%s as a client of HTTP/2', (name) => {
  const isHere = has(name);

  async function before(serving: Serving): Promise<number> {
    const port = await freePort();
    const [program, args] = CLIENTS[name](port, serving.port);
    await started(port, program, args);
    return port;
  }

  it.skipIf(!isHere)('asks serve --http2', async () => {
    const serving = await kept(Serving.start('--http2', '--json'));
    const port = await before(serving);
    const talk = (): Promise<void> => talks(port);
    if (mayCapture()) await captured(serving.port, talk);
    else await talk();
    await serving.until((out) => out.includes('"type":"connection"'));
    expect(serving.records.find(({ type }) => type === 'connection')).toMatchObject({ http: '2', closeCode: 1000 });
  });

  it.skipIf(!isHere)('asks through proxy --http2=clients a server of HTTP/1.1', async () => {
    const { url } = await echo();
    const serving = await kept(Serving.proxy(url, '--http2=clients', '--json'));
    await talks(await before(serving));
    // nghttpx does not end its side of the stream: there is no end of the connection to wait for.
    await serving.until((out) => out.split('"name":"close"').length === 3);
    expect(serving.records.find(({ type }) => type === 'handshake')).toMatchObject({ http: '2', valid: true });
  });
});

describe.skipIf(!has('python h2'))('python h2 as a client', () => {
  const asks = async (port: number): Promise<string[]> => {
    const { stdout } = await promisify(execFile)(PYTHON, ['test/live/h2-peers.py', 'client', `${port}`, ...TEXTS]);
    return stdout.trimEnd().split('\n');
  };

  it('asks serve --http2, and a server of HTTP/1.1 through the proxy', async () => {
    const serving = await kept(Serving.start('--http2'));
    expect(await asks(serving.port)).toEqual(TEXTS);
    const { url } = await echo();
    const proxied = await kept(Serving.proxy(url, '--http2=clients'));
    expect(await asks(proxied.port)).toEqual(TEXTS);
  });
});

describe.skipIf(!has('curl'))('curl over HTTP/2', () => {
  it('gets the page of serve, and through the proxy', async () => {
    const get = async (port: number): Promise<string> => {
      const url = `http://127.0.0.1:${port}/app.js`;
      const args = ['-s', '--http2-prior-knowledge', '-o', '/dev/null', '-w', '%{http_version} %{http_code}', url];
      return (await promisify(execFile)('curl', args)).stdout;
    };
    const serving = await kept(Serving.start('--http2'));
    const through = await Promise.all([
      kept(Serving.proxy(serving.url, '--http2')),
      kept(Serving.proxy(serving.url, '--http2=clients')),
    ]);
    for (const { port } of [serving, ...through]) expect(await get(port)).toBe('2 200');
  });
});
