import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerHttp2Stream } from 'node:http2';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { records, Workshop, wsinspect } from '../cli/binary.js';
import { has } from '../tools.js';
import { closeHttp2, echoFrames, http2Peer } from './http2-peers.js';
import { closeServers, echo, listening } from './servers.js';
import { Serving } from './serving.js';
import { selfSigned, tlsEcho, type Pair } from './tls-server.js';

const hasTls = has('openssl');
const folder = mkdtempSync(join(tmpdir(), 'wsinspect-h2-connect-'));
const pair: Pair | undefined = hasTls ? selfSigned(folder) : undefined;
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  closeHttp2();
  closeServers();
});

async function connect(...args: string[]): Promise<{ exit: number | null; out: string; err: string }> {
  const { exit, stdout, err } = await wsinspect(['connect', ...args]);
  return { exit, out: stdout.toString(), err };
}

/** Answers, and resets the stream. Node.js would end it before: where the client ends its half meanwhile, no RST_STREAM is sent. */
const resetting =
  (code: number) =>
  (stream: ServerHttp2Stream): void => {
    stream.respond();
    Object.assign(stream, { end: () => stream });
    setImmediate(() => stream.close(code));
  };

describe('connect --http2', () => {
  it.each(['pcapng', 'ndjson', 'har'])(
    'is recorded as %s, and what comes after the end is no error',
    async (ending) => {
      const { port } = await http2Peer(echoFrames);
      const shop = new Workshop();
      try {
        const { exit, err } = await connect(
          `ws://127.0.0.1:${port}/`,
          ...['--http2', '-x', 'a', '-1', '--record', `${shop.folder}/kept.${ending}`],
        );
        expect({ exit, err }).toEqual({ exit: 0, err: expect.not.stringContaining('--record') as string });
        const kept = await wsinspect(['decode', '-q', '-f', `${shop.folder}/kept.${ending}`]);
        expect(kept.exit).toBe(0);
      } finally {
        shop.remove();
      }
    },
  );

  it('opens a WebSocket by prior knowledge, and shows pseudo-headers, stream and frames', async () => {
    const { port } = await http2Peer(echoFrames);
    const { exit, out } = await connect(
      `ws://127.0.0.1:${port}/x?y=1`,
      '--http2',
      '-x',
      'hello',
      '--json',
      '-o',
      'http://a.b',
    );
    expect(exit).toBe(0);
    const [handshake, ...rest] = records(out);
    expect(handshake).toMatchObject({
      type: 'handshake',
      http: '2',
      stream: 1,
      valid: true,
      request: {
        line: 'CONNECT /x?y=1 HTTP/2',
        headers: expect.arrayContaining([
          [':protocol', 'websocket'],
          [':scheme', 'http'],
          [':authority', `127.0.0.1:${port}`],
          ['origin', 'http://a.b'],
        ]) as unknown,
      },
    });
    const names = (handshake!['request'] as { headers: string[][] }).headers.map(([name]) => name);
    expect(names).not.toEqual(expect.arrayContaining(['sec-websocket-key']));
    expect(names).not.toEqual(expect.arrayContaining(['upgrade']));
    const frames = rest.filter(({ type }) => type === 'frame');
    expect(frames.map(({ direction, name, masked }) => [direction, name, masked])).toEqual([
      ['client', 'text', true],
      ['server', 'text', false],
      ['client', 'close', true],
      ['server', 'close', false],
    ]);
    expect(rest.find(({ type }) => type === 'connection')).toMatchObject({ http: '2', stream: 1, closeCode: 1000 });
  });

  it.skipIf(!hasTls)('uses ALPN in TLS', async () => {
    const { port } = await http2Peer(echoFrames, { pair: pair! });
    const { exit, out, err } = await connect(`wss://127.0.0.1:${port}/`, '-k', '--http2', '-x', 'hi', '-v');
    expect([exit, out]).toEqual([0, 'hi\n']);
    expect(err).toMatch(/connected to .*, HTTP\/2$/m);
  });

  it('opens several WebSockets on one connection', async () => {
    const { port, sessions } = await http2Peer(echoFrames);
    const { exit, out } = await connect(`ws://127.0.0.1:${port}/`, '--http2', '--streams', '5', '-x', 'hi', '--json');
    expect(exit).toBe(0);
    expect(sessions.size).toBe(1);
    const all = records(out).filter(({ type }) => type === 'connection');
    expect(all.map(({ connection }) => connection).toSorted()).toEqual([0, 1, 2, 3, 4]);
    expect(new Set(all.map(({ stream }) => stream)).size).toBe(5);
    expect(all.every(({ closeCode }) => closeCode === 1000)).toBe(true);
  });

  it.each<[string, Parameters<typeof http2Peer>[0], number, string]>([
    ['a status that is not 2xx', (stream) => (stream.respond({ ':status': 403 }), stream.end('no')), 22, '403'],
    ['RST_STREAM before the answer', (stream) => stream.close(7), 56, 'RST_STREAM REFUSED_STREAM'],
    ['RST_STREAM after it', resetting(8), 56, 'RST_STREAM CANCEL'],
    [
      'GOAWAY with an error',
      (stream) => (stream.respond(), setImmediate(() => stream.session!.destroy(undefined, 11))),
      56,
      '1006',
    ],
    ['END_STREAM without a close frame', (stream) => (stream.respond(), stream.end()), 56, '1006'],
  ])('%s', async (_what, then, code, words) => {
    const { port } = await http2Peer(then);
    const { exit, err } = await connect(`ws://127.0.0.1:${port}/`, '--http2', '--no-stdin');
    expect([exit, err]).toEqual([code, expect.stringContaining(words)]);
    // HTTP/2 has no such field: the form of HTTP/1.1 that the answer has inside has it.
    expect(err).not.toMatch(/^│ Connection:/im);
  });

  it.each([
    [7, 'REFUSED_STREAM'],
    [8, 'CANCEL'],
    [2, 'INTERNAL_ERROR'],
  ])('names the code %i of RST_STREAM as the cause', async (code, name) => {
    const { port } = await http2Peer(resetting(code));
    const { err } = await connect(`ws://127.0.0.1:${port}/`, '--http2', '--no-stdin');
    expect(err).toMatch(new RegExp(`^why: the server reset the stream .*${name}.*\\(h2-stream-reset\\)$`, 'm'));
  });

  it('a server without the setting: exit 22 with the cause', async () => {
    const { port } = await http2Peer(echoFrames, { connects: false });
    const { exit, err } = await connect(`ws://127.0.0.1:${port}/`, '--http2', '-x', 'a');
    expect([exit, err]).toEqual([22, expect.stringContaining('(h2-connect-not-enabled)')]);
  });

  it.skipIf(!hasTls)('a server that takes no h2 by ALPN: exit 35 with the cause', async () => {
    const { url } = await tlsEcho(pair!);
    const { exit, err } = await connect(url.replace('ws:', 'wss:'), '-k', '--http2', '-x', 'a');
    expect([exit, err]).toEqual([35, expect.stringContaining('(h2-alpn-refused)')]);
  });

  it('a server of HTTP/1.1 is named', async () => {
    const { url } = await echo();
    const { exit, err } = await connect(url, '--http2', '-x', 'a');
    expect([exit, err]).toEqual([4, expect.stringContaining('it answers HTTP/1.1 400')]);
  });

  it('a server that says nothing runs into the time limit', async () => {
    const { url } = await listening(createServer(() => undefined));
    const { exit } = await connect(url, '--http2', '-x', 'a', '--connect-timeout', '0.3');
    expect(exit).toBe(28);
  });
});

