import { describe, expect, it } from 'vitest';
import { shownUrl, withoutPasswords } from '../../src/cli/options/passwords.js';
import { records } from './binary.js';
import { runHere } from './in-process.js';

describe('a URL is shown without its password', () => {
  it.each([
    ['ws://me:secret@host:1/a?b', 'ws://me:***@host:1/a?b'],
    ['ws://:secret@host/', 'ws://:***@host/'],
    ['ws://me@host/', 'ws://me@host/'],
    ['WSS://me:se:cr@et@host/', 'WSS://me:***@host/'],
    ['ws:me:secret@host/', 'ws:me:***@host/'],
    ['ws:/\\me:secret@host/', 'ws:/\\me:***@host/'],
    ['ws://me:sec/ret@host/', 'ws://me:***@host/'],
    ['ws://me:sec ret#?@host/', 'ws://me:***@host/'],
    ['socks5h://me:secret@host', 'socks5h://me:***@host'],
    ['other://me:secret@host', 'other://me:***@host'],
    ['//me:secret@host/a', '//me:***@host/a'],
    ['me:secret@host:1', 'me:***@host:1'],
    ['http://%zz:%zz@host:1', 'http://%zz:***@host:1'],
    ['ws://me:secret@[::1', 'ws://me:***@[::1'],
    ['ws://[::1]:1/@', 'ws://[::1]:1/@'],
    ['ws://host:9001/@me:x', 'ws://host:9001/@me:x'],
    ['ws://host:9001/a@b', 'ws://host:9001/a@b'],
    ['ws://host/a:b@c', 'ws://host/a:b@c'],
    ['/next?to=a@b', '/next?to=a@b'],
    ['ws+unix:/run/a:/b@c', 'ws+unix:/run/a:/b@c'],
    ['', ''],
  ])('%s', (url, shown) => {
    expect(shownUrl(url)).toBe(shown);
    expect(shownUrl(shown)).toBe(shown);
  });

  it('in a message, wherever it stands', () => {
    expect(withoutPasswords("--proxy 'http://a:b@c', then\nws://d:e@f/: no: g@h, i://j")).toBe(
      "--proxy 'http://a:***@c', then\nws://d:***@f/: no: g@h, i://j",
    );
  });
});

const PASSWORD = 'hunter2';
const CLOSED = '127.0.0.1:1';

/** Command lines, some with an environment, with a password in each. */
const LINES: [args: string[], env?: Record<string, string>][] = [
  [['connect', `ws://me:${PASSWORD}@${CLOSED}/`]],
  [['connect', `ws://me:${PASSWORD}@${CLOSED}/#x`]],
  [['connect', `http://me:${PASSWORD}@${CLOSED}/`]],
  [['connect', `me:${PASSWORD}@${CLOSED}/`]],
  [['connect', `ws:me:${PASSWORD}@127.0.0.1:99999/`]],
  [['connect', `ws://me:a b/${PASSWORD}@host/`]],
  [['connect', `ws+unix://me:${PASSWORD}@`]],
  [['connect', `ws://${CLOSED}/`, '-c', `ws://me:${PASSWORD}@${CLOSED}/`]],
  [['connect', `ws://${CLOSED}/`, `ws://me:${PASSWORD}@${CLOSED}/`]],
  [['connect', '-u', `me:${PASSWORD}`, `ws://${CLOSED}/`, '-v']],
  [['connect', `ws://${CLOSED}/`, `--usr=me:${PASSWORD}`]],
  [['connect', `ws://${CLOSED}/`, '-H', `Authorization Bearer ${PASSWORD}`]],
  [['connect', `ws://${CLOSED}/`, '-H', `Authorization=${PASSWORD}`]],
  [['connect', `ws://${CLOSED}/`, '-H', `Authorization: Bearer\n${PASSWORD}`]],
  [['connect', `ws://${CLOSED}/`, '--cookie', `a=\u0001${PASSWORD}`]],
  [['connect', `ws://${CLOSED}/`, '--proxy', `http://me:${PASSWORD}@${CLOSED}`, '-v']],
  [['connect', `ws://${CLOSED}/`, '--proxy', `http://me:%zz${PASSWORD}@${CLOSED}`]],
  [['connect', `ws://${CLOSED}/`, '--proxy', `ftp://me:${PASSWORD}@${CLOSED}`]],
  [['connect', `ws://${CLOSED}/`, '--proxy', `me:${PASSWORD}@127.0.0.1:99999`]],
  [['connect', `ws://${CLOSED}/`], { ws_proxy: `ftp://me:${PASSWORD}@${CLOSED}` }],
  [['connect', `ws://${CLOSED}/`], { ALL_PROXY: `socks5://me:${PASSWORD}%@${CLOSED}` }],
  [['check', `ws://me:${PASSWORD}@${CLOSED}/`]],
  [['check', `ws://me:${PASSWORD}@${CLOSED}/`, '--listen', '127.0.0.1:0']],
  [['check', `ws://me:${PASSWORD}@${CLOSED}/`, '--tap']],
  [['check', '--listen', `me:${PASSWORD}@${CLOSED}`]],
  [['proxy', `ws://me:${PASSWORD}@${CLOSED}/`, `ws://me:${PASSWORD}@${CLOSED}/`]],
  [['proxy', `me:${PASSWORD}@${CLOSED}`]],
  [['serve', `ws://me:${PASSWORD}@${CLOSED}/`]],
  [[`ws://me:${PASSWORD}@${CLOSED}/`]],
  [['decode', '-f', `ws://me:${PASSWORD}@${CLOSED}/`]],
];

describe('a password of the command line is not printed', () => {
  it.each(LINES)('wsinspect %j', async (args, env = {}) => {
    for (const more of [[], ['--json']]) {
      const { out, err, exit } = await runHere([...args, ...more], { env });
      expect(out + err).not.toContain(PASSWORD);
      expect(exit).toBeGreaterThan(1);
      expect(err).not.toBe('');
      if (more.length > 0 && out !== '') expect(records(out).at(-1)).toMatchObject({ type: 'error', exit });
    }
  });
});
