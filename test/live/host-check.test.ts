import { describe, expect, it } from 'vitest';
import { isOwnHost, isSameOrigin } from '../../src/live/host-check.js';

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
