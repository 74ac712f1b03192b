import { describe, expect, it } from 'vitest';
import { isExempt, redirected, resolved } from '../../src/live/client/route.js';
import { Goals } from '../../src/cli/connect/goals.js';
import { parseTarget } from '../../src/cli/connect/url.js';
import { historyFile } from '../../src/cli/connect/history.js';
import { MessageLines } from '../../src/cli/connect/message-lines.js';
import { readTyped } from '../../src/cli/connect/prompt-commands.js';
import { piecesOf } from '../../src/cli/connect/terminator.js';
import { PasteFilter } from '../../src/cli/connect/prompt-paste.js';

describe('URLs', () => {
  const read = (text: string): unknown => {
    const { url, ...rest } = parseTarget(text);
    return { url: url.href, ...rest };
  };
  it.each([
    ['ws://a', { url: 'ws://a/', secure: false }],
    ['WSS://A:443/x?y', { url: 'wss://a/x?y', secure: true }],
    ['ws://u:p%40@[::1]:9/', { url: 'ws://[::1]:9/', secure: false, user: 'u', password: 'p@' }],
    ['ws+unix:/tmp/s', { url: 'ws://localhost/', secure: false, unixSocket: '/tmp/s' }],
    ['ws+unix:///tmp/s%20t:/a:b?c', { url: 'ws://localhost/a:b?c', secure: false, unixSocket: '/tmp/s t' }],
    ['wss+unix:./s:x', { url: 'wss://localhost/x', secure: true, unixSocket: './s' }],
  ])('%s', (text, target) => expect(read(text)).toEqual(target));

  it.each([
    ['localhost', 'ws://localhost'],
    ['10.0.0.1/x', 'ws://10.0.0.1/x'],
    ['[::1]:80', 'ws://[::1]:80'],
    ['example.com:443', 'wss://example.com:443'],
    ['//example.com', 'wss://example.com'],
    ['example.com:8080', 'ws://example.com:8080'],
    ['https://example.com', 'wss://example.com'],
  ])('%s may be %s', (text, hint) => expect(() => parseTarget(text)).toThrow(`did you mean ${hint}`));

  it.each(['ws://', 'ws://a/#x', 'ws+unix:', 'ws://a:99999'])('%s is none', (text) => {
    expect(() => parseTarget(text)).toThrow();
  });
});

describe('places', () => {
  it('--connect-to: the first rule that fits', () => {
    const rules = [
      { from: { host: 'A', port: 80 }, to: { host: 'b', port: 81 } },
      { from: { host: '' }, to: { host: '', port: 82 } },
    ];
    expect(redirected({ host: 'a', port: 80 }, rules)).toEqual({ host: 'b', port: 81 });
    expect(redirected({ host: 'a', port: 443 }, rules)).toEqual({ host: 'a', port: 82 });
    expect(redirected({ host: 'a', port: 1 }, [])).toEqual({ host: 'a', port: 1 });
  });

  it('--resolve: the last rule that fits', () => {
    const rules = [
      { host: '*', port: 80, addresses: ['1.1.1.1'] },
      { host: 'a', port: 80, addresses: ['::1'] },
    ];
    expect(resolved({ host: 'A', port: 80 }, rules)).toEqual(['::1']);
    expect(resolved({ host: 'b', port: 80 }, rules)).toEqual(['1.1.1.1']);
    expect(resolved({ host: 'b', port: 81 }, rules)).toBeUndefined();
  });

  it.each([
    ['example.com', true],
    ['.example.com', true],
    ['*.example.com', true],
    ['a.example.com:80', true],
    ['a.example.com:81', false],
    ['b.example.com', false],
    ['xample.com', false],
    ['', false],
    ['x, *', true],
  ])('NO_PROXY=%s for a.example.com:80: %s', (list, exempt) => {
    expect(isExempt({ host: 'a.example.com', port: 80 }, list)).toBe(exempt);
  });

  it.each([
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['192.168.1.12', 'a.example, 192.168.1.8/30', false],
    ['192.168.1.10', '192.168.1.8/30', true],
    ['1.2.3.4', '0.0.0.0/0', true],
    ['fd00::1', 'fd00::/8', true],
    ['fd00::1', '[fd00::]/8', true],
    ['fe80::1', 'fd00::/8', false],
    ['fd00::1', '10.0.0.0/8', false],
    ['10.1.2.3', '10.0.0.0/33', false],
    ['10.1.2.3', '10.0.0.0/', false],
    ['a.example', '10.0.0.0/8', false],
  ])('%s is in NO_PROXY=%s: %s', (host, list, exempt) => {
    expect(isExempt({ host, port: 80 }, list)).toBe(exempt);
  });

  it('NO_PROXY with addresses', () => {
    expect(isExempt({ host: '::1', port: 80 }, '::1')).toBe(true);
    expect(isExempt({ host: '::1', port: 80 }, '[::1]:80')).toBe(true);
    expect(isExempt({ host: '10.0.0.1', port: 80 }, '0.0.1')).toBe(false);
  });
});

