import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../bench/free-port.js';
import { Workshop } from '../cli/binary.js';
import { runHere } from '../cli/in-process.js';
import { has, PYTHON } from '../tools.js';
import { started, stopPrograms } from './programs.js';
import { bare, closeServers, http } from './servers.js';
import { Serving } from './serving.js';
import { causeOf, causeOfSilence, upgradeOnly } from './why.js';

/** The causes that are named of real proxies and of real servers, and what is close to them and has none. */

let shop: Workshop;
beforeAll(() => void (shop = new Workshop()));
afterAll(() => {
  stopPrograms();
  closeServers();
  shop.remove();
});

/** The server of the proxies. */
interface Backends {
  /** `ws`. */
  readonly sound: number;
  readonly dead: number;
  /** It takes requests, and says nothing. */
  readonly silent: number;
  readonly noHttp: number;
  /** It makes an error of its own. */
  readonly failing: number;
}

async function backends(): Promise<Backends> {
  const servers = [
    upgradeOnly(),
    bare(() => undefined),
    bare(({ socket }) => socket.end('220 mail.example ESMTP\r\n')),
    http((_, response) => response.writeHead(503).end('try later')),
  ];
  const [sound, silent, noHttp, failing] = await Promise.all(servers);
  const dead = await freePort();
  return { sound: sound!.port, silent: silent!.port, noHttp: noHttp!.port, failing: failing!.port, dead };
}

const TALK = ['-x', 'hi'];

