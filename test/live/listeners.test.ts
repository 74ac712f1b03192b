import { spawn } from 'node:child_process';
import { connect as connectTcp, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BINARY, cleanEnv } from '../cli/binary.js';
import { closeServers, listening, switching } from './servers.js';
import { Serving } from './serving.js';

/** Raw requests to each listener, as a page or a program of others would make them. */

interface Listener {
  readonly port: number;
  readonly errors: () => string;
  stop(): Promise<unknown>;
}

const RECORDED = ['--speed', '0'];
/** What reached the server that `proxy` connects to. */
let upstream = '';
let dialled = 0;
const listeners = new Map<string, Listener>();

async function serve(...args: string[]): Promise<Listener> {
  return listenerOf(await Serving.start(...args));
}

function listenerOf(serving: Serving): Listener {
  return { port: serving.port, errors: () => serving.err, stop: () => serving.stop('SIGKILL') };
}

/** `check --listen` says on stderr where it is. */
async function check(...args: string[]): Promise<Listener> {
  const child = spawn(process.execPath, [BINARY, 'check', '--listen', '0', '--only', '1.1.1', ...args], {
    env: cleanEnv(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  const port = await new Promise<number>((resolve, reject) => {
    child.on('exit', () => reject(new Error(err)));
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
      const [, found] = /:(\d+)\/\n/.exec(err) ?? [];
      if (found) resolve(Number(found));
    });
  });
  const exited = new Promise((resolve) => child.on('exit', resolve));
  return {
    port,
    errors: () => err,
    stop: () => {
      child.kill('SIGKILL');
      return exited;
    },
  };
}

beforeAll(async () => {
  const { Workshop } = await import('../cli/binary.js');
  const shop = new Workshop();
  const lines = [
    { type: 'opened', connection: 0, time: 1 },
    { type: 'bytes', connection: 0, direction: 'server', time: 1, hex: '81026869' },
  ];
  const recording = shop.write('hi.ndjson', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const server = createServer((socket) => {
    dialled++;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      upstream += chunk.toString('latin1');
      if (/sec-websocket-key/i.test(chunk.toString('latin1'))) socket.write(switching('s3pPLMBiTxaQ9kYGzzhZRbK+xOo='));
      else socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok');
    });
  });
  const { url } = await listening(server);
  const makers: Readonly<Record<string, () => Promise<Listener>>> = {
    echo: () => serve(),
    sink: () => serve('--mode', 'sink'),
    silent: () => serve('--mode', 'silent'),
    chat: () => serve('--mode', 'chat'),
    broadcast: () => serve('--mode', 'broadcast'),
    greeting: () => serve('--greet', 'a secret'),
    answering: () => serve('--auto-reply', 'who=a secret'),
    replay: () => serve('--replay', recording, ...RECORDED),
    proxy: async () => listenerOf(await Serving.proxy(url, '-H', 'Authorization: Bearer secret')),
    check: () => check(),
    'chat, allowed': () => serve('--mode', 'chat', '--allow-origin', '*', '--allow-host', 'evil.example'),
    'proxy, allowed': async () =>
      listenerOf(await Serving.proxy(url, '--allow-origin', 'http://evil.example', '--allow-host', 'evil.example')),
    'check, allowed': () => check('--allow-origin', 'http://evil.example', '--allow-host', 'evil.example'),
    'echo, restricted': () => serve('--allow-origin', 'https://friend.example'),
  };
  const made = Object.entries(makers).map(async ([name, make]) => listeners.set(name, await make()));
  await Promise.all(made);
  shop.remove();
}, 60_000);
afterAll(async () => {
  await Promise.all([...listeners.values()].map((one) => one.stop()));
  closeServers();
});

const KEY = [
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

/** The status of the first answer to these bytes, and all that came of it up to its end or the end of its head. */
function ask(name: string, bytes: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp(listeners.get(name)!.port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    let text = '';
    const done = (): void => {
      socket.destroy();
      resolve({ status: Number(text.slice(9, 12)), text });
    };
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (/^HTTP\/1.1 101.*\r\n\r\n/s.test(text)) done();
    });
    socket.on('end', done);
    socket.on('error', reject);
  });
}

const PATHS: Readonly<Record<string, string>> = { chat: '/ws/ada', check: '/getCaseCount' };
const pathOf = (name: string): string => PATHS[name.split(',')[0]!] ?? '/';
let nicknames = 0;

