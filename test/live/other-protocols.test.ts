import { connect as connectHttp2, createServer as createHttp2, createSecureServer } from 'node:http2';
import { readFileSync } from 'node:fs';
import { connect as connectTcp, createServer } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Workshop } from '../cli/binary.js';
import { runHere } from '../cli/in-process.js';
import { closeServers, echo, listening } from './servers.js';
import { Serving } from './serving.js';
import { selfSigned, tlsEcho, type Pair } from './tls-server.js';

/** TLS to a listener in the clear, plain HTTP to one of TLS, HTTP/2 to one of HTTP/1.1: one line that says so. */

let shop: Workshop;
let pair: Pair;
beforeAll(() => {
  shop = new Workshop();
  pair = selfSigned(shop.folder);
});
const running: Serving[] = [];
afterEach(async () => {
  await Serving.endAll(running);
  closeServers();
});
afterAll(() => shop.remove());

type Command = 'serve' | 'proxy' | 'check';

async function listener(command: Command, isSecure: boolean): Promise<Serving> {
  const names = command === 'serve' ? ['--cert', '--key'] : ['--listen-cert', '--listen-key'];
  const options = isSecure ? [names[0]!, pair.cert, names[1]!, pair.key] : [];
  const serving = await (command === 'serve'
    ? Serving.start(...options)
    : command === 'proxy'
      ? Serving.proxy((await echo()).url, ...options)
      : Serving.testing(...options));
  running.push(serving);
  if (command === 'serve') await serving.until((_, err) => err.includes('open http'));
  return serving;
}

/** What the listener reports of a visitor, once there is something. */
async function told(serving: Serving, visit: (port: number) => void): Promise<string> {
  const before = serving.err.split('\n').length;
  visit(serving.port);
  await serving.until(() => serving.err.split('\n').length > before);
  const lines = serving.err.split('\n').slice(before - 1, -1);
  expect(serving.out).not.toMatch(/frame|text |binary /);
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toMatch(/\\n|routines|\.c:|openssl\//);
  return lines[0]!;
}

const tls = (port: number): void => {
  connectTls({ port, host: '127.0.0.1', servername: 'chat.example', rejectUnauthorized: false }).on(
    'error',
    () => undefined,
  );
};
const plain = (port: number): void => {
  const socket = connectTcp(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
  socket.on('error', () => undefined);
};
const http2 = (port: number): void => {
  connectHttp2(`http://127.0.0.1:${port}`).on('error', () => undefined);
};
const http2OverTls = (port: number): void => {
  connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false }).on('error', () => undefined);
};

const COMMANDS = ['serve', 'proxy', 'check'] as const;
describe.each(COMMANDS)('%s', (command) => {
  const cert = command === 'serve' ? '--cert and --key' : '--listen-cert and --listen-key';

  it('TLS to a plain port', async () => {
    const serving = await listener(command, false);
    const line = `refused with 400: the client begins TLS (ClientHello, SNI chat.example): use ws://, or ${cert}`;
    expect(await told(serving, tls)).toContain(line);
  });

  it('HTTP/2 to a plain port', async () => {
    const serving = await listener(command, false);
    expect(await told(serving, http2)).toContain('the client begins HTTP/2 (PRI * HTTP/2.0)');
  });

  it('plain HTTP to a TLS port', async () => {
    const serving = await listener(command, true);
    expect(await told(serving, plain)).toContain(
      'a TLS handshake failed: the client begins with plain HTTP: use wss://',
    );
  });

  it('HTTP/2 alone to a TLS port', async () => {
    const serving = await listener(command, true);
    expect(await told(serving, http2OverTls)).toContain('a TLS handshake failed: the client offers other protocols');
  });
});

describe('connect', () => {
  const one = async (url: string): Promise<{ exit: number | null; err: string }> => {
    const { exit, err } = await runHere(['connect', url, '-k', '-x', 'hi', '-1']);
    const lines = err.trimEnd().split('\n');
    expect(lines.filter((line) => !line.startsWith('why: '))).toHaveLength(1);
    return { exit, err };
  };

  it('TLS to a plain port', async () => {
    const { url } = await echo();
    const { exit, err } = await one(url.replace('ws:', 'wss:'));
    expect(err).toContain('the server does not answer in TLS: use ws://');
    expect(exit).toBe(35);
  });

  it('a plain handshake to a TLS port that ends without a word', async () => {
    const { url } = await tlsEcho(pair);
    expect((await one(url)).err).toContain('(perhaps the server speaks TLS: wss://)');
  });

  it('a plain handshake to a TLS port that sends an alert', async () => {
    const { url } = await listening(createServer((socket) => void socket.end(Buffer.from('15030100020246', 'hex'))));
    expect((await one(url)).err).toContain('the server answers in TLS: use wss://');
  });

  it('a server of HTTP/2, in the clear and by TLS', async () => {
    const clear = await listening(createHttp2());
    expect((await one(clear.url)).err).toContain('the server answers in HTTP/2');
    const files = { cert: readFileSync(pair.cert), key: readFileSync(pair.key) };
    const secure = await listening(createSecureServer(files));
    const { exit, err } = await one(secure.url.replace('ws:', 'wss:'));
    expect(err).toContain('the server refuses HTTP/1.1 (ALPN): perhaps it speaks HTTP/2 alone');
    expect(exit).toBe(35);
  });
});
