import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { Workshop, wsinspect } from '../cli/binary.js';
import { runHere, type RanHere } from '../cli/in-process.js';
import { httpProxy, socksProxy } from './proxies.js';
import { peer, bare, closeServers, echo, http, listening, saying, switching } from './servers.js';
import { forOtherOrigin, keptFromOthers } from '../../src/cli/connect/headers.js';
import { selfSigned, tlsEcho, type Pair } from './tls-server.js';

let shop: Workshop;
let pair: Pair;
beforeAll(() => {
  shop = new Workshop();
  pair = selfSigned(shop.folder);
});
afterAll(() => {
  closeServers();
  shop.remove();
});

const connect = (...args: string[]): Promise<RanHere> => runHere(['connect', ...args]);
const HI = ['-x', 'hi', '-1'];

/** It went well, and the reply came. */
async function echoes(run: Promise<RanHere>): Promise<void> {
  expect(await run).toMatchObject({ exit: 0, out: 'hi\n', err: '' });
}

describe.concurrent('TLS', () => {
  it('accepts a certificate of a given authority, or any one if an option states it', async () => {
    const { port } = await tlsEcho(pair);
    const url = `wss://127.0.0.1:${port}/`;
    const { exit, err } = await connect(url, ...HI);
    expect(exit).toBe(60);
    expect(err).toMatch(/self.signed/);
    for (const more of [['--cacert', pair.cert], ['--ca', pair.cert], ['-k'], ['--insecure'], ['--no-check']]) {
      await echoes(connect(url, ...HI, ...more));
    }
  });

  it('the name in the certificate is that of the URL, wherever the connection goes to', async () => {
    const { port } = await tlsEcho(pair);
    const to = ['--connect-to', `:443:127.0.0.1:${port}`, '--cacert', pair.cert];
    await echoes(connect('wss://localhost/', ...HI, ...to));
    expect(await connect('wss://other.example/', ...HI, ...to)).toMatchObject({
      exit: 60,
      err: expect.stringContaining('other.example') as string,
    });
  });

  it('sends a certificate where one is requested', async () => {
    const own = selfSigned(shop.folder, 'client.example');
    const { port } = await tlsEcho(pair, { requestCert: true, rejectUnauthorized: true, ca: readFileSync(own.cert) });
    const url = `wss://127.0.0.1:${port}/`;
    expect((await connect(url, ...HI, '-k')).exit).not.toBe(0);
    await echoes(connect(url, ...HI, '-k', '--cert', own.cert, '--key', own.key));
    expect((await connect(url, ...HI, '--cert', own.cert)).exit).toBe(2);
  });

  it('-v reports how it is connected', async () => {
    const { port } = await tlsEcho(pair);
    const { err } = await connect(`wss://127.0.0.1:${port}/`, ...HI, '-k', '-v');
    expect(err).toMatch(/^connected to 127\.0\.0\.1:\d+, TLSv1\.3 TLS_\w+, certificate not verified\n/);
  });
});

