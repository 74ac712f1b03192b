import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { records, Workshop, wsinspect, type Ran } from '../cli/binary.js';
import { runHere, type RanHere } from '../cli/in-process.js';
import type { Tests } from '../cli/capture-options.js';
import { closeHttp2, echoFrames, http2Peer } from '../live/http2-peers.js';
import { httpProxy } from '../live/proxies.js';
import { bare, closeServers, echo, peer } from '../live/servers.js';
import { selfSigned, tlsEcho, type Pair } from '../live/tls-server.js';

/** Every option that `check --help` lists, each with a test that fails if the option did nothing. */

let shop: Workshop;
let pair: Pair;
let url: string;
let secure: string;
beforeAll(async () => {
  shop = new Workshop();
  pair = selfSigned(shop.folder);
  ({ url } = await echo());
  secure = (await tlsEcho(pair)).url.replace('ws:', 'wss:');
});
afterAll(() => {
  closeHttp2();
  closeServers();
  shop.remove();
});

const check = (...args: string[]): Promise<RanHere> => runHere(['check', ...args]);
const quick = (...more: string[]): Promise<RanHere> => check(url, '--only', '2.1', ...more);
const file = (name: string): string => join(shop.folder, name);
const text = (name: string): string => readFileSync(file(name), 'utf8');
const OK = { exit: 0, err: '' };

async function ids(...args: string[]): Promise<string[]> {
  const { out } = await check(...args, '--json');
  return records(out).flatMap(({ type, id }) => (type === 'case' ? [String(id)] : []));
}

/** The head of the first request that comes with these options. */
async function headWith(...options: string[]): Promise<string> {
  let seen = '';
  const { port } = await bare(({ head, socket }) => {
    seen ||= head;
    socket.end('HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n');
  });
  expect((await check(`ws://user:p@127.0.0.1:${port}/`, ...options)).exit).toBe(22);
  return seen;
}

/** A client that echoes in each case, as long as there are any. */
async function client(base: string, headers: Readonly<Record<string, string>>): Promise<void> {
  const visit = (path: string): Promise<string> =>
    new Promise((resolve) => {
      let last = '';
      const socket = new WebSocket(base + path, { rejectUnauthorized: false, perMessageDeflate: false, headers });
      socket.on('message', (data, isBinary) => {
        last = (data as Buffer).toString();
        socket.send(data as Buffer, { binary: isBinary });
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(last));
    });
  const count = Number(await visit('getCaseCount'));
  for (let i = 1; i <= count; i++) await visit(`runCase?case=${i}&agent=me`);
  await visit('updateReports?agent=me');
}

/** `check --listen` with a client that runs its cases. */
function listening(...args: string[]): Promise<Ran> {
  return listeningFor({}, ...args);
}

/** The same, where the client sends these headers. */
function listeningFor(headers: Readonly<Record<string, string>>, ...args: string[]): Promise<Ran> {
  let isDriven = false;
  return wsinspect(['check', '--listen', '127.0.0.1:0', '--oneshot', '--json', ...args], {
    during: (_, printed) => {
      const [, base] = /"url":"([^"]+)"/.exec(printed) ?? [];
      if (base === undefined || isDriven) return;
      isDriven = true;
      void client(base, headers);
    },
  });
}