function webSocket(name: string, ...headers: readonly string[]): string {
  const path = name.startsWith('chat') ? `/ws/n${nicknames++}` : pathOf(name);
  return [`GET ${path} HTTP/1.1`, ...headers, ...KEY, '', ''].join('\r\n');
}
const plain = (path: string, ...headers: readonly string[]): string =>
  [`GET ${path} HTTP/1.1`, 'Connection: close', ...headers, '', ''].join('\r\n');

const HERE = 'Host: 127.0.0.1';
const PUBLIC = ['echo', 'sink', 'silent'];
const GUARDED = ['chat', 'broadcast', 'greeting', 'answering', 'replay', 'proxy', 'check'];

/** Hosts that are not ours, in each shape. */
const STRANGE: readonly (readonly [what: string, headers: readonly string[], status: number])[] = [
  ['a foreign name', ['Host: evil.example'], 403],
  ['a foreign name, of a page of the same', ['Host: evil.example', 'Origin: http://evil.example'], 403],
  ['a foreign name, of a page of this machine', ['Host: evil.example', 'Origin: http://localhost'], 403],
  ['a forwarded name', ['Host: evil.example', 'X-Forwarded-Host: localhost'], 403],
  ['a user before it', ['Host: evil@127.0.0.1'], 400],
  ['two names', ['Host: 127.0.0.1', 'Host: evil.example'], 400],
  ['two names, the other way round', ['Host: evil.example', 'Host: 127.0.0.1'], 400],
  ['none', ['X-Host: 127.0.0.1'], 400],
  ['an empty one', ['Host:'], 400],
];

describe.each([...PUBLIC, ...GUARDED])('%s', (name) => {
  it.each(STRANGE)('answers nothing under %s', async (_, headers, status) => {
    const before = dialled;
    const { status: got, text } = await ask(name, webSocket(name, ...headers));
    expect(got).toBe(status);
    if (status === 403) expect(text).toContain('--allow-host evil.example');
    const target = `http://evil.example${pathOf(name)}`;
    const absolute = webSocket(name, HERE).replace(/^GET \S+/, `GET ${target}`);
    expect((await ask(name, absolute)).status).toBe(403);
    expect(dialled).toBe(before);
  });

  it('is there for programs, and for pages of this machine', async () => {
    for (const more of [
      [],
      ['Origin: http://localhost:5173'],
      ['Origin: https://127.0.0.1:8443'],
      ['Origin: http://[::1]'],
    ]) {
      expect((await ask(name, webSocket(name, 'Host: localhost.', ...more))).status, more.join()).toBe(101);
    }
  });
});

const FOREIGN = ['Origin: http://evil.example', 'Origin: null', 'Origin:', 'Sec-Fetch-Site: cross-site'];

it.each(PUBLIC)('%s is there for every page', async (name) => {
  for (const header of FOREIGN) expect((await ask(name, webSocket(name, HERE, header))).status, header).toBe(101);
  expect((await ask(name, webSocket(name, HERE, 'Origin: http://a', 'Origin: http://a'))).status).toBe(403);
});

describe.each(GUARDED)('%s', (name) => {
  it.each(FOREIGN)('is not there for a page that sends %s', async (header) => {
    const before = dialled;
    const { status, text } = await ask(name, webSocket(name, HERE, header));
    expect(status).toBe(403);
    expect(text).toContain('--allow-origin');
    expect(dialled).toBe(before);
  });

  it('says so on the terminal', async () => {
    await ask(name, webSocket(name, HERE, 'Origin: http://elsewhere.example'));
    await expect.poll(() => listeners.get(name)!.errors()).toMatch(/refused with 403: .*--allow-(origin|host)/);
  });
});