describe('connect --http2=auto', () => {
  it.skipIf(!hasTls)('takes HTTP/2 where ALPN and the setting allow it, else HTTP/1.1', async () => {
    const [both, plain] = [await http2Peer(echoFrames, { pair: pair! }), await tlsEcho(pair!)];
    const auto = async (port: number): Promise<string> => {
      const { exit, err } = await connect(`wss://127.0.0.1:${port}/`, '-k', '--http2=auto', '-x', 'a', '-v');
      expect(exit).toBe(0);
      return err;
    };
    expect(await auto(both.port)).toMatch(/, HTTP\/2$/m);
    expect(await auto(plain.port)).toMatch(/, HTTP\/1\.1$/m);
  });

  it('is HTTP/1.1 without TLS', async () => {
    const { url } = await echo();
    expect(await connect(url, '--http2=auto', '-x', 'a')).toMatchObject({ exit: 0, out: 'a\n' });
  });
});

describe('options of connect over HTTP/2', () => {
  it.each([
    [['Age: 1', 'Age: 2'], '--http2', /HTTP\/2: Header field "age" must only have a single value/],
    [['Date: 1', 'date: 2'], '--http2=auto', /HTTP\/2: Header field "date" must only have a single value/],
    [['Host: a', 'Host: b'], '--http2', /HTTP\/2: Header field ":authority" must only/],
  ] as const)(
    '-H %j: what HTTP/2 has only once is reported before anything is opened',
    async (lines, option, words) => {
      let visits = 0;
      const { url } = await listening(createServer(() => visits++));
      const { exit, err } = await connect(url, option, '-x', 'a', ...lines.flatMap((line) => ['-H', line]));
      expect([exit, err, visits]).toEqual([2, expect.stringMatching(words), 0]);
    },
  );

  it.each([
    ['Host:', /-H Host is passed over: :authority is always sent/],
    ['Upgrade:', /-H Upgrade is passed over: HTTP\/2 has no such field/],
    ['Connection: close', /-H Connection is passed over: HTTP\/2 has no such field/],
    ['Transfer-Encoding: chunked', /-H Transfer-Encoding is passed over/],
    ['TE: gzip', /-H TE is passed over: over HTTP\/2 it is trailers alone/],
    ['TE: trailers', /^$/],
    ['Sec-WebSocket-Key: abc', /-H Sec-WebSocket-Key is passed over: over HTTP\/2 there is no key/],
    ['X-A: b', /^$/],
  ] as const)('-H %j: what HTTP/2 does not have is passed over', async (line, words) => {
    let fields: string[] = [];
    const { port } = await http2Peer((stream, headers) => {
      fields = Object.keys(headers);
      echoFrames(stream);
    });
    const said = await connect(`ws://127.0.0.1:${port}/`, '--http2', '-x', 'a', '-H', line);
    expect(said).toEqual({ exit: 0, out: 'a\n', err: expect.stringMatching(words) as string });
    const [name = ''] = line.toLowerCase().split(':');
    expect(fields.includes(name)).toBe(String(words) === '/^$/');
    expect(fields).toContain(':authority');
  });

  it('-L follows a redirect', async () => {
    const { port } = await http2Peer((stream, headers) => {
      if (headers[':path'] === '/b') return echoFrames(stream);
      stream.respond({ ':status': 302, location: '/b' }, { endStream: true });
    });
    expect(await connect(`ws://127.0.0.1:${port}/a`, '--http2', '-L', '-x', 'a')).toMatchObject({
      exit: 0,
      out: 'a\n',
    });
  });

  it.each<[string, (stream: Parameters<typeof echoFrames>[0]) => void]>([
    ['RST_STREAM', (stream) => stream.close(8)],
    ['GOAWAY', (stream) => stream.session!.destroy(undefined, 11)],
    ['END_STREAM', (stream) => void stream.end()],
  ])('--reconnect after %s makes another connection', async (_what, end) => {
    let tries = 0;
    const { port } = await http2Peer((stream) => {
      if (tries++ > 0) return echoFrames(stream);
      stream.respond();
      stream.once('data', () => end(stream));
    });
    const url = `ws://127.0.0.1:${port}/`;
    const { exit, err } = await connect(url, '--http2', '--reconnect', '2', '-x', 'a', '-x', 'b', '--count', '1');
    expect([exit, err, tries]).toEqual([0, expect.stringContaining('connecting again'), 2]);
  });

  it('--fragment splits a message', async () => {
    const serving = await Serving.start('--http2', '--json');
    try {
      const said = await connect(serving.url, '--http2', '-x', 'hello', '--fragment', '2');
      expect(said).toMatchObject({ exit: 0, out: 'hello\n' });
      await serving.until((out) => out.includes('"type":"connection"'));
      const sent = serving.records.filter(({ type, direction }) => type === 'frame' && direction === 'client');
      expect(sent.map(({ name, payloadLength }) => [name, payloadLength]).slice(0, 3)).toEqual([
        ['text', 2],
        ['continuation', 2],
        ['continuation', 1],
      ]);
    } finally {
      await serving.stop();
    }
  });

  it.each<[string[], number, string]>([
    [['-x', 'ok', '--expect', 'ok'], 0, ''],
    [['-x', 'ok', '--expect', 'other', '-w', '0.2'], 28, 'none of 1 messages matches'],
    [['--ping-interval', '0.05', '-m', '5', '-v'], 28, 'pong after'],
    [['--raw-frame', '818000000000', '--count', '1'], 0, ''],
  ])('%j', async (args, code, words) => {
    const { port } = await http2Peer(echoFrames);
    const { exit, err } = await connect(`ws://127.0.0.1:${port}/`, '--http2', ...args);
    expect([exit, err]).toEqual([code, expect.stringContaining(words)]);
  });
});

it.each([
  [['--streams', '2'], '--streams needs --http2'],
  [['--http2=3'], '--http2=auto'],
])('%j is a usage error', async (args, words) => {
  const { exit, err } = await connect('ws://127.0.0.1:9/', ...args);
  expect([exit, err]).toEqual([2, expect.stringContaining(words)]);
});