describe('messages on stdin', () => {
  const split = (pieces: readonly string[], nulls = false): string[] => {
    const lines = new MessageLines(nulls);
    const all = pieces.flatMap((piece) => lines.push(Buffer.from(piece)));
    return [...all, ...lines.last()].map((line) => Buffer.from(line).toString());
  };
  it('are the same however the bytes come', () => {
    const text = 'one\n\nthree\r\nfo\0ur';
    const whole = ['one', '', 'three\r', 'fo\0ur'];
    expect(split([text])).toEqual(whole);
    expect(split([...text])).toEqual(whole);
    expect(split(['a\0\nb\0'], true)).toEqual(['a', '\nb']);
    expect(split([''])).toEqual([]);
  });

  it('one that does not end is bounded', () => {
    const lines = new MessageLines(false);
    const chunk = Buffer.alloc(1024 * 1024);
    expect(() => {
      for (let i = 0; i < 65; i++) lines.push(chunk);
    }).toThrow(/more than 67108864 bytes/);
  });
});

describe('goals', () => {
  const silent = (words: string): never => {
    throw new Error(words);
  };

  it('an expression that would take years is ended, once, and said', () => {
    const notices: string[] = [];
    const goals = new Goals({ expect: /^(a+)+$/ }, (words) => notices.push(words), { time: 20 });
    for (let i = 0; i < 2; i++) goals.take(`${'a'.repeat(60)}!`);
    expect(goals.reached).toBe(false);
    expect(goals.unmet).toBe(
      'none of 2 messages matches /^(a+)+$/, and it takes more than 0.02 s for a text of 61 characters',
    );
    expect(notices).toHaveLength(1);
  });

  it.each([
    ['a count', { count: 2 }, [[false], [true]], undefined],
    ['an expectation', { expect: /b/ }, [[false], [true]], undefined],
    ['both: the count ends it', { count: 2, expect: /a/ }, [[false], [true]], undefined],
    ['both, one unmet', { count: 2, expect: /c/ }, [[false], [true]], 'none of 2 messages matches /c/'],
  ] as const)('%s', (_, asked, reached, unmet) => {
    const goals = new Goals(asked, silent);
    const seen = ['a', 'b'].map((text) => {
      goals.take(text);
      return [goals.reached];
    });
    expect(seen).toEqual(reached);
    expect(goals.unmet).toBe(unmet);
  });

  it('a binary message is counted, and matches nothing', () => {
    const goals = new Goals({ expect: /.*/s }, silent);
    goals.take(undefined);
    expect([goals.received, goals.reached]).toEqual([1, false]);
  });
});