describe('plain HTTP', () => {
  const send = (...headers: readonly string[]): string => {
    const body = '{"sender":"a","msg":"b"}';
    const head = ['POST /send HTTP/1.1', 'Connection: close', 'Content-Type: application/json', ...headers];
    return [...head, `Content-Length: ${body.length}`, '', body].join('\r\n');
  };

  it.each(['echo', 'chat'])('of serve has the same rule, in mode %s', async (name) => {
    const requests = [
      ...['/poll', '/long-poll?timeout=0'].map(
        (path) =>
          (...headers: readonly string[]) =>
            plain(path, ...headers),
      ),
      send,
    ];
    for (const request of requests) {
      expect((await ask(name, request(HERE))).status).toBe(200);
      expect((await ask(name, request(HERE, 'Origin: http://localhost:3000'))).status).toBe(200);
      for (const header of FOREIGN) expect((await ask(name, request(HERE, header))).status, header).toBe(403);
      for (const [what, headers, status] of STRANGE)
        expect((await ask(name, request(...headers))).status, what).toBe(status);
    }
    for (const path of ['/', '/app.js', '/nothing', '/compare.json']) {
      for (const [what, headers, status] of STRANGE)
        expect((await ask(name, plain(path, ...headers))).status, what).toBe(status);
    }
    expect((await ask(name, plain('/compare.json', HERE, 'Origin: http://evil.example'))).status).toBe(403);
  });

  it('of proxy too, and nothing of a refused request is passed on', async () => {
    upstream = '';
    const before = dialled;
    for (const header of FOREIGN) expect((await ask('proxy', plain('/feed', HERE, header))).status).toBe(403);
    for (const [, headers, status] of STRANGE)
      expect((await ask('proxy', plain('/feed', ...headers))).status).toBe(status);
    expect([upstream, dialled]).toEqual(['', before]);
    expect((await ask('proxy', plain('/feed', HERE))).text).toMatch(/^HTTP\/1.1 200 .*ok$/s);
    expect(upstream).toContain('Bearer secret');
  });

  it('of check --listen too', async () => {
    expect((await ask('check', plain('/', HERE))).status).toBe(426);
    expect((await ask('check', plain('/', 'Host: evil.example'))).status).toBe(403);
    for (const command of ['/stopServer', '/updateReports', '/getCaseCount', '/runCase?case=1&agent=x']) {
      const asked = webSocket('check', HERE, 'Origin: http://evil.example').replace('/getCaseCount', command);
      expect((await ask('check', asked)).status, command).toBe(403);
    }
    // It is still there.
    expect((await ask('check', webSocket('check', HERE))).status).toBe(101);
  });
});

describe('what proxy passes on', () => {
  const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\n\r\n';

  it.each([
    ['after a request', plain('/first', HERE).replace('Connection: close\r\n', '') + smuggled],
    ['after a body', `POST /first HTTP/1.1\r\n${HERE}\r\nContent-Length: 3\r\n\r\nabc${smuggled}`],
    [
      'after chunks',
      `POST /first HTTP/1.1\r\n${HERE}\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n${smuggled}`,
    ],
  ])('is one request, and nothing %s', async (_, bytes) => {
    upstream = '';
    const { text } = await ask('proxy', bytes);
    expect(text).toMatch(/^HTTP\/1.1 200 /);
    expect(upstream).toContain('/first');
    expect(upstream).not.toContain('smuggled');
  });

  it.each([
    ['Content-Length: 4\r\nTransfer-Encoding: chunked', '0\r\n\r\n'],
    ['Content-Length: 0\r\nContent-Length: 4', ''],
    ['Content-Length: 0, 4', ''],
    ['Content-Length: +0', ''],
    ['Transfer-Encoding: xchunked', '0\r\n\r\n'],
    ['Transfer-Encoding : chunked\r\nContent-Length: 5', '0\r\n\r\n'],
    ['X: y\r\n Transfer-Encoding: chunked', '0\r\n\r\n'],
    ['X: y\rHost: evil.example', ''],
  ])('has one length and one host: %j', async (headers, body) => {
    upstream = '';
    const { status } = await ask('proxy', `POST /first HTTP/1.1\r\n${HERE}\r\n${headers}\r\n\r\n${body}${smuggled}`);
    expect(status).toBe(400);
    expect(upstream).toBe('');
  });
});

it('everything of that is allowed by options, in each of them', async () => {
  for (const name of ['chat, allowed', 'proxy, allowed', 'check, allowed']) {
    const page = ['Host: evil.example', 'Origin: http://evil.example'];
    expect((await ask(name, webSocket(name, ...page))).status, name).toBe(101);
    expect((await ask(name, webSocket(name, HERE, 'Origin: http://evil.example'))).status, name).toBe(101);
    expect((await ask(name, webSocket(name, 'Host: worse.example'))).status, name).toBe(403);
  }
  expect((await ask('chat, allowed', webSocket('chat', HERE, 'Origin: null'))).status).toBe(101);
  expect((await ask('proxy, allowed', webSocket('proxy', HERE, 'Origin: null'))).status).toBe(403);
  const restricted = (origin: string): Promise<{ status: number }> =>
    ask('echo, restricted', webSocket('echo', HERE, `Origin: ${origin}`));
  expect((await restricted('https://friend.example')).status).toBe(101);
  expect((await restricted('http://evil.example')).status).toBe(403);
  expect((await restricted('http://localhost:3000')).status).toBe(403);
});