describe.concurrent('other ways', () => {
  it('a Unix socket, by option and by URL', async () => {
    const path = `${shop.folder}/socket`;
    const server = createServer();
    const seen: string[] = [];
    new WebSocketServer({ server }).on('connection', (socket, request) => {
      seen.push(`${request.headers.host} ${request.url}`);
      socket.on('message', (data) => socket.send(data as Buffer, { binary: false }));
    });
    await listening(server, path);
    await echoes(connect('ws://some.example:81/a?b', ...HI, '--unix-socket', path));
    await echoes(connect(`ws+unix:${path}:/chat?x=1`, ...HI));
    await echoes(connect(`ws+unix://${path}`, ...HI));
    expect(seen).toEqual(['some.example:81 /a?b', 'localhost /chat?x=1', 'localhost /']);
    expect((await connect(`ws+unix:${path}.no`, ...HI)).exit).toBe(7);
    // Systems would take the beginning, which is a socket.
    for (const url of [`ws+unix:${path}%00x:/`, `ws+unix:${path}${'x'.repeat(100)}:/`]) {
      expect(await connect(url, ...HI)).toMatchObject({ exit: 2, out: '' });
    }
    const long = await connect('ws://a.example/', ...HI, '--unix-socket', path + 'x'.repeat(100));
    expect(long).toMatchObject({ exit: 2, err: expect.stringContaining('up to 107 bytes') as unknown });
  });

  it('--resolve and --connect-to', async () => {
    const { port } = await echo();
    await echoes(connect(`ws://a.example:${port}/`, ...HI, '--resolve', `a.example:${port}:127.0.0.1`));
    await echoes(connect(`ws://a.example/`, ...HI, '--connect-to', `a.example:80:127.0.0.1:${port}`));
    await echoes(
      connect(
        `ws://a.example/`,
        ...HI,
        '--connect-to',
        `::b.example:${port}`,
        '--resolve',
        `b.example:${port}:127.0.0.1`,
      ),
    );
    expect((await connect('ws://a.example/', '--resolve', 'nonsense')).exit).toBe(2);
    expect((await connect('ws://a.example/', '--connect-to', 'nonsense')).exit).toBe(2);
  });

  it.each(['http', 'https'] as const)('through an %s proxy', async (kind) => {
    const { port, url } = await echo();
    const proxy = await httpProxy(kind === 'https' ? { pair } : {});
    const at = `${kind}://127.0.0.1:${proxy.port}`;
    if (kind === 'https') {
      // Its certificate is judged as any.
      expect((await connect(url, ...HI, '--proxy', at)).exit).toBe(60);
      const secure = await tlsEcho(pair);
      for (const through of [url, `wss://127.0.0.1:${secure.port}/`]) {
        const env = { NODE_EXTRA_CA_CERTS: pair.cert };
        // It is Node itself that reads this variable.
        await echoes(wsinspect(['connect', through, ...HI, '--proxy', at], { env }));
      }
      return;
    }
    await echoes(connect(url, ...HI, '--proxy', at));
    await echoes(connect(url, ...HI, '--proxy', at.replace('//', '//us%20er:pass@')));
    const secure = await tlsEcho(pair);
    await echoes(connect(`wss://127.0.0.1:${secure.port}/`, ...HI, '--proxy', at, '--cacert', pair.cert));
    expect(proxy.asked).toEqual([
      `127.0.0.1:${port}`,
      `127.0.0.1:${port} Basic ${Buffer.from('us er:pass').toString('base64')}`,
      `127.0.0.1:${secure.port}`,
    ]);
  });

  it('the environment names a proxy, and exceptions', async () => {
    const { url, port } = await echo();
    const proxy = await httpProxy();
    const run = (env: Record<string, string>, ...more: string[]): Promise<RanHere> =>
      runHere(['connect', url, ...HI, ...more], { env });
    const at = `127.0.0.1:${proxy.port}`;
    await echoes(run({ http_proxy: at }));
    await echoes(run({ ALL_PROXY: `http://${at}` }));
    expect(proxy.asked).toHaveLength(2);
    await echoes(run({ http_proxy: at, NO_PROXY: 'example.com, 127.0.0.1' }));
    await echoes(run({ http_proxy: at, no_proxy: `127.0.0.1:${port}` }));
    await echoes(run({ http_proxy: at, no_proxy: '*' }));
    await echoes(run({ http_proxy: at }, '--proxy', ''));
    await echoes(run({ https_proxy: at }));
    expect(proxy.asked).toHaveLength(2);
    await echoes(run({ http_proxy: at, no_proxy: '127.0.0.1:1' }));
    expect(proxy.asked).toHaveLength(3);
  });

  it('a proxy that refuses, is none, or is not there', async () => {
    const { url } = await echo();
    const [refusing, none, socks, hush] = await Promise.all([
      httpProxy({ status: 407 }),
      saying(''),
      socksProxy({ reply: 5 }),
      bare(() => undefined),
    ]);
    const told = async (proxy: string, ...more: string[]): Promise<[number | null, string]> => {
      const { exit, err } = await connect(url, ...HI, '--proxy', proxy, ...more);
      return [exit, err];
    };
    expect(await told(`http://127.0.0.1:${refusing.port}`)).toEqual([7, expect.stringContaining('407 No')]);
    expect(await told(`socks5://127.0.0.1:${socks.port}`)).toEqual([7, expect.stringContaining('connection refused')]);
    expect(await told(`socks5://127.0.0.1:${refusing.port}`)).toEqual([7, expect.stringContaining('SOCKS5')]);
    expect(await told(`http://127.0.0.1:${hush.port}`, '--connect-timeout', '0.3')).toEqual([
      28,
      expect.stringContaining('too long'),
    ]);
    expect((await told(`http://127.0.0.1:${none.port}`))[0]).toBe(7);
    expect((await told('http://127.0.0.1:1'))[0]).toBe(7);
    expect((await told('ftp://127.0.0.1'))[0]).toBe(2);
  });

  it('through a SOCKS5 proxy: names are resolved here, with socks5h there', async () => {
    const { port } = await echo();
    const proxy = await socksProxy({ to: port });
    const locked = await socksProxy({ login: 'me:secret', to: port });
    await echoes(
      connect(
        `ws://localhost:81/`,
        ...HI,
        '--proxy',
        `socks5://127.0.0.1:${proxy.port}`,
        '--resolve',
        'localhost:81:127.0.0.9',
      ),
    );
    await echoes(connect('ws://[2001:db8::7]:82/', ...HI, '--proxy', `socks5://127.0.0.1:${proxy.port}`));
    await echoes(connect('ws://there.example:83/', ...HI, '--proxy', `socks5h://127.0.0.1:${proxy.port}`));
    expect(proxy.asked).toEqual(['127.0.0.9:81', '32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.7:82', 'there.example:83']);
    expect((await connect('ws://there.example/', ...HI, '--proxy', `socks5://127.0.0.1:${proxy.port}`)).exit).toBe(6);
    await echoes(connect('ws://x.example/', ...HI, '--proxy', `socks5h://me:secret@127.0.0.1:${locked.port}`));
    expect((await connect('ws://x.example/', ...HI, '--proxy', `socks5h://me:no@127.0.0.1:${locked.port}`)).exit).toBe(
      7,
    );
    expect((await connect('ws://x.example/', ...HI, '--proxy', `socks5h://127.0.0.1:${locked.port}`)).exit).toBe(7);
  });
});

