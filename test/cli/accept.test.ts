import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { WEBSOCKET_GUID } from '../../src/codec/handshake/key.js';
import { latin1Bytes, RFC_REQUEST, RFC_RESPONSE, SEED_REQUEST } from '../codec/head-texts.js';
import { both } from '../rules/handshake-vectors.js';
import { accept } from './accept-io.js';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const VALUE = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

describe('accept KEY', () => {
  it.each([
    [KEY, VALUE],
    ['kJXuOKsrl3AR1KeFngRElQ==', 'lCaWI6ZCGd5I25+0bJrVqBOcDYc='],
    [`  ${KEY}\r\n`, VALUE],
    [`Sec-WebSocket-Key: ${KEY}`, VALUE],
  ])('%j prints the bare value into a pipe', async (key, value) => {
    expect(await accept(key)).toEqual({ exit: 0, out: `${value}\n`, err: '' });
  });

  it('shows the steps on a terminal, and with --explain; --plain is bare there too', async () => {
    const shown = (await accept(KEY, {}, { tty: true })).out;
    for (const step of [
      KEY,
      '74 68 65 20 73 61 6d 70 6c 65 20 6e 6f 6e 63 65',
      WEBSOCKET_GUID,
      'b37a4f2cc0624f1690f64606cf385945b2bec4ea',
      VALUE,
      'RFC 6455 §4.1',
      'RFC 6455 §4.2.2',
      'RFC 4648 §4',
      'not who',
      'decrypted',
    ]) {
      expect(shown.replaceAll(/\x1b\[\d+m/g, '')).toContain(step); // eslint-disable-line no-control-regex
    }
    expect((await accept(KEY, { explain: true })).out).toBe(
      (await accept(KEY, {}, { tty: true, env: { NO_COLOR: '1' } })).out,
    );
    expect((await accept(KEY, { plain: true }, { tty: true })).out).toBe(`${VALUE}\n`);
  });

  it.each([60, 80, 160])('stays within %i columns', async (columns) => {
    for (const options of [{}, { verify: 'wrong' }]) {
      const { out } = await accept(KEY, { ...options, color: 'never' }, { tty: true, columns });
      for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
    }
  });

  it('keeps the sections in sight on a wide terminal', async () => {
    const { out } = await accept(KEY, { verify: 'wrong', color: 'never' }, { tty: true, columns: 160 });
    const sections = out.split('\n').filter((line) => /RFC \d+ §[\d.]+$/.test(line));
    expect(sections).toHaveLength(5);
    for (const line of sections) expect(line).toHaveLength(100);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('says how many bytes a key has', async () => {
    expect((await accept(KEY, { explain: true })).out).toContain('16 random bytes; not used below');
    const short = (await accept('c2hvcnQ=', { explain: true, lenient: true })).out;
    expect(short).toContain('5 bytes, not 16; not used below');
    expect(short).not.toContain('random');
  });

  it('prints one accept record with --json', async () => {
    expect((await accept(KEY, { json: true, explain: true }, { tty: true })).out).toBe(
      `{"type":"accept","key":"${KEY}","accept":"${VALUE}","keyBytes":"7468652073616d706c65206e6f6e6365",` +
        `"concatenated":"${KEY}${WEBSOCKET_GUID}","sha1":"b37a4f2cc0624f1690f64606cf385945b2bec4ea"}\n`,
    );
    const verified = await accept(KEY, { json: true, verify: 'wrong' });
    expect(verified.exit).toBe(1);
    expect(JSON.parse(verified.out)).toMatchObject({ accept: VALUE, expected: 'wrong', match: false });
    expect(JSON.parse((await accept(KEY, { json: true, verify: VALUE })).out)).toMatchObject({
      expected: VALUE,
      match: true,
    });
  });

  it('prints nothing with -q', async () => {
    expect(await accept(KEY, { quiet: true })).toEqual({ exit: 0, out: '', err: '' });
    expect(await accept(KEY, { quiet: true, verify: 'x' })).toEqual({ exit: 1, out: '', err: '' });
    expect(await accept('x', { quiet: true, lenient: true })).toEqual({ exit: 0, out: '', err: '' });
  });

  it('colours by option and environment', async () => {
    expect((await accept(KEY, { explain: true, color: 'always' })).out).toContain('\x1b[');
    expect((await accept(KEY, { explain: true }, { env: { FORCE_COLOR: '1' } })).out).toContain('\x1b[');
    expect((await accept(KEY, { color: 'never' }, { tty: true })).out).not.toContain('\x1b[');
  });
});

describe('accept with a bad key', () => {
  it.each<[string, number | undefined, RegExp]>([
    ['dGhlIHNh!XBsZSBub25jZQ==', 9, /^'!' is not a Base64 digit/],
    ['dGhlIHNh XBsZSBub25jZQ==', 9, /^' ' is not a Base64 digit/],
    ['dGhlIHNhbXBsZSBub25jZ🎉==', 22, /^'🎉' is not a Base64 digit/u],
    ['dGhlIHNhbXBsZSBub25jZQ', 23, /padding is wrong/],
    ['dGhlIHNhbXBsZSBub25jZR==', 22, /^'R' has bits that belong to no byte/],
    ['AAAA', undefined, /has 3 bytes, not 16/],
    ['', undefined, /has 0 bytes, not 16/],
  ])('%j: column %s, %s', async (key, column, message) => {
    const ran = await accept(key);
    expect(ran).toMatchObject({ exit: 2, out: '', err: '' });
    expect(ran.error).toMatch(message);
    expect(ran.error).not.toContain('\n');
    expect(ran.column).toBe(column);
  });

  it('computes it nevertheless with --lenient, with a notice', async () => {
    for (const key of ['AAAA', '', 'not Base64', 'ключ', 'é']) {
      const { exit, out, err } = await accept(key, { lenient: true });
      expect(exit).toBe(0);
      expect(out).toBe(
        `${createHash('sha1')
          .update(key + WEBSOCKET_GUID, 'utf8')
          .digest('base64')}\n`,
      );
      expect(err).toMatch(/^notice: not a legal key \(RFC 6455 §4\.1\): .*\n$/);
    }
    expect((await accept('a\x1b[2J', { lenient: true, explain: true })).out).not.toContain('\x1b');
  });

  it('says which options do not go together', async () => {
    for (const [key, options] of [
      [undefined, {}],
      [KEY, { generate: true }],
      [undefined, { generate: true, verify: VALUE }],
      [undefined, { generate: true, handshake: '' }],
      [undefined, { handshake: '', verify: VALUE }],
      [KEY, { handshake: 'file' }],
    ] as const) {
      expect((await accept(key, options)).error).toMatch(/^[^\n]+$/);
    }
  });
});

describe('accept --verify', () => {
  it('is 0 or 1', async () => {
    expect(await accept(KEY, { verify: VALUE })).toEqual({ exit: 0, out: `${VALUE}\n`, err: '' });
    expect(await accept(KEY, { verify: ` ${VALUE}\n` })).toMatchObject({ exit: 0 });
    expect(await accept(KEY, { verify: `Sec-WebSocket-Accept: ${VALUE}` })).toMatchObject({ exit: 0 });
    for (const value of ['lCaWI6ZCGd5I25+0bJrVqBOcDYc=', '', VALUE.toLowerCase()]) {
      expect(await accept(KEY, { verify: value })).toMatchObject({ exit: 1 });
    }
  });

  it('shows both values on a mismatch, and what went wrong where it is known', async () => {
    const hex = 'b37a4f2cc0624f1690f64606cf385945b2bec4ea';
    for (const world of [{}, { tty: true, env: { NO_COLOR: '1' } }]) {
      const { out } = await accept(KEY, { verify: hex }, world);
      expect(out).toContain('mismatch');
      expect(out).toMatch(new RegExp(`computed +${VALUE.replaceAll('+', '\\+')}`));
      expect(out).toMatch(new RegExp(`given +${hex}`));
      expect(out).toContain('The given value is the SHA-1 as hex digits');
    }
    expect((await accept(KEY, { verify: 'a\x1b[2J' })).out).toContain('a\\x1b[2J');
    expect((await accept(KEY, { verify: VALUE, explain: true })).out).toContain('match');
  });
});

describe('accept --generate', () => {
  it('makes a key with its value', async () => {
    const { out, exit } = await accept(undefined, { generate: true });
    const [key, value] = out.trimEnd().split(' ') as [string, string];
    expect(exit).toBe(0);
    expect(key).toBe('AQIDBAUGBwgJCgsMDQ4PEA==');
    expect((await accept(key, { verify: value })).exit).toBe(0);
    expect(JSON.parse((await accept(undefined, { generate: true, json: true })).out)).toMatchObject({
      type: 'accept',
      key,
      accept: value,
    });
    expect((await accept(undefined, { generate: true }, { tty: true })).out).toContain(value);
  });
});

describe('accept --handshake', () => {
  const plain = (ran: { out: string }): string => ran.out.replaceAll(/\s+/g, ' ');

  it('judges a legal pair from stdin or a file: exit 0', async () => {
    const { request, response } = both();
    const text = `${request ?? ''}${response ?? ''}`;
    for (const ran of [
      await accept(undefined, { handshake: '' }, { stdin: text }),
      await accept(undefined, { handshake: '-' }, { stdin: text }),
      await accept('-', { handshake: '' }, { stdin: text }),
      await accept(undefined, { handshake: 'shake.txt' }, { files: { 'shake.txt': text } }),
      await accept('shake.txt', { handshake: '' }, { files: { 'shake.txt': text } }),
    ]) {
      expect(ran).toMatchObject({ exit: 0, err: '' });
      expect(plain(ran)).not.toContain('The method is GET.');
      expect(ran.out).toMatch(/^valid {2}\d+ pass, 0 fail/m);
    }
    const ran = await accept(undefined, { handshake: '', verbose: true }, { stdin: text });
    expect(plain(ran)).toContain('pass RFC 6455 §4.1 The method is GET.');
    expect(plain(ran)).toContain('pass RFC 6455 §4.2.2 The accept value is the one that the key requires.');
  });

  it('shows what is broken where: exit 1', async () => {
    const text = (RFC_REQUEST + RFC_RESPONSE).replaceAll('\r\n', '\n').replace('Protocol: chat\n', 'Protocol: toast\n');
    const ran = await accept(undefined, { handshake: '' }, { stdin: text });
    expect(ran.exit).toBe(1);
    expect(plain(ran)).toContain(
      "fail RFC 6455 §4.1 The subprotocol is one that the client offered. response, line 14, column 25: the subprotocol 'toast' was not offered",
    );
    expect(ran.out).toMatch(/^invalid {2}\d+ pass, 1 fail/m);
  });

  it('says what it has not seen', async () => {
    const ran = await accept(undefined, { handshake: '', verbose: true }, { stdin: SEED_REQUEST });
    expect(ran.exit).toBe(0);
    expect(plain(ran)).toContain('not seen RFC 6455 §4.1 The response has a Sec-WebSocket-Accept header.');
    expect(ran.out).toMatch(/^nothing wrong in the request; no response seen {2}\d+ pass, 0 fail, /m);
    expect(ran.out).not.toMatch(/^valid/m);
  });

  it('takes a refusal for a negative finding', async () => {
    const ran = await accept(
      undefined,
      { handshake: '' },
      { stdin: `${SEED_REQUEST}HTTP/1.1 403 Forbidden\r\n\r\nno` },
    );
    expect(ran.exit).toBe(1);
    expect(ran.out).toContain('refused by the server with 403');
  });

  it('counts warnings with --strict', async () => {
    const stdin = (both({ 'Content-Length': '1' }).request as string) + (both().response as string);
    expect((await accept(undefined, { handshake: '' }, { stdin })).exit).toBe(0);
    expect((await accept(undefined, { handshake: '', strict: true }, { stdin })).exit).toBe(1);
  });

  it('prints one handshake record with --json', async () => {
    const ran = await accept(undefined, { handshake: '', json: true }, { stdin: RFC_REQUEST + RFC_RESPONSE });
    expect(ran.exit).toBe(0);
    expect(ran.out.split('\n')).toHaveLength(2);
    const record = JSON.parse(ran.out) as Record<string, unknown>;
    expect(Object.keys(record)[0]).toBe('type');
    expect(record).toMatchObject({
      type: 'handshake',
      request: { line: 'GET /chat HTTP/1.1' },
      response: { line: 'HTTP/1.1 101 Switching Protocols' },
      key: KEY,
      accept: VALUE,
      expectedAccept: VALUE,
      subprotocol: 'chat',
      valid: true,
      diagnostics: [{ code: 'request-key-random', severity: 'notice', rfc: 'RFC 6455 §4.1' }],
    });
    expect(record).not.toHaveProperty('connection');
  });

  it('says in the record whose half is wrong, and where in the text', async () => {
    const stdin = (RFC_REQUEST + RFC_RESPONSE)
      .replaceAll('\r\n', '\n')
      .replace('Protocol: chat\n', 'Protocol: toast\n');
    const ran = await accept(undefined, { handshake: '', json: true }, { stdin: `$ curl\n${stdin}` });
    const { diagnostics } = JSON.parse(ran.out) as { diagnostics: Record<string, unknown>[] };
    expect(diagnostics).toMatchObject([
      { code: 'request-key-random', direction: 'client', line: 6, column: 20 },
      { code: 'response-protocol-offered', direction: 'server', line: 15, column: 25 },
    ]);
    const hex = Buffer.from(latin1Bytes(RFC_REQUEST)).toString('hex');
    const dumped = await accept(undefined, { handshake: '', json: true }, { stdin: hex });
    const [first] = (JSON.parse(dumped.out) as typeof ran & { diagnostics: Record<string, unknown>[] }).diagnostics;
    expect(first).toMatchObject({ code: 'request-key-random', direction: 'client' });
    expect(first).not.toHaveProperty('line');
    expect(first).not.toHaveProperty('column');
  });

  it('calls no refusal valid in the record', async () => {
    const stdin = `${SEED_REQUEST}HTTP/1.1 403 Forbidden\r\n\r\nno`;
    const refused = await accept(undefined, { handshake: '', json: true }, { stdin });
    expect(refused.exit).toBe(1);
    expect(JSON.parse(refused.out)).toMatchObject({ valid: false, diagnostics: [{ code: 'response-status' }] });
    const alone = await accept(undefined, { handshake: '', json: true }, { stdin: SEED_REQUEST });
    expect(JSON.parse(alone.out)).toMatchObject({ valid: true });
  });

  it('says on stderr how it understood the text', async () => {
    const stdin = 'GET ws://a/ HTTP/1.1\nHost: a\n';
    const ran = await accept(undefined, { handshake: '' }, { stdin });
    expect(ran.err).toMatch(/^note: line 1: ws:\/\/a\/ is how browsers show the request/);
    expect((await accept(undefined, { handshake: '', quiet: true }, { stdin })).err).toBe('');
  });

  it('escapes what comes from the text', async () => {
    const stdin = `${RFC_REQUEST.replace('/chat', '/\x1b]0;x\x07')}`.replace('websocket', 'x\x1b[2J\u202e');
    const ran = await accept(undefined, { handshake: '', color: 'never', verbose: true }, { stdin, tty: true });
    // eslint-disable-next-line no-control-regex
    expect(ran.out + ran.err).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    expect(ran.out).toContain('\\x1b');
  });

  it('reads UTF-16 and bytes that are no UTF-8', async () => {
    const utf16 = Uint8Array.from(Buffer.from(`\ufeff${SEED_REQUEST}`, 'utf16le'));
    expect((await accept(undefined, { handshake: '' }, { stdin: utf16 })).exit).toBe(0);
    const latin = latin1Bytes(SEED_REQUEST.replace('no-cache', 'caf\xe9'));
    expect((await accept(undefined, { handshake: '' }, { stdin: latin })).exit).toBe(0);
  });

  it('reads what decode reads: hex, dumps, captures', async () => {
    const stdin = Buffer.from(SEED_REQUEST.replaceAll('\r\n', '\n')).toString('hex');
    const ran = await accept(undefined, { handshake: '' }, { stdin });
    expect(ran.exit).toBe(0);
    expect(ran.out).toContain('a bare LF');
    const capture = readFileSync('fixtures/dumps/lo.pcap');
    const captured = await accept(undefined, { handshake: 'a.pcap' }, { files: { 'a.pcap': capture } });
    expect(captured).toMatchObject({ exit: 0, err: '' });
    expect(captured.out).toMatch(/^valid {2}\d+ pass, 0 fail/m);
    const pcapng = readFileSync('fixtures/captures/websocket.pcapng');
    const next = await accept(undefined, { handshake: 'a.pcapng' }, { files: { 'a.pcapng': pcapng } });
    expect(next.out).toMatch(/^valid {2}\d+ pass, 0 fail/m);
  });

  it.each<[string, object]>([
    ['Firefox', { _serverPort: 80 }],
    ['WebInspector', {}],
    ['Chromium', { _resourceType: 'websocket', _webSocketMessages: [] }],
    [
      'mitmproxy',
      { _webSocketMessages: [{ type: 'send', time: 1767323046, opcode: 1, data: 'a' }], _resourceType: 'websocket' },
    ],
    ['Charles Proxy', { _webSocketMessages: [{ type: 'receive', opcode: 1, data: 'a' }] }],
  ])('reads the archive of %s', async (name, more) => {
    const headersOf = (head: string | undefined): object[] =>
      (head ?? '')
        .split('\r\n')
        .slice(1)
        .flatMap((line) => {
          const [header = '', value] = line.split(': ');
          return value === undefined ? [] : [{ name: header, value }];
        });
    const { request, response } = both();
    const entry = {
      startedDateTime: '2026-01-02T03:04:05Z',
      request: { method: 'GET', url: 'ws://a.example/chat', httpVersion: 'HTTP/1.1', headers: headersOf(request) },
      response: { status: 101, statusText: 'x', httpVersion: 'HTTP/1.1', headers: headersOf(response) },
      ...more,
    };
    const stdin = JSON.stringify({ log: { version: '1.2', creator: { name, version: '1' }, entries: [entry] } });
    const ran = await accept(undefined, { handshake: '' }, { stdin });
    expect(ran).toMatchObject({ exit: 0 });
    expect(ran.out).toContain(' 0 fail');
    const wrong = await accept(undefined, { handshake: '' }, { stdin: stdin.replace(/(Accept","value":")./, '$1*') });
    expect(wrong.exit).toBe(1);
    expect(plain(wrong)).toContain('(response-accept-value)');
  });

  it.each([
    ['GET / HTTP/1.1\nconnected to the server\nframe sent\nHost: a\n\n', 2],
    ['sent GET /ws HTTP/1.1\nall is well\n', 1],
  ])('refuses %j in one line', async (stdin, line) => {
    const ran = await accept(undefined, { handshake: '' }, { stdin });
    expect(ran).toMatchObject({ exit: 2, out: '' });
    expect(ran.error).toMatch(new RegExp(`^stdin: line ${line}: [^\\n]* nothing is judged$`));
  });

  it.each([
    ['', /^stdin: nothing in it: /],
    ['hello\n', /^stdin: no handshake in it: /],
  ])('%j: exit 2', async (stdin, message) => {
    expect((await accept(undefined, { handshake: '' }, { stdin })).error).toMatch(message);
    expect((await accept(undefined, { handshake: 'none' })).error).toMatch(/^none: /);
  });

  it('reads no more than it needs of an endless input', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      await Promise.resolve();
      yield latin1Bytes('GET / HTTP/1.1\r\n');
      for (;;) yield latin1Bytes(`X: ${'y'.repeat(65_000)}\r\n`);
    }
    const ran = await accept(undefined, { handshake: '' }, { stdin: endless() });
    expect(ran.exit).toBe(1);
    expect(plain(ran)).toContain('was not judged');
  });

  it.each([60, 80, 160])('stays within %i columns', async (columns) => {
    const { request, response } = both({ 'Sec-WebSocket-Version': '8' }, { 'Sec-WebSocket-Protocol': 'x' });
    const stdin = `${request ?? ''}${response ?? ''}`;
    for (const verbose of [{}, { verbose: true as const }]) {
      const ran = await accept(undefined, { handshake: '', color: 'never', ...verbose }, { stdin, tty: true, columns });
      for (const line of ran.out.split('\n')) {
        expect(line.length).toBeLessThanOrEqual(columns);
        expect(line).toBe(line.trimEnd());
      }
    }
  });
});
