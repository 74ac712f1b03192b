import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { records, wsinspect } from '../cli/binary.js';
import { closeHttp2, echoFrames, http2Peer, http2Session, Http2Socket } from '../live/http2-peers.js';
import { Serving } from '../live/serving.js';
import { selfSigned, type Pair } from '../live/tls-server.js';
import { has } from '../tools.js';

/** `check` and `connect` with --http2: exit codes, TLS, reports, and clients under test. */

const hasTls = has('openssl');
const folder = mkdtempSync(join(tmpdir(), 'wsinspect-h2-check-'));
const pair: Pair | undefined = hasTls ? selfSigned(folder) : undefined;
const running: Serving[] = [];
afterEach(async () => {
  closeHttp2();
  await Serving.endAll(running);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function serve(...args: string[]): Promise<Serving> {
  const serving = await Serving.start(...args);
  running.push(serving);
  return serving;
}

async function exits(url: string): Promise<{ check: number | null; connect: number | null }> {
  const [check, connect] = await Promise.all([
    wsinspect(['check', url, '--http2', '-k', '--only', 'h2.accepted']),
    wsinspect(['connect', url, '--http2', '-k', '-x', 'hello']),
  ]);
  return { check: check.exit, connect: connect.exit };
}

describe('a server without WebSockets over HTTP/2', () => {
  it.skipIf(!hasTls)('that does not select h2 by ALPN: exit 35', async () => {
    const { url } = await serve('--cert', pair!.cert, '--key', pair!.key);
    expect(await exits(url)).toEqual({ check: 35, connect: 35 });
  });

  it('that does not announce the setting: exit 22', async () => {
    const { port } = await http2Peer((stream) => stream.respond({ ':status': 404 }, { endStream: true }), {
      connects: false,
    });
    expect(await exits(`ws://127.0.0.1:${port}/`)).toEqual({ check: 22, connect: 22 });
  });

  it('of HTTP/1.1: exit 4', async () => {
    const { url } = await serve();
    expect(await exits(url)).toEqual({ check: 4, connect: 4 });
  });
});

describe('check --http2 in TLS', () => {
  const only = ['--only', 'h2.accepted,h2.authority-absent,h2.path-empty,1.1.2', '--seed', '1'];

  it.skipIf(!hasTls)('runs the cases, and writes every report', async () => {
    const { url } = await serve('--http2', '--cert', pair!.cert, '--key', pair!.key);
    const [junit, html, pins, record] = ['j.xml', 'r.html', 'pins.json', 'r.ndjson'].map((name) => join(folder, name));
    const files = ['--junit', junit!, '--html', html!, '--save-expect', pins!, '--record', record!];
    const first = await wsinspect(['check', url, '--http2', '-k', ...only, ...files]);
    expect([first.exit, first.out]).toEqual([0, expect.stringMatching(/4 cases over HTTP\/2/)]);
    expect(readFileSync(junit!, 'utf8')).toContain('h2.path-empty');
    expect(readFileSync(html!, 'utf8')).toContain('h2.path-empty');
    expect(readFileSync(record!, 'utf8')).toContain('"id":"h2.accepted"');
    for (const [args, words] of [
      [['--tap'], /^ok 1 - h2\.accepted/m],
      [['--json', '--expect', pins!], /"id":"h2\.accepted"/],
      [['--github'], /^::notice title=wsinspect check::/m],
    ] as const) {
      const { exit, out } = await wsinspect(['check', url, '--http2', '-k', ...only, ...args]);
      expect([args[0], exit, words.test(out)]).toEqual([args[0], 0, true]);
    }
    expect((await wsinspect(['check', '--compare', pins!, pins!])).exit).toBe(0);
  });

  it('prints a command for a failed case that runs it again', async () => {
    const { port } = await http2Peer(echoFrames);
    const url = `ws://127.0.0.1:${port}/`;
    const { exit, out } = await wsinspect(['check', url, '--http2', '--only', 'h2.protocol-*', '--json']);
    expect(exit).toBe(0);
    expect(records(out).find(({ type }) => type === 'summary')).toMatchObject({ http: '2', cases: 2 });
    const { exit: failed, out: text } = await wsinspect(['check', url, '--http2', '--only', 'h2.value-nul']);
    const [, command = ''] = /repeat +wsinspect (.*)/.exec(text) ?? [];
    expect([failed, command]).toEqual([1, expect.stringContaining('--http2')]);
    expect((await wsinspect(command.split(' '))).exit).toBe(1);
  });
});

describe('check --listen --http2', () => {
  /** One exchange with the testing server: the connection ends with it. */
  async function visit(origin: string, path: string, sends?: (socket: Http2Socket) => Promise<void>): Promise<string> {
    const session = await http2Session(origin);
    const socket = new Http2Socket(session, path);
    const bytes: Buffer[] = [];
    socket.stream.on('data', (chunk: Buffer) => bytes.push(chunk));
    await socket.answered();
    await sends?.(socket);
    const ended = new Promise((resolve) => socket.stream.on('end', resolve));
    if (!sends) {
      await socket.got('8802');
      socket.send('\x03\xe8', 8);
    }
    await ended;
    socket.stream.end();
    await socket.closed;
    return Buffer.concat(bytes).toString('latin1');
  }

  it.each(['clear', ...(hasTls ? ['TLS'] : [])])('runs the cases with a client, in %s', async (how) => {
    const isTls = how === 'TLS';
    const tls = isTls ? ['--listen-cert', pair!.cert, '--listen-key', pair!.key] : [];
    const testing = await Serving.testing('--http2', '--oneshot', '--only', 'h2.request,h2.answer-200', ...tls);
    running.push(testing);
    const origin = `${isTls ? 'https' : 'http'}://127.0.0.1:${testing.port}`;
    expect((await visit(origin, '/getCaseCount')).slice(0, 3)).toBe('\x81\x012');
    for (const number of [1, 2]) {
      // The tester ends the connection when the case is over.
      const session = await http2Session(origin);
      const gone = new Promise((resolve) => session.on('close', resolve));
      const socket = new Http2Socket(session, `/runCase?case=${number}&agent=me`);
      if (number === 2) {
        await socket.got('8905');
        socket.send('Hello', 10);
      }
      await gone;
    }
    await visit(origin, '/updateReports?agent=me');
    await testing.until((out) => out.includes('"type":"summary"'));
    const cases = testing.records.filter(({ type }) => type === 'case');
    expect(cases.map(({ id, verdict, agent }) => [id, verdict, agent])).toEqual([
      ['h2.request', 'OK', 'me'],
      ['h2.answer-200', 'OK', 'me'],
    ]);
    expect(testing.records.find(({ type }) => type === 'summary')).toMatchObject({ http: '2', peer: 'client' });
  });

  it('has cases about several WebSockets of a client on one connection', async () => {
    const testing = await Serving.testing('--http2', '--only', 'h2.client-streams');
    running.push(testing);
    const url = `${testing.url}runCase?casetuple=h2.client-streams&agent=me`;
    await wsinspect(['connect', url, '--http2', '--streams', '3', '--no-stdin', '-w', '20']);
    await testing.stop('SIGINT');
    expect(testing.records.find(({ type }) => type === 'case')).toMatchObject({
      ...{ verdict: 'OK', received: '3 were opened, and each answered its ping' },
    });
  });

  it('answers other requests, and serves a WebSocket after them on the same connection, as browsers request it', async () => {
    const testing = await Serving.testing('--http2', '--only', 'h2.request');
    running.push(testing);
    const session = await http2Session(`http://127.0.0.1:${testing.port}`);
    for (const path of ['/', '/favicon.ico']) {
      const other = session.request({ ':path': path });
      let said = '';
      other.on('response', (headers) => (said = `${headers[':status']} `));
      other.setEncoding('utf8').on('data', (text: string) => (said += text));
      await new Promise((resolve) => other.on('close', resolve));
      expect(said).toMatch(/^400 this is the testing server: connect by WebSocket/);
    }
    const socket = new Http2Socket(session, '/getCaseCount');
    await socket.got('810131');
  });

  it('answers a client of HTTP/1.1 with the reason', async () => {
    const testing = await Serving.testing('--http2', '--only', 'h2.request');
    running.push(testing);
    const { exit } = await wsinspect(['connect', testing.url, '-x', 'hello']);
    expect(exit).toBe(22);
    await testing.until((_, err) => /does not begin HTTP\/2/.test(err));
  });
});