describe.concurrent('redirects', () => {
  /** A server that answers, says hi and closes; and the heads that it got. */
  async function last(): Promise<{ port: number; heads: string[] }> {
    const heads: string[] = [];
    const { port } = await bare(({ head, accept, socket }) => {
      heads.push(head);
      socket.end(Buffer.concat([Buffer.from(switching(accept)), Buffer.from('81026869880203e8', 'hex')]));
    });
    return { port, heads };
  }

  /** One that sends its visitors elsewhere, in this order; and the headers that it got. */
  async function away(...locations: string[]): Promise<{ url: string; port: number; seen: string[] }> {
    const seen: string[] = [];
    let visits = 0;
    const { url } = await http((request, response) => {
      seen.push(request.rawHeaders.join('\n'));
      response.writeHead(302, { Location: locations[Math.min(visits++, locations.length - 1)] });
      response.end('elsewhere');
    });
    return { url, port: Number(new URL(url).port), seen };
  }

  const OWN = [
    ...['-u', 'me:secret', '--cookie', 'a=secret', '-o', 'http://secret', '-s', 'bearer.secret', '-A', 'agent'],
    ...['-H', 'X-Token: secret', '-H', 'Proxy-Authorization: Basic secret', '-H', 'Sec-WebSocket-Protocol: v2.secret'],
  ];
  /** Names and values in turn, a line each. */
  const ALL = ['Authorization', 'Cookie', 'Origin', 'X-Token', 'Proxy-Authorization', 'Sec-WebSocket-Protocol'];
  const sentBy = (seen: string): string[] => ALL.filter((name) => seen.split('\n').includes(name));

  it('are not followed without -L', async () => {
    const { url } = await away('/next');
    const { exit, err } = await connect(url, '--no-stdin', ...OWN);
    expect(exit).toBe(22);
    expect(err).toContain('Location: /next');
  });

  it('to another origin take along nothing that was meant for the first, and say so', async () => {
    const end = await last();
    const first = await away('/next', `http://127.0.0.1:${end.port}/end?q`);
    const { exit, out, err } = await connect(first.url, '-L', '--no-stdin', ...OWN);
    expect({ exit, out }).toEqual({ exit: 0, out: 'hi\n' });
    expect(first.seen.map(sentBy)).toEqual([ALL, ALL]);
    expect(end.heads).toHaveLength(1);
    expect(end.heads[0]).toMatch(/^GET \/end\?q HTTP/);
    expect(end.heads[0]).toMatch(/user-agent: agent/i);
    expect(end.heads[0]).not.toMatch(/secret|authorization|cookie|origin|x-token|sec-websocket-protocol/i);
    expect(err).toContain(
      `redirected to ws://127.0.0.1:${end.port}/end?q, without Authorization, Cookie, Origin, X-Token, ` +
        'Proxy-Authorization, Sec-WebSocket-Protocol, the subprotocols\n',
    );
  });

  it('that stay in it take all along, the user of the URL too', async () => {
    const first = await away('/next', '/after', 'nowhere://');
    await connect(first.url.replace('//', '//me:secret@'), '-L', '--no-stdin');
    expect(first.seen).toHaveLength(3);
    for (const seen of first.seen) expect(seen).toContain('Authorization');
  });

  it('through another one come back without', async () => {
    const heads: string[] = [];
    let home = '';
    const stranger = await http((_, response) => {
      response.writeHead(302, { Location: `${home}back` });
      response.end();
    });
    const { url } = await http((request, response) => {
      heads.push(request.rawHeaders.join('\n'));
      response.writeHead(302, { Location: heads.length === 1 ? stranger.url : 'nowhere://' });
      response.end();
    });
    home = url;
    await connect(url, '-L', '--no-stdin', ...OWN);
    expect(heads).toHaveLength(2);
    expect(heads[0]).toContain('secret');
    expect(heads[1]).not.toContain('secret');
  });

  it('never choose a user name', async () => {
    const end = await last();
    const { url } = await away(`http://you:hunter2@127.0.0.1:${end.port}/`);
    const { exit, err, out } = await connect(url, '-L', '--no-stdin', '-v', '--json');
    expect(exit).toBe(0);
    expect(end.heads[0]).not.toMatch(/authorization/i);
    expect(err).not.toContain('hunter2');
    expect(out).not.toContain('"error"');
    const refused = await connect(url, '--no-stdin');
    expect(refused.err).toContain(`Location: http://you:***@127.0.0.1:${end.port}/`);
  });

  it('that leave TLS are not followed', async () => {
    const end = await last();
    const server = createSecureServer(
      { cert: readFileSync(pair.cert), key: readFileSync(pair.key) },
      (_, response) => void response.writeHead(302, { Location: `http://127.0.0.1:${end.port}/` }).end(),
    );
    const { port } = await listening(server);
    const { exit, err } = await connect(`wss://127.0.0.1:${port}/`, '-k', '-L', '--no-stdin');
    expect({ exit, err }).toEqual({
      exit: 22,
      err: `wsinspect: the redirect to ws://127.0.0.1:${end.port}/ is not followed: it leaves TLS\n`,
    });
    expect(end.heads).toEqual([]);
  });

  it('leave the client certificate at home too', () => {
    const options = { cert: 'c', key: 'k', cacert: 'a', userAgent: 'agent', check: true, connectTimeout: 1 };
    expect(forOtherOrigin(options)).toEqual({ cacert: 'a', userAgent: 'agent', check: true, connectTimeout: 1 });
    const target = { url: new URL('wss://a/'), secure: true, user: 'me' };
    expect(keptFromOthers(target, options)).toEqual(['Authorization', 'the client certificate']);
  });

  it('in a circle come to an end', async () => {
    const circle = await http((_, response) => {
      response.writeHead(307, { Location: '/' });
      response.end();
    });
    expect(await connect(circle.url, '-L')).toMatchObject({
      exit: 22,
      err: expect.stringContaining('10 redirects') as string,
    });
  });
});