describe('what is typed', () => {
  it.each([
    ['hello', { kind: 'message', binary: false, data: Buffer.from('hello') }],
    ['a␤b', { kind: 'message', binary: false, data: Buffer.from('a\nb') }],
    ['//ping', { kind: 'message', binary: false, data: Buffer.from('/ping') }],
    ['/ping', { kind: 'ping', data: Buffer.from('') }],
    ['/close', { kind: 'close', code: undefined, reason: '' }],
    ['/close 1000 bye bye', { kind: 'close', code: 1000, reason: 'bye bye' }],
    ['/binary 00:ff', { kind: 'message', binary: true, data: Uint8Array.of(0, 255) }],
    ['/raw 8900', { kind: 'raw', data: Uint8Array.of(0x89, 0) }],
    ['/fragment 12', { kind: 'fragment', bytes: 12 }],
    ['/fragment off', { kind: 'fragment', bytes: undefined }],
    ['/quit', { kind: 'quit' }],
  ])('%s', (line, typed) => expect(readTyped(line)).toEqual(typed));

  it.each(['/', '/nothing', '/close soon', '/raw', '/raw 0', '/fragment -1', `/ping ${'x'.repeat(126)}`])(
    '%s is a mistake',
    (line) => {
      expect(readTyped(line).kind).toBe('mistake');
    },
  );

  it('a paste is one line, wherever its marks are cut', () => {
    const keys = 'a\x1b[D\x1b[200~x\r\ny\x1b[2Jz\n\x1b[201~b\r';
    for (let cut = 0; cut <= keys.length; cut++) {
      // A lone ESC is a key: a mark that is cut after it is not seen.
      if (cut === keys.indexOf('\x1b[200~') + 1) continue;
      const filter = new PasteFilter();
      let told = '';
      filter.on('data', (chunk: Buffer) => (told += chunk.toString()));
      filter.write(keys.slice(0, cut));
      filter.write(keys.slice(cut));
      // A line end right before a cut mark stays.
      expect(told.replace('z␤', 'z')).toBe('a\x1b[Dx␤y␛[2Jzb\r');
    }
  });

  it('no control character of a paste is lost', () => {
    const all = Array.from({ length: 33 }, (_, i) => String.fromCharCode(i === 32 ? 0x7f : i))
      .filter((sign) => sign !== '\r')
      .join('');
    const filter = new PasteFilter();
    filter.write(`\x1b[200~a${all}b\x1b[201~`);
    const line = (filter.read() as Buffer).toString();
    // eslint-disable-next-line no-control-regex
    expect(line).not.toMatch(/[\0-\x08\x0a-\x1f\x7f]/);
    expect(readTyped(line)).toEqual({ kind: 'message', data: Buffer.from(`a${all}b`), binary: false });
  });

  it.each([
    ['"a\\u001e\\0\\x1F"', 'a\x1e\0\x1f'],
    ['"\\u{1F36A}\\ud83c\\udf6a"', '🍪🍪'],
    ['"\\b\\f\\n\\r\\t\\v\\\\\\"\\/"', '\b\f\n\r\t\v\\"/'],
    ['""', ''],
    ['" /x␀ "', ' /x\0 '],
  ])('/text %s', (quoted, text) => {
    expect(readTyped(`/text ${quoted}`)).toEqual({ kind: 'message', data: Buffer.from(text), binary: false });
  });

  it.each(['', 'a', '"a', '"a"b"', '"\\q"', '"\\u12"', '"\\u{110000}"', '"\\ud83c"', '"a\\"'])(
    '/text %s is a mistake',
    (rest) => {
      expect(readTyped(`/text ${rest}`).kind).toBe('mistake');
    },
  );

  it.each([
    ['a\x1eb\x1e', ['a', 'b']],
    ['a\x1eb', ['a', 'b']],
    ['\x1e\x1e', ['', '']],
    ['', ['']],
    ['a', ['a']],
  ])('%j at its terminators', (text, pieces) => {
    expect(piecesOf(Buffer.from(text), 0x1e).map(String)).toEqual(pieces);
    expect(piecesOf(Buffer.from(text), undefined).map(String)).toEqual([text]);
  });

  it('a lone ESC is passed on at once', () => {
    const filter = new PasteFilter();
    filter.write('\x1b');
    expect((filter.read() as Buffer).toString()).toBe('\x1b');
  });

  it('history is where XDG wants it', () => {
    expect(historyFile({ XDG_STATE_HOME: '/s', HOME: '/h' }, true)).toBe('/s/wsinspect/history');
    expect(historyFile({ XDG_STATE_HOME: 'relative', HOME: '/h' }, true)).toBe('/h/.local/state/wsinspect/history');
    expect(historyFile({ HOME: '/h', WSINSPECT_NO_HISTORY: '1' }, true)).toBeUndefined();
    expect(historyFile({ HOME: '/h' }, false)).toBeUndefined();
  });
});