describe.runIf(has('apache2'))('connect through Apache', () => {
  let at = '';
  let short = '';

  beforeAll(async () => {
    const [port, other, { sound, silent, dead }] = [await freePort(), await freePort(), await backends()];
    const { folder } = shop;
    const modules = ['mpm_event', 'authz_core', 'alias', 'proxy', 'proxy_http'].map(
      (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
    );
    const to = (target: string, server: number, more = ''): string =>
      `ProxyPass ${target} http://127.0.0.1:${server}${target} ${more}`;
    const config = shop.write(
      'apache.conf',
      `${modules.join('\n')}
       ServerRoot ${folder}
       DefaultRuntimeDir ${folder}
       PidFile ${folder}/apache.pid
       ErrorLog ${folder}/apache.errors
       ServerName localhost
       Listen 127.0.0.1:${port}
       ${to('/plain', sound)}
       ${to('/long', sound, 'upgrade=websocket')}
       ${to('/dead', dead)}
       ${to('/late', silent, 'timeout=1')}
       ProxyPass /scheme ws://127.0.0.1:${sound}/
       ProxyPass /fcgi fcgi://127.0.0.1:${sound}/
       RedirectMatch 302 ^/moved$ https://127.0.0.1/moved
       <Location /closed>
       Require all denied
       </Location>
       Listen 127.0.0.1:${other}
       <VirtualHost 127.0.0.1:${other}>
       Timeout 2
       ${to('/', sound, 'upgrade=websocket')}
       </VirtualHost>\n`,
    );
    await started(port, 'apache2', ['-f', config, '-DFOREGROUND']);
    at = `ws://127.0.0.1:${port}`;
    short = `ws://127.0.0.1:${other}/`;
  });

  it.each([
    ['/plain', 'upgrade-removed'],
    ['/long', undefined],
    ['/scheme', undefined],
    // The module of the scheme is not loaded: 500, which may be anything.
    ['/fcgi', undefined],
    ['/dead', 'proxy-without-server'],
    ['/late', 'proxy-without-server'],
    ['/moved', 'redirect-to-tls'],
    ['/closed', 'origin-missing'],
    ['/none', undefined],
  ])('%s: %s', async (target, code) => {
    expect(await causeOf(`${at}${target}`, ...TALK)).toBe(code);
  });

  it('an idle timeout', async () => {
    expect(await causeOfSilence(short)).toBe('idle-timeout');
  });

  it('names Apache, and the line that cures it', async () => {
    const { err } = await runHere(['connect', `${at}/plain`], { stdin: '' });
    expect(err).toMatch(/^why: .*: Apache in front of .* ProxyPass .* upgrade=websocket/m);
  });
});

describe.runIf(has('apache2'))('connect with --proxy, through Apache', () => {
  let ports: { readonly open: number; readonly guarded: number; readonly sound: number; readonly dead: number };

  beforeAll(async () => {
    const [open, guarded, dead] = [await freePort(), await freePort(), await freePort()];
    const { port: sound } = await upgradeOnly();
    ports = { open, guarded, sound, dead };
    const { folder } = shop;
    // `ann` and `secret`.
    const users = shop.write('users', 'ann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n');
    const names = [
      'mpm_event',
      'authz_core',
      'authz_user',
      'authn_core',
      'authn_file',
      'auth_basic',
      'proxy',
      'proxy_connect',
    ];
    const modules = names.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`);
    const config = shop.write(
      'forward.conf',
      `${modules.join('\n')}
       ServerRoot ${folder}
       DefaultRuntimeDir ${folder}
       PidFile ${folder}/forward.pid
       ErrorLog ${folder}/forward.errors
       ServerName localhost
       ProxyRequests On
       AllowCONNECT ${sound} ${dead}
       Listen 127.0.0.1:${open}
       Listen 127.0.0.1:${guarded}
       <VirtualHost 127.0.0.1:${guarded}>
       ProxyRequests On
       AllowCONNECT ${sound}
       <Proxy "*">
       AuthType Basic
       AuthName "a"
       AuthUserFile ${users}
       Require valid-user
       </Proxy>
       </VirtualHost>\n`,
    );
    await started(open, 'apache2', ['-f', config, '-DFOREGROUND']);
  });

  it.each<[proxy: 'open' | 'guarded', login: string, to: 'sound' | 'dead' | 'open', code: string | undefined]>([
    ['guarded', '', 'sound', 'proxy-credentials-wanted'],
    ['guarded', 'ann:wrong@', 'sound', 'proxy-credentials-refused'],
    ['guarded', 'ann:secret@', 'sound', undefined],
    ['open', '', 'open', 'proxy-forbids-target'],
    ['open', '', 'dead', 'proxy-without-target'],
    ['open', '', 'sound', undefined],
  ])('%s %s to %s: %s', async (proxy, login, to, code) => {
    const through = ['--proxy', `http://${login}127.0.0.1:${ports[proxy]}`];
    expect(await causeOf(`ws://127.0.0.1:${ports[to]}/`, ...TALK, ...through)).toBe(code);
  });
});

describe.runIf(has('nginx', 'haproxy'))('a listener after a proxy', () => {
  const listeners = {
    proxy: async () => Serving.proxy((await upgradeOnly()).url, '--json'),
    serve: () => Serving.start('--json'),
  };

  it.each(['proxy', 'serve'] as const)('%s: names the proxy that lost the upgrade, and its lines', async (command) => {
    const serving = await listeners[command]();
    try {
      const { folder } = shop;
      const [nginx, haproxy] = [await freePort(), await freePort()];
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (name) => `${name}_temp_path ${folder};`,
      );
      const config = shop.write(
        'lost.conf',
        `daemon off; pid ${folder}/lost.pid; error_log ${folder}/lost.errors; events {}
         http { access_log off; ${temporary.join(' ')}
           server { listen 127.0.0.1:${nginx}; location / { proxy_pass http://127.0.0.1:${serving.port}; } } }`,
      );
      const lines = shop.write(
        'lost.cfg',
        `defaults\n mode http\n timeout connect 2s\n timeout client 60s\n timeout server 60s
listen sound\n bind 127.0.0.1:${haproxy}\n option forwardfor\n server one 127.0.0.1:${serving.port}\n`,
      );
      await started(nginx, 'nginx', ['-p', folder, '-c', config]);
      await started(haproxy, 'haproxy', ['-db', '-f', lines]);
      expect((await runHere(['connect', `ws://127.0.0.1:${nginx}/`], { stdin: '' })).exit).toBe(22);
      await serving.until((out) => out.includes('"upgrade-not-received"'));
      expect(serving.out).toMatch(
        /it comes with HTTP\/1\.0 and with Connection: close: .*nginx: proxy_http_version 1\.1/,
      );
      const before = serving.out.split('"cause"').length;
      expect((await runHere(['connect', `ws://127.0.0.1:${haproxy}/`, '-x', 'hi'], { stdin: '' })).exit).toBe(0);
      expect(serving.out.split('"cause"')).toHaveLength(before);
    } finally {
      await serving.stop();
    }
  });
});

