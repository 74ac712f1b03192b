import { describe, expect, it } from 'vitest';
import { ambiguityIn } from '../../src/live/listener/request-facts.js';
import { parseHead, type RequestHead } from '../../src/codec/http1/head.js';
import { refusalFor, type RequestFacts, type Audience, type ListenerPolicy } from '../../src/live/listener/policy.js';

const HERE = '127.0.0.1:9001';
const POLICY: ListenerPolicy = { names: ['127.0.0.1', 'workbench'], allowHost: [], allowOrigin: [] };

function asking(headers: readonly (readonly [string, string])[], more: Partial<RequestFacts> = {}): RequestFacts {
  return { headers, target: '/', isSecure: false, ...more };
}
const statusOf = (
  headers: readonly (readonly [string, string])[],
  audience: Audience = 'guarded',
  policy: Partial<ListenerPolicy> = {},
  more: Partial<RequestFacts> = {},
): number | undefined => refusalFor(asking(headers, more), audience, { ...POLICY, ...policy })?.status;
const from = (origin: string, host = HERE): [string, string][] => [
  ['Host', host],
  ['Origin', origin],
];

describe('the host of a request', () => {
  it.each([
    'localhost',
    'localhost:9001',
    'LOCALHOST.:9001',
    'page.localhost',
    HERE,
    '192.168.1.7',
    '0.0.0.0:9001',
    '[::1]:9001',
    '[fe80::1]',
    'workbench:9001',
    'Workbench.local',
    '127.1',
  ])('%s is ours', (host) => {
    for (const audience of ['public', 'guarded', 'static'] as const)
      expect(statusOf([['host', host]], audience)).toBeUndefined();
  });

  it.each([
    ['evil.example', 403],
    ['evil.example:9001', 403],
    ['localhost.evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['127.0.0.1.nip.io', 403],
    ['workbench.evil.example', 403],
    ['notlocalhost', 403],
    ['', 400],
    ['evil@127.0.0.1', 400],
    ['127.0.0.1@evil.example', 400],
    ['evil.example/localhost', 400],
    ['evil.example#localhost', 400],
    ['evil.example?localhost', 400],
    ['evil.example\\localhost', 400],
    ['localhost evil.example', 400],
    ['localhost,evil.example', 403],
    ['localhost:9001:evil.example', 400],
    ['local%68ost', 400],
    ['[::1', 400],
    ['[::1]evil.example', 400],
    ['localhost\0', 400],
    ['loc\xaalhost', 400],
    ['http://localhost', 400],
  ])('%j is not: %i', (host, status) => {
    for (const audience of ['public', 'guarded', 'own', 'static'] as const) {
      expect(statusOf([['Host', host]], audience)).toBe(status);
      // Whatever a header of a proxy says, and whatever page asks.
      const more = [
        ['Host', host],
        ['X-Forwarded-Host', 'localhost'],
        ['Forwarded', 'host=localhost'],
        ['Origin', 'http://localhost'],
      ] as const;
      expect(statusOf(more, audience, { allowOrigin: ['*'] })).toBe(status);
    }
  });

  it('has to be there, once', () => {
    expect(statusOf([])).toBe(400);
    expect(
      statusOf([
        ['Host', HERE],
        ['HOST', HERE],
      ]),
    ).toBe(400);
  });

  it('of a target that names one counts too', () => {
    const to = (target: string): number | undefined => statusOf([['Host', HERE]], 'guarded', {}, { target });
    expect(to('http://localhost:9001/')).toBeUndefined();
    expect(to('HTTP://evil.example/')).toBe(403);
    expect(to('ws://evil.example')).toBe(403);
    expect(to('http://evil@localhost/')).toBe(400);
    expect(to('http:///')).toBe(400);
    expect(to('/?http://evil.example/')).toBeUndefined();
  });

  it('may have another name where --allow-host says it', () => {
    expect(statusOf([['Host', 'chat.example:443']], 'guarded', { allowHost: ['chat.example'] })).toBeUndefined();
    expect(statusOf([['Host', 'evil.example']], 'guarded', { allowHost: ['chat.example'] })).toBe(403);
  });
});

const OWN = `http://${HERE}`;
const MACHINE = [
  'http://localhost',
  'https://localhost:5173',
  'http://127.0.0.1:3000',
  'http://127.8.9.10',
  'https://[::1]:8443',
  'tauri://localhost',
  'http://app.localhost:8080',
];
const FOREIGN = [
  'http://evil.example',
  'https://localhost.evil.example',
  'http://127.0.0.1.evil.example',
  'http://localhost@evil.example',
  'http://evil.example/localhost',
  'http://evil.example#localhost',
  'http://10.0.0.1',
  'http://192.168.1.7:9001',
  'http://[::2]',
  'http://0.0.0.0:3000',
  'http://localhost http://evil.example',
  'http://localhost, http://evil.example',
  'file://',
  'null',
  '',
  'localhost',
  'chrome-extension://abcdefgh',
];

describe('a page', () => {
  it.each([OWN, ...MACHINE])('of this machine may ask: %s', (origin) => {
    for (const audience of ['public', 'guarded', 'static'] as const)
      expect(statusOf(from(origin), audience)).toBeUndefined();
  });

  it.each(FOREIGN)('from elsewhere gets what is public and no more: %j', (origin) => {
    expect(statusOf(from(origin), 'guarded')).toBe(403);
    expect(statusOf(from(origin), 'own')).toBe(403);
    expect(statusOf(from(origin), 'public')).toBeUndefined();
    expect(statusOf(from(origin), 'guarded', { allowOrigin: ['https://friend.example'] })).toBe(403);
    expect(statusOf(from(origin), 'guarded', { allowOrigin: ['*'] })).toBeUndefined();
  });

  it('is let in where --allow-origin names it, and nowhere else with what is public', () => {
    const policy = { allowOrigin: ['https://friend.example', 'null'] };
    for (const audience of ['guarded', 'public'] as const) {
      expect(statusOf(from('https://friend.example'), audience, policy)).toBeUndefined();
      expect(statusOf(from('HTTPS://Friend.Example'), audience, policy)).toBeUndefined();
      expect(statusOf(from('null'), audience, policy)).toBeUndefined();
      expect(statusOf(from('https://friend.example:8443'), audience, policy)).toBe(403);
      expect(statusOf(from('http://friend.example'), audience, policy)).toBe(403);
      expect(statusOf(from(OWN), audience, policy)).toBeUndefined();
    }
    expect(statusOf(from('http://localhost:3000'), 'guarded', policy)).toBeUndefined();
    expect(statusOf(from('http://localhost:3000'), 'public', policy)).toBe(403);
    expect(statusOf([['Host', HERE]], 'public', policy)).toBeUndefined();
  });

  it('of the listener is the one that asks under its name, port and scheme', () => {
    expect(statusOf(from(OWN), 'own')).toBeUndefined();
    expect(statusOf(from('http://workbench:9001', 'workbench:9001'), 'own')).toBeUndefined();
    expect(statusOf(from('https://127.0.0.1', '127.0.0.1:443'), 'own', {}, { isSecure: true })).toBeUndefined();
    for (const origin of ['http://127.0.0.1:9002', 'http://localhost:9001', `https://${HERE}`])
      expect(statusOf(from(origin), 'own')).toBe(403);
    expect(statusOf([['Host', HERE]], 'own')).toBe(403);
    // With a proxy between: it may use TLS, and ask under another name.
    expect(statusOf(from('https://chat.example'), 'own', { allowHost: ['chat.example'] })).toBeUndefined();
    expect(statusOf(from('ftp://chat.example'), 'own', { allowHost: ['chat.example'] })).toBe(403);
  });

  it('names one origin', () => {
    for (const audience of ['public', 'guarded', 'own', 'static'] as const)
      expect(statusOf([...from(OWN), ['origin', OWN]], audience)).toBe(403);
  });
});

describe('a request without an origin', () => {
  const site = (value: string, more: readonly (readonly [string, string])[] = []): number | undefined =>
    statusOf([['Host', HERE], ['Sec-Fetch-Site', value], ...more]);

  it('passes, unless a browser says that another site asks', () => {
    expect(statusOf([['Host', HERE]])).toBeUndefined();
    for (const value of ['none', 'same-origin', 'same-site', 'nonsense']) expect(site(value)).toBeUndefined();
    for (const value of ['cross-site', 'Cross-Site', ' cross-site ', 'none, cross-site']) expect(site(value)).toBe(403);
    expect(site('none', [['Sec-Fetch-Site', 'cross-site']])).toBe(403);
    // Where there is an origin, that counts alone.
    expect(site('cross-site', [['Origin', 'http://localhost:3000']])).toBeUndefined();
    expect(
      statusOf(
        [
          ['Host', HERE],
          ['Sec-Fetch-Site', 'cross-site'],
        ],
        'public',
      ),
    ).toBeUndefined();
    expect(
      statusOf(
        [
          ['Host', HERE],
          ['Sec-Fetch-Site', 'cross-site'],
        ],
        'static',
      ),
    ).toBeUndefined();
  });
});

describe('a refusal', () => {
  const reasonOf = (headers: readonly (readonly [string, string])[]): string =>
    refusalFor(asking(headers), 'guarded', POLICY)!.reason;

  it('says why, and which option allows it', () => {
    expect(reasonOf(from('http://evil.example'))).toBe(
      'a page of the origin http://evil.example is not allowed here (--allow-origin http://evil.example allows it)',
    );
    expect(reasonOf([['Host', 'evil.example:80']])).toBe(
      'the host evil.example:80 is not known to be this server (--allow-host evil.example allows it)',
    );
  });

  it('is printable, short, and nothing for a shell, whatever was sent', () => {
    const hostile = `http://a;$(id)\x1b]0;x\x07\r\n::error::\u202e${'y'.repeat(10_000)}`;
    for (const headers of [from(hostile), [['Host', hostile]] as const, from('http://a`id`'), from('--help')]) {
      const reason = reasonOf(headers);
      expect(reason).toMatch(/^[ -~]+$/);
      expect(reason.length).toBeLessThan(500);
      expect(reason).not.toMatch(/--allow-\w+ [^ ]*[;$`]/);
    }
  });
});

describe('a head that two readers read in two ways', () => {
  const status = (lines: string): number | undefined =>
    ambiguityIn(
      parseHead(Buffer.from(`GET / HTTP/1.1\r\n${lines}\r\n\r\n`, 'latin1'), { kind: 'request' }) as RequestHead,
    )?.status;

  it.each([
    'Host: localhost\r\n Host: evil.example',
    'X: y\r\n\tHost: evil.example\r\nHost: localhost',
    ' Host: evil.example\r\nHost: localhost',
    'X: y\rHost: evil.example\r\nHost: localhost',
    'X: y\0Origin: http://localhost\r\nHost: localhost',
    'Host: localhost\r\nX: a\r\n Content-Length: 10',
    'Host: localhost\r\nX: a\rTransfer-Encoding: chunked',
  ])('is refused: %j', (lines) => {
    expect(status(lines)).toBe(400);
  });

  it.each([
    'Host: localhost',
    'Host: localhost\r\nX: a\r\n b',
    'Host : localhost',
    'Hostile: x\r\nHost: a\r\nX-Host: b',
  ])('another is none: %j', (lines) => {
    expect(status(lines)).toBeUndefined();
  });
});