describe('--reconnect', () => {
  it('connects again after a drop and where no server listens, reports it, and gives up in time', async () => {
    let visits = 0;
    const { url } = await bare(({ accept, socket }) => {
      visits++;
      socket.write(switching(accept));
      if (visits < 3) socket.destroy();
      else socket.end(Buffer.from('81026869880203e8', 'hex'));
    });
    const { exit, out, err } = await connect(url, '--reconnect', '--no-stdin');
    expect({ exit, out, visits }).toEqual({ exit: 0, out: 'hi\n', visits: 3 });
    const pauses = [...err.matchAll(/connecting again in ([\d.]+) s \([12] of 10\)/g)].map(([, pause]) =>
      Number(pause),
    );
    expect(pauses).toHaveLength(2);
    // Between half of 0.5 s, then 1 s, and all of it.
    for (const [i, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual(0.25 * 2 ** i);
      expect(pause).toBeLessThanOrEqual(0.5 * 2 ** i);
    }
    const gone = await connect('ws://127.0.0.1:1/', '--reconnect=1');
    expect(gone).toMatchObject({
      exit: 7,
      err: expect.stringMatching(/in 0\.\d+ s \(1 of 1\)\nwsinspect: .*refused\nwhy: .*\n$/) as string,
    });
    const late = await connect('ws://127.0.0.1:1/', '--reconnect', '-m', '0.3');
    expect(late.exit).toBe(28);
  });

  it.each([1001, 1012, 1013])('after a close with %i all is sent again; with another code it is over', async (code) => {
    const got: string[] = [];
    let visits = 0;
    const { url } = await peer((socket) => {
      visits++;
      socket.on('message', (data) => {
        got.push(`${visits} ${(data as Buffer).toString()}`);
        if ((data as Buffer).toString() === 'b') socket.close(visits === 1 ? code : 1011);
      });
    });
    const { exit, err } = await connect(url, '--reconnect', '-x', 'a', '-x', 'b', '-w', '-1');
    expect({ exit, got }).toEqual({ exit: 57, got: ['1 a', '1 b', '2 a', '2 b'] });
    expect(err).toMatch(new RegExp(`closed with ${code} [^;]*; connecting again in 0\\.\\d+ s \\(1 of 10\\)`));
  });

  it('a close that was expected is the end', async () => {
    const { url } = await peer((socket) => socket.close(1012));
    expect(await connect(url, '--reconnect', '--no-stdin', '--expect-close', '1012')).toMatchObject({
      exit: 0,
      err: '',
    });
  });
});