const TESTS: Tests = {
  '--listen': async () => {
    const { exit, out } = await listening('--only', '2.1,1.1.2');
    expect(exit).toBe(0);
    expect(records(out).map(({ type, id, agent, verdict }) => [type, id, agent, verdict])).toEqual([
      ['listening', undefined, undefined, undefined],
      ['case', '1.1.2', 'me', 'OK'],
      ['case', '2.1', 'me', 'OK'],
      ['summary', undefined, 'me', undefined],
    ]);
    expect((await check(url, '--listen', '0')).exit).toBe(2);
  },
  '--listen-cert': async () => {
    const { exit, out } = await listening('--only', '2.1', '--listen-cert', pair.cert, '--listen-key', pair.key);
    expect(exit).toBe(0);
    expect(records(out)[0]!['url']).toMatch(/^wss:/);
  },
  '--listen-key': async () => expect((await check('--listen', '0', '--listen-key', pair.key)).exit).toBe(2),
  // Without it the client would be refused, and nothing would end.
  '--allow-origin': async () => {
    const origin = 'https://agent.example';
    expect((await listeningFor({ Origin: origin }, '--only', '2.1', '--allow-origin', origin)).exit).toBe(0);
  },
  '--allow-host': async () => {
    const host = 'agent.example:9001';
    expect((await listeningFor({ Host: host }, '--only', '2.1', '--allow-host', 'agent.example')).exit).toBe(0);
  },
  // It would not have ended.
  '--oneshot': async () => expect((await listening('--only', '2.1')).exit).toBe(0),
  '--allow-partial': async () => {
    const stopped = async (...more: string[]): Promise<number | null> =>
      (
        await wsinspect(['check', '--listen', '127.0.0.1:0', '--json', '--only', '2.1', ...more], {
          during: (_, printed) => {
            const [, base] = /"url":"([^"]+)"/.exec(printed) ?? [];
            if (base !== undefined) new WebSocket(`${base}stopServer`).on('error', () => undefined);
          },
        })
      ).exit;
    expect(await stopped()).toBe(1);
    expect(await stopped('--allow-partial')).toBe(0);
  },
  '--echo': async () => {
    const skipped = async (...more: string[]): Promise<unknown> =>
      records((await check(url, '--only', '1.1.1', '--json', ...more)).out)[0]!['skipped'];
    expect(await skipped('--echo', 'no')).toMatch(/it needs an echo/);
    expect(await skipped('--echo', 'auto')).toBe(undefined);
    const { url: mute } = await peer(() => undefined);
    expect((await check(mute, '--only', '1.1.1')).exit).toBe(1);
    expect((await check(mute, '--only', '1.1.1', '--allow-partial')).exit).toBe(0);
    expect((await check(mute, '--only', '1.1.1', '--echo', 'yes')).exit).toBe(1);
  },
  '--pid': async () => {
    const { out } = await check(
      url,
      '--only',
      'security.slow-heads',
      '--no-safe',
      '--pid',
      String(process.pid),
      '--json',
    );
    const isLinux = existsSync('/proc/self/status');
    if (isLinux) expect(records(out)[0]!['received']).toMatch(/[KM]i?B/);
  },
  '--only': async () => {
    expect(await ids(url, '--only', '2.1', '--only', '7.3.*')).toEqual([
      '2.1',
      ...[1, 2, 3, 4, 5, 6].map((n) => `7.3.${n}`),
    ]);
    expect((await check(url, '--only', 'x.*')).exit).toBe(2);
  },
  '--skip': async () =>
    expect(await ids(url, '--only', '2', '--skip', '2.2,2.3', '--skip', '2.1*')).not.toContain('2.2'),
  '--list': async () => {
    const { exit, out } = await check('--list', '--only', '2.1');
    expect(exit).toBe(0);
    expect(out).toBe(
      '2.1  MUST RFC 6455 §5.5.2, server and client\n  A ping without a payload\n' +
        '  -> pong (empty); then the peer answers our close frame (1000)\n',
    );
  },
  '--quick': async () => {
    const [plain, asked] = await Promise.all([ids('--list'), ids('--list', '--quick')]);
    expect(asked).toEqual(plain);
    expect((await check('--list', '--quick', '--full')).exit).toBe(2);
  },
  '--full': async () => {
    const all = await ids('--list', '--full');
    expect(all.filter((id) => /^\d/.test(id))).toHaveLength(517);
  },
  '--safe': async () => {
    const [near, safe] = await Promise.all([ids('--list', url, '--full'), ids('--list', url, '--full', '--safe')]);
    expect(near).toContain('9.1.1');
    expect(safe).not.toContain('9.1.1');
    expect(await ids('--list', 'ws://192.0.2.1/', '--full')).toEqual(safe);
  },
  '--no-safe': async () => expect(await ids('--list', 'ws://192.0.2.1/', '--full', '--no-safe')).toContain('9.1.1'),
  '--jobs': async () => {
    const most = async (jobs: string): Promise<number> => {
      let open = 0;
      let seen = 0;
      let count = 0;
      const held: (() => void)[] = [];
      const server = await peer((socket) => {
        seen = Math.max(seen, ++open);
        // After the probe's, nothing is answered before as many are open as there may be.
        const isProbe = count++ === 0;
        socket.on('close', () => open--);
        socket.on('message', (data, isBinary) => {
          held.push(() => socket.send(data as Buffer, { binary: isBinary }));
          if (isProbe || seen >= Number(jobs)) for (const answer of held.splice(0)) answer();
        });
      });
      expect((await check(server.url, '--only', '1', '--jobs', jobs)).exit).toBe(0);
      return seen;
    };
    // The probe's connection may still be ending.
    expect(await most('1')).toBeLessThanOrEqual(2);
    expect(await most('8')).toBeGreaterThanOrEqual(8);
  },
  '--seed': async () => {
    const sent = async (seed: string): Promise<unknown[]> => {
      await quick('--seed', seed, '--record', file(`seed-${seed}`));
      return records(text(`seed-${seed}`)).flatMap(({ from, hex }) => (from === 'tester' ? [hex] : []));
    };
    const [a, b] = [await sent('7'), await sent('8')];
    expect(await sent('7')).toEqual(a);
    expect(b).not.toEqual(a);
    expect((await quick()).out).toMatch(/seed \d+/);
  },
  '--spec': async () => {
    const spec = {
      outdir: file('spec-out'),
      servers: [{ url, agent: 'mine' }],
      cases: ['2.*'],
      'exclude-cases': ['2.1*'],
    };
    const path = shop.write('fuzzingclient.json', JSON.stringify(spec));
    expect(await check('--spec', path)).toMatchObject({ exit: 0 });
    const index = JSON.parse(text('spec-out/index.json')) as Record<string, Record<string, object>>;
    expect(Object.keys(index)).toEqual(['mine']);
    expect(Object.keys(index['mine']!)).toEqual([2, 3, 4, 5, 6, 7, 8, 9].map((n) => `2.${n}`));
    expect((await check('--spec', shop.write('none.json', '{'))).exit).toBe(2);
  },
  '--junit': async () => {
    expect((await quick('--junit', file('j.xml'))).exit).toBe(0);
    expect(text('j.xml')).toContain('<testcase name="2.1 A ping without a payload"');
    expect((await quick('--junit', '/nonexistent/x')).exit).toBe(2);
    expect((await quick('--junit', '-')).out).toMatch(/^<\?xml [^]*<\/testsuites>\n$/);
    expect((await quick('--junit', '-', '--json')).exit).toBe(2);
  },
  '--tap': async () =>
    expect((await quick('--tap')).out).toBe('TAP version 14\n1..1\nok 1 - 2.1 A ping without a payload\n'),
  '--github': async () =>
    expect((await quick('--github')).out).toMatch(/::notice title=wsinspect check::.* 0 of 1 cases failed\n$/),
  '--name': async () => {
    expect(records((await quick('--name', 'build 7', '--json')).out)[0]).toMatchObject({ agent: 'build 7' });
    expect((await quick('--name', '')).exit).toBe(2);
  },
  '--html': async () => {
    expect((await quick('--html', file('h.html'))).exit).toBe(0);
    expect(text('h.html')).toMatch(/^<!doctype html>[^]*A ping without a payload/i);
  },
  '--reports': async () => {
    expect((await quick('--reports', file('reports/deep'))).exit).toBe(0);
    expect(Object.values(JSON.parse(text('reports/deep/index.json')) as object)).toEqual([
      { '2.1': expect.objectContaining({ behavior: 'OK', behaviorClose: 'OK' }) as object },
    ]);
  },
  '--record': async () => {
    await quick('--record', file('r.ndjson'));
    expect(
      new Set(records(text('r.ndjson')).map(({ type, id, from }) => `${String(type)} ${String(id)} ${String(from)}`)),
    ).toEqual(new Set(['exchange 2.1 tester', 'exchange 2.1 peer']));
  },
  '--expect': async () => {
    const pinned = shop.write('pinned.json', '{"2.1":"FAILED"}');
    expect(await quick('--expect', pinned)).toMatchObject({ exit: 1 });
    const { url: mute } = await echo({ autoPong: false });
    expect((await check(mute, '--only', '2.1')).exit).toBe(1);
    expect(await check(mute, '--only', '2.1', '--expect', pinned)).toMatchObject({ ...OK, exit: 0 });
    expect((await quick('--expect', shop.write('broken.json', '['))).exit).toBe(2);
  },
  '--save-expect': async () => {
    const { url: mute } = await echo({ autoPong: false });
    expect((await check(mute, '--only', '2.1', '--save-expect', file('saved.json'))).exit).toBe(1);
    expect((await check(mute, '--only', '2.1', '--expect', file('saved.json'))).exit).toBe(0);
  },
  '--compare': async () => {
    const [a, b] = [shop.write('a.json', '{"2.1":"OK"}'), shop.write('b.json', '{"2.1":"FAILED"}')];
    expect(await check('--compare', a, b)).toMatchObject({ exit: 1, out: 'broken   2.1  OK -> FAILED\n' });
    expect(await check('--compare', b, a)).toMatchObject({ exit: 0, out: 'fixed    2.1  FAILED -> OK\n' });
    expect((await check('--compare', a)).exit).toBe(2);
    expect((await check('--compare', a, b, '--html', file('c.html'))).exit).toBe(1);
    expect(text('c.html')).toContain('1 case is broken');
    expect((await check('--compare', a, b, '--html', a)).exit).toBe(2);
    expect((await check('--compare', a, b, '--save-expect', file('c.json'))).exit).toBe(2);
  },
  '--header': async () => {
    for (const option of ['-H', '--header']) expect(await headWith(option, 'X-One: 1')).toContain('\r\nX-One: 1\r\n');
  },
  '--user': async () => {
    const basic = (login: string): string => `\r\nAuthorization: Basic ${Buffer.from(login).toString('base64')}\r\n`;
    expect(await headWith()).toContain(basic('user:p'));
    for (const option of ['-u', '--user', '--auth']) expect(await headWith(option, 'a:b')).toContain(basic('a:b'));
  },
  '--subprotocol': async () => {
    expect(await headWith('-s', 'one', '--subprotocol', 'two')).toContain('\r\nSec-WebSocket-Protocol: one, two\r\n');
    const picky = await echo({ handleProtocols: (offered) => (offered.has('two') ? 'two' : false) });
    expect((await check(picky.url, '--only', '2.1', '-s', 'one', '-s', 'two')).exit).toBe(0);
  },
  '--origin': async () =>
    expect(await headWith('-o', 'http://a.example')).toContain('\r\nOrigin: http://a.example\r\n'),
  '--user-agent': async () => expect(await headWith('-A', 'me/1')).toContain('\r\nUser-Agent: me/1\r\n'),
  '--cookie': async () =>
    expect(await headWith('--cookie', 'a=1', '--cookie', 'b=2')).toContain('\r\nCookie: a=1; b=2\r\n'),
  '--insecure': async () => {
    expect((await check(secure, '--only', '2.1')).exit).toBe(60);
    for (const option of ['-k', '--insecure', '--no-check'])
      expect((await check(secure, '--only', '2.1', option)).exit).toBe(0);
  },
  '--cacert': async () => expect((await check(secure, '--only', '2.1', '--cacert', pair.cert)).exit).toBe(0),
  '--keylog': async () => {
    expect((await check(secure, '--insecure', '--only', '2.1', '--keylog', file('check.keys'))).exit).toBe(0);
    expect(text('check.keys')).toMatch(/^CLIENT_TRAFFIC_SECRET_0 [0-9a-f]{64} [0-9a-f]{64,96}$/m);
  },
  '--cert': async () => expect((await quick('--cert', pair.cert)).exit).toBe(2),
  '--key': async () => expect((await quick('--key', pair.key)).exit).toBe(2),
  // What they are for: keys.test.ts.
  '--passphrase': async () => {
    const both = ['--passphrase', 'x', '--passphrase-file', pair.key];
    expect((await quick('--cert', pair.cert, '--key', pair.key, ...both)).exit).toBe(2);
  },
  '--passphrase-file': async () =>
    expect((await quick('--cert', pair.cert, '--key', pair.key, '--passphrase-file', '/nonexistent')).exit).toBe(2),
  '--resolve': async () => {
    const { port } = new URL(url);
    const to = `a.example:${port}:127.0.0.1`;
    expect((await check(`ws://a.example:${port}/`, '--resolve', to, '--only', '2.1')).exit).toBe(0);
  },
  '--connect-to': async () => {
    const to = `a.example:80:127.0.0.1:${new URL(url).port}`;
    expect((await check('ws://a.example/', '--connect-to', to, '--only', '2.1')).exit).toBe(0);
  },
  '--unix-socket': async () => expect((await quick('--unix-socket', '/nonexistent')).exit).toBe(7),
  '--proxy': async () => {
    const proxy = await httpProxy();
    expect((await quick('--proxy', `http://127.0.0.1:${proxy.port}`)).exit).toBe(0);
    expect(proxy.asked[0]).toBe(new URL(url).host);
  },
  '--connect-timeout': async () => {
    const silent = await bare(() => undefined);
    const { exit } = await wsinspect(['check', silent.url, '--connect-timeout', '.2'], {
      clock: async (clock) => {
        await clock.waitsFor(200);
        await clock.advance(200);
      },
    });
    expect(exit).toBe(28);
  },
  '--http2': async () => {
    const { port } = await http2Peer(echoFrames);
    const ran = await check(`ws://127.0.0.1:${port}/`, '--only', 'h2.accepted', '--http2', '--json');
    expect(records(ran.out)).toMatchObject([
      { id: 'h2.accepted', verdict: 'OK' },
      { type: 'summary', http: '2' },
    ]);
    expect((await quick('--http2')).exit).toBe(4);
  },
  '--json': async () =>
    expect(records((await quick('--json')).out).map(({ type }) => type)).toEqual(['case', 'summary']),
  '--color': async () => {
    const [always, never] = await Promise.all([quick('--color', 'always'), quick('--color', 'never')]);
    expect(always.out).toContain('\x1b[');
    expect(never.out).not.toContain('\x1b[');
  },
  '--quiet': async () => expect(await quick('-q')).toMatchObject({ ...OK, out: '' }),
  '--verbose': async () => expect((await quick('-v')).out).toContain('1... ....  FIN'),
  '--help': async () => {
    for (const option of ['-h', '--help']) expect((await check(option)).out).toContain('Usage: wsinspect check ');
  },
};

describe.concurrent('check', () => {
  it('has a test here for each option that --help lists', async () => {
    const { out } = await check('--help');
    const listed = [...out.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option);
    expect(listed.length).toBeGreaterThan(40);
    expect(listed.toSorted()).toEqual(Object.keys(TESTS).toSorted());
  });

  it.each(Object.keys(TESTS))('%s', (option) => TESTS[option]!());

  it('names https in an absolute target where it uses TLS', async () => {
    const ran = await check(secure, '-k', '--only', '*target-absolute', '-v');
    expect(ran.out).toContain(`GET https://${new URL(secure).host}/`);
    expect((await check(url, '--only', '*target-absolute', '-v')).out).toContain('GET http://');
  });
});