const WEBSOCKETS = `
import asyncio, sys, logging, websockets
logging.disable(logging.CRITICAL)
async def handle(ws, *path):
    async for message in ws:
        if message == "boom": raise RuntimeError("no")
        await ws.send(message)
async def main():
    async with websockets.serve(handle, "127.0.0.1", int(sys.argv[1]), max_size=1000): await asyncio.Future()
asyncio.run(main())
`;

describe.runIf(has('python websockets'))('connect to websockets of Python', () => {
  let url = '';

  beforeAll(async () => {
    const port = await freePort();
    await started(port, PYTHON, [shop.write('closing.py', WEBSOCKETS), String(port)]);
    url = `ws://127.0.0.1:${port}/`;
  });

  it.each([
    ['a handler that fails', 'handler-failed', ['-x', 'boom']],
    ['a message that is too large', 'message-too-big', ['-x', 'a'.repeat(1001)]],
    ['text that is no UTF-8', 'closed-for-fault', ['--raw-frame', '818101020304fe']],
    ['a frame that is not masked', 'closed-for-fault', ['--raw-frame', '81026869']],
    ['messages that it takes', undefined, ['-x', 'hi', '-x', 'a'.repeat(1000)]],
  ])('%s: %s', async (_, code, options) => {
    expect(await causeOf(url, ...options)).toBe(code);
  });
});

describe.runIf(has('haproxy'))('connect through HAProxy', () => {
  const ports = new Map<string, number>();

  beforeAll(async () => {
    const { sound, silent, noHttp, failing, dead } = await backends();
    /** [name, its server, its lines] */
    const proxies: readonly (readonly [string, number, string])[] = [
      ['sound', sound, ''],
      ['deaf', sound, 'http-request del-header Upgrade'],
      ['short', sound, 'timeout tunnel 2s'],
      ['dead', dead, ''],
      ['late', silent, 'timeout server 500ms'],
      ['mail', noHttp, ''],
      ['own', failing, ''],
      ['denied', sound, 'http-request deny'],
      ['bare rule', sound, 'http-request return status 426'],
      ['rule', sound, 'http-request return status 426 content-type text/plain string "upgrade required"'],
      ['faithful rule', sound, 'http-request return status 426 hdr Upgrade websocket'],
      ['bad request', sound, 'http-request deny deny_status 400'],
      ['moved', sound, 'http-request redirect scheme https code 301'],
    ];
    const listeners: string[] = [];
    for (const [name, server, lines] of proxies) {
      const port = await freePort();
      ports.set(name, port);
      listeners.push(
        `listen ${name.replaceAll(' ', '-')}\n bind 127.0.0.1:${port}\n ${lines}\n server one 127.0.0.1:${server}\n`,
      );
    }
    const config = shop.write(
      'haproxy.cfg',
      `defaults\n mode http\n timeout connect 2s\n timeout client 60s\n timeout server 60s\n retries 0\n${listeners.join('')}`,
    );
    await started(ports.get('sound')!, 'haproxy', ['-db', '-f', config]);
  });

  const through = (name: string): string => `ws://127.0.0.1:${ports.get(name)}/`;

  it.each([
    ['sound', undefined],
    ['deaf', 'upgrade-removed'],
    ['dead', 'proxy-without-server'],
    ['late', 'proxy-without-server'],
    ['mail', 'proxy-without-server'],
    // The server's own 503.
    ['own', undefined],
    ['denied', 'origin-missing'],
    // Of its own configuration: no server refused the request.
    ['bare rule', undefined],
    ['rule', undefined],
    ['faithful rule', undefined],
    ['bad request', undefined],
    ['moved', 'redirect-to-tls'],
  ])('%s: %s', async (name, code) => {
    expect(await causeOf(through(name), ...TALK)).toBe(code);
  });

  it('an idle timeout', async () => {
    expect(await causeOfSilence(through('short'))).toBe('idle-timeout');
  });

  it('names HAProxy where its page does, and its lines otherwise', async () => {
    expect((await runHere(['connect', through('dead')], { stdin: '' })).err).toMatch(/^why: 503 comes from HAProxy /m);
    expect((await runHere(['connect', through('deaf')], { stdin: '' })).err).toMatch(/^why: .* \| HAProxy: mode http/m);
  });
});
