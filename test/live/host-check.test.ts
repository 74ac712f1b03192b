import { describe, expect, it } from 'vitest';
import { httpRefusalOf } from '../../src/live/gate.js';
import { isAllowedOrigin, isOwnHost, isSameOrigin } from '../../src/live/host-check.js';

const NAMES = ['127.0.0.1', 'workbench'];

describe('the host of a request', () => {
  it.each([
    'localhost',
    'localhost:9001',
    'LOCALHOST.:9001',
    'page.localhost',
    '127.0.0.1:9001',
    '192.168.1.7',
    '[::1]:9001',
    'workbench:9001',
    'Workbench.local',
  ])('%s is ours', (host) => {
    expect(isOwnHost(host, NAMES)).toBe(true);
  });

  it.each([
    undefined,
    '',
    'evil.example',
    'evil.example:9001',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'workbench.evil.example',
    'localhost@evil.example',
    'evil.example/localhost',
    'evil.example#localhost',
    'notlocalhost',
  ])('%s is not', (host) => {
    expect(isOwnHost(host, NAMES)).toBe(false);
  });
});

describe('the origin of a request', () => {
  it('is the same where scheme, host and port are', () => {
    expect(isSameOrigin('http://127.0.0.1:9001', '127.0.0.1:9001', false)).toBe(true);
    expect(isSameOrigin('https://127.0.0.1', '127.0.0.1:443', true)).toBe(true);
  });

  it.each([
    ['http://127.0.0.1:9002', '127.0.0.1:9001', false],
    ['http://localhost:9001', '127.0.0.1:9001', false],
    ['https://127.0.0.1:9001', '127.0.0.1:9001', false],
    ['http://evil.example', '127.0.0.1:9001', false],
    ['null', '127.0.0.1:9001', false],
    [undefined, '127.0.0.1:9001', false],
    ['http://127.0.0.1:9001', undefined, false],
  ] as const)('%s is foreign to %s', (origin, host, isSecure) => {
    expect(isSameOrigin(origin, host, isSecure)).toBe(false);
  });
});

describe('the origin of a request through a proxy', () => {
  const ALLOWED = ['chat.example'];

  it.each(['https://chat.example', 'http://chat.example:8080', 'https://CHAT.example.'])('%s is ours', (origin) => {
    expect(isAllowedOrigin(origin, ALLOWED)).toBe(true);
  });

  it.each([
    undefined,
    'null',
    '',
    'https://evil.example',
    'https://chat.example.evil.example',
    'https://not-chat.example',
    'https://evil.example/chat.example',
    'https://chat.example@evil.example',
    'ftp://chat.example',
    'chat.example',
  ])('%s is not', (origin) => {
    expect(isAllowedOrigin(origin, ALLOWED)).toBe(false);
  });
});

describe('a request for polling', () => {
  const NAMED = { own: NAMES, allowed: ['chat.example'] };
  const LOCAL = 'http://127.0.0.1:9001';

  it.each([
    ['127.0.0.1:9001', undefined],
    ['workbench', undefined],
    ['127.0.0.1:9001', LOCAL],
    ['chat.example', 'https://chat.example'],
    ['127.0.0.1:9001', 'https://chat.example'],
    ['127.0.0.1:9001', 'https://friend.example'],
  ])('to %s from %s is answered', (host, origin) => {
    expect(httpRefusalOf({ host, origin, isSecure: false }, NAMED, ['https://friend.example'])).toBeUndefined();
  });

  it.each([
    [undefined, undefined],
    ['evil.example', undefined],
    ['evil.example', 'http://evil.example'],
    ['evil.example', LOCAL],
    ['127.0.0.1:9001', 'http://evil.example'],
    ['127.0.0.1:9001', 'http://127.0.0.1:9002'],
    ['127.0.0.1:9001', 'null'],
  ])('to %s from %s is refused', (host, origin) => {
    expect(httpRefusalOf({ host, origin, isSecure: false }, NAMED)).toMatchObject({ status: 403 });
  });
});
