import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { acceptKey } from '../../src/codec/handshake/accept-key.js';
import { readHandshakeBytes, readHandshakeText, type HandshakeText } from '../../src/codec/handshake/text.js';
import { readHandshake } from '../../src/codec/handshake/handshake.js';
import { handshakeChecklist, judgeHandshake } from '../../src/rules/handshake/rules.js';
import { latin1Bytes, RFC_REQUEST, RFC_RESPONSE, SEED_REQUEST } from './head-texts.js';

const handshakeOf = ({ request, response }: HandshakeText) =>
  readHandshake({ ...(request && { request }), ...(response && { response }), acceptOf: acceptKey });
const codes = (text: string): string[] => judgeHandshake(handshakeOf(readHandshakeText(text))).map((d) => d.code);
const kinds = (text: string): string[] => readHandshakeText(text).notes.map((note) => note.kind);
const lf = (text: string): string => text.replaceAll('\r\n', '\n');

const PAIR = RFC_REQUEST + RFC_RESPONSE;
const marked = (mark: string, text: string): string =>
  text
    .trimEnd()
    .split('\r\n')
    .map((line) => mark + line)
    .join('\r\n');
/** What `curl -v` writes of the pair, with its talk. */
const CURL = `* Host localhost:9001 was resolved.
*   Trying 127.0.0.1:9001...
* Connected to localhost (127.0.0.1) port 9001
${marked('> ', RFC_REQUEST)}\r
>\x20\r
* Request completely sent off
${marked('< ', RFC_RESPONSE)}\r
<\x20\r
{ [5 bytes data]
\x81\x05Hello
* Connection #0 to host localhost left intact
`;

const CHROME = `GET ws://127.0.0.1:9527/ws/ HTTP/1.1
Host: 127.0.0.1:9527
Connection: Upgrade
Upgrade: websocket
Sec-WebSocket-Version: 13
Sec-WebSocket-Key: kJXuOKsrl3AR1KeFngRElQ==
Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits`;

describe('readHandshakeText', () => {
  const forms: Record<string, string> = {
    'both heads': PAIR,
    'LF only': lf(PAIR),
    'CR CR LF': PAIR.replaceAll('\r\n', '\r\r\n'),
    'no empty line at the end': lf(PAIR).trimEnd(),
    'no empty line between': lf(RFC_REQUEST).trimEnd() + '\n' + lf(RFC_RESPONSE),
    'a byte order mark': `\ufeff${lf(PAIR)}`,
    indented: lf(PAIR).replace(/^(?=.)/gm, '        '),
    'indented headers': lf(PAIR).replace(/^(?=[A-Z][\w-]+:)/gm, '  '),
    'curl -v': CURL,
    'curl -v --trace-time': CURL.replace(/^(?=[<>*{])/gm, '12:34:56.789012 '),
    'a log with arrows': `${lf(RFC_REQUEST).trimEnd().replace(/^/gm, '--> ')}\n${lf(RFC_RESPONSE).trimEnd().replace(/^/gm, '<-- ')}`,
    'a log with times': lf(PAIR)
      .split('\n')
      .map((line, i) => `2024-05-06T07:08:${String(i + 10)}.123 [client 4] ${line}`.trimEnd())
      .join('\n'),
    'noise around': `connecting...\n\n${lf(PAIR)}\nbye: now\n`,
    'a CONNECT in front': `CONNECT a:80 HTTP/1.1\nHost: a:80\n\nHTTP/1.1 200 Connection established\n\n${lf(PAIR)}`,
    'an interim response': `${lf(RFC_REQUEST)}HTTP/1.1 100 Continue\n\n${lf(RFC_RESPONSE)}`,
    'the response first': lf(RFC_RESPONSE) + lf(RFC_REQUEST),
  };

  /** Forms in which no blank line ends a head: what is missing in it is not seen. */
  const ENDLESS: Record<string, readonly string[]> = {
    'no empty line at the end': ['response'],
    'no empty line between': ['request'],
    'a log with arrows': ['request', 'response'],
  };

  it.each(Object.entries(forms))('reads both heads from %s', (name, text) => {
    const { request, response } = readHandshakeText(text);
    const isWhole = (half: string): boolean => !(ENDLESS[name] ?? []).includes(half);
    expect(request).toMatchObject({ method: 'GET', target: '/chat', version: 'HTTP/1.1' });
    expect(response).toMatchObject({ status: 101, reason: 'Switching Protocols' });
    expect([request?.complete, response?.complete]).toEqual([isWhole('request'), isWhole('response')]);
    expect(request?.headers).toHaveLength(7);
    expect(response?.headers).toHaveLength(4);
    expect(codes(text)).toEqual(['request-key-random']);
  });

  it.each([
    ['request', RFC_REQUEST, ['request']],
    ['response', RFC_RESPONSE, ['response']],
    ['seed', SEED_REQUEST, ['request']],
    ['nothing', 'no handshake in here', []],
    ['empty', '', []],
    ['frames', '\x81\x05Hello', []],
  ])('takes either half: %s', (_, text, halves) => {
    const { request, response } = readHandshakeText(text);
    expect([...(request ? ['request'] : []), ...(response ? ['response'] : [])]).toEqual(halves);
  });

  it('keeps what is wrong in the text, but for its line ends', () => {
    expect(codes('GET / HTTP/1.1\nHost : a\nUpgrade websocket\n\n')).toEqual(
      expect.arrayContaining(['head-space-before-colon', 'head-missing-colon', 'request-key-missing']),
    );
    expect(codes('POST /chat\nHost: a\n')).toEqual(expect.arrayContaining(['request-method', 'head-request-line']));
    expect(codes('brew /pot HTTP/1.1\nHost: a\n')).toContain('request-method');
    expect(codes('GET / HTTP/1.1\nHost: a\nX: b\n  c\n\n')).toContain('head-fold');
    expect(codes(lf(PAIR))).not.toContain('head-bare-lf');
  });

  it("takes a browser's URL for its path", () => {
    expect(codes(CHROME)).toEqual([]);
    expect(readHandshakeText(CHROME).request?.target).toBe('/ws/');
    expect(readHandshakeText(CHROME).notes).toEqual([
      { kind: 'full-url', side: 'request', line: 1, args: { url: 'ws://127.0.0.1:9527/ws/' } },
    ]);
    expect(readHandshakeText('GET wss://a?b=1 HTTP/1.1\nHost: a\n').request?.target).toBe('/?b=1');
  });

  it('takes headers without their first line', () => {
    const headers = CHROME.split('\n').slice(1).join('\n');
    const { request, response } = readHandshakeText(headers);
    expect(response).toBeUndefined();
    expect(request).toMatchObject({ hasStartLine: false });
    expect(codes(headers)).toEqual([]);
    expect(kinds(headers)).toEqual(['no-start-line']);
    const rows = handshakeChecklist(handshakeOf(readHandshakeText(headers)));
    expect(rows.find((row) => row.code === 'request-method')?.result).toBe('not-seen');
    const answer = lf(RFC_RESPONSE).split('\n').slice(1).join('\n');
    expect(readHandshakeText(answer).response).toMatchObject({ hasStartLine: false, status: undefined });
    expect(handshakeOf(readHandshakeText(answer)).upgraded).toBe(true);
  });

  it('takes names and values on lines in turn', () => {
    const pairs = CHROME.replaceAll(': ', '\n');
    const { request } = readHandshakeText(pairs);
    expect(request?.headers.map((h) => [h.name, h.value])).toContainEqual(['Sec-WebSocket-Version', '13']);
    expect(kinds(pairs)).toEqual(['full-url', 'pairs']);
    expect(kinds(CHROME.replaceAll(': ', ':\n'))).toEqual(['full-url', 'pairs']);
    expect(codes(pairs)).toEqual([]);
  });

  it.each(['', 'Key\tValue\n', 'Name\tValue\n', 'Request Headers\nHeader\tValue\n'])(
    'takes the rows of a table, after %j',
    (before) => {
      const rows = lf(RFC_REQUEST).split('\n').slice(1).join('\n').replaceAll(': ', '\t');
      const { request, place } = readHandshakeText(before + rows);
      expect(request?.headers.map((h) => h.name)).toContain('Sec-WebSocket-Key');
      expect(place('request', request?.headers[0]?.valueSpan.start ?? 0)).toEqual({
        line: before.split('\n').length,
        column: 6,
      });
      expect(codes(before + rows)).toEqual(['request-key-random']);
    },
  );

  it('refuses a table whose names are no headers', () => {
    expect(readHandshakeText('Key\tValue\nroom\t1\nHost name\ta\n').request).toBeUndefined();
  });

  it('says that pseudo-headers are none of HTTP/1.1', () => {
    const text = `:method: GET\n:authority: a.example\n:path: /ws\n:scheme: https\nupgrade: websocket\nconnection: Upgrade\nsec-websocket-key: kJXuOKsrl3AR1KeFngRElQ==\nsec-websocket-version: 13\n`;
    const read = readHandshakeText(text);
    expect(read.notes.map((n) => n.kind)).toEqual(['no-start-line', 'pseudo-headers', 'authority-as-host']);
    expect(read.notes[1]?.args).toEqual({ names: ':method, :authority, :path, :scheme' });
    expect(codes(text)).toEqual([]);
    expect(readHandshakeText(text.replaceAll(': ', '\n')).request?.headers.map((h) => h.name)).toEqual(
      read.request?.headers.map((h) => h.name),
    );
  });

  it('reads what the panels of a browser give when all is copied', () => {
    const text = `General\nRequest URL: ws://a/\nStatus Code: 101 Switching Protocols\n\nResponse Headers (4)\n${lf(RFC_RESPONSE).split('\n').slice(1).join('\n')}\nRequest Headers\n⚠ Provisional headers are shown\n${CHROME.split('\n').slice(1).join('\n')}\n`;
    const { request, response } = readHandshakeText(text);
    expect(request?.headers).toHaveLength(6);
    expect(response?.headers).toHaveLength(4);
  });

  it('takes the exchange that is about WebSocket, and says so', () => {
    const text = `GET /login HTTP/1.1\nHost: a\n\nHTTP/1.1 302 Found\nLocation: /ws\n\n${lf(PAIR)}`;
    expect(readHandshakeText(text).request?.target).toBe('/chat');
    expect(readHandshakeText(text).response?.status).toBe(101);
    expect(readHandshakeText(text).notes).toEqual([{ kind: 'several', side: 'request', line: 7, args: {} }]);
  });

  it('does not take an older response for the answer to the last request', () => {
    const text = `GET /a HTTP/1.1\n\nHTTP/1.1 200 OK\n\n${lf(RFC_REQUEST)}`;
    expect(readHandshakeText(text).response).toBeUndefined();
  });

  it('leads from an offset back to the text', () => {
    const read = readHandshakeText(CURL);
    const key = read.request?.headers.find((h) => h.name === 'Sec-WebSocket-Key');
    const place = read.place('request', key?.valueSpan.start ?? 0);
    const line = CURL.split('\n')[(place?.line ?? 0) - 1] as string;
    expect(line.slice((place?.column ?? 0) - 1)).toBe('dGhlIHNhbXBsZSBub25jZQ==\r');
    expect(read.place('request', 0)).toEqual({ line: 4, column: 3 });
    const pairs = readHandshakeText('Host\nserver\nUpgrade\nwebsocket\n');
    const host = pairs.request?.headers[0];
    expect(pairs.place('request', host?.valueSpan.start ?? 0)).toEqual({ line: 2, column: 1 });
    expect(readHandshakeText('').place('request', 0)).toBeUndefined();
  });

  it('is bounded: a head of 10 MB', () => {
    const head = readHandshakeText(`GET / HTTP/1.1\nHost: a\nX: ${'y'.repeat(10_000_000)}\n`).request;
    expect(head?.faults.map((f) => f.kind)).toEqual(['too-large']);
    expect(head?.complete).toBe(false);
  });

  it('never throws, and takes any text in one pass', () => {
    const piece = fc.constantFrom(
      'GET / HTTP/1.1',
      'HTTP/1.1 101 x',
      'Host: a',
      'Sec-WebSocket-Key',
      'Sec-WebSocket-Accept: x',
      '> ',
      '< ',
      '\n',
      '\r\n',
      ':',
      ':method',
      ' ',
      'Request Headers',
      '12:00:00 ',
      '\0',
      '中',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const read = readHandshakeText(pieces.join(''));
        judgeHandshake(handshakeOf(read));
        for (const side of ['request', 'response'] as const) read.place(side, 5);
      }),
      { numRuns: 2000 },
    );
    for (const text of [
      ' ',
      '> ',
      'GET ',
      'GET / ',
      'a:',
      '\n',
      '> GET / HTTP/1.1\n',
      '12:00:00 ',
      'headers ',
      'x GET /\n',
      'GET ws://',
    ]) {
      readHandshakeText(text.repeat(100_000));
    }
  });
});

describe('readHandshakeBytes', () => {
  it('reads wire bytes, and judges their line ends', () => {
    const { request, response } = readHandshakeBytes(latin1Bytes(`${PAIR}\x81\x05Hello`));
    expect(request).toMatchObject({ target: '/chat', span: { start: 0, end: RFC_REQUEST.length } });
    expect(response).toMatchObject({ status: 101, span: { start: RFC_REQUEST.length, end: PAIR.length } });
    expect(readHandshakeBytes(latin1Bytes(lf(PAIR))).request?.faults.map((f) => f.kind)).toContain('bare-lf');
  });
  it.each([
    ['', undefined, undefined],
    ['\x81\x05Hello', undefined, undefined],
    ['BREW /pot HTTP/1.1\r\n\r\n', 'BREW', undefined],
    [RFC_RESPONSE, undefined, 101],
    [`${RFC_REQUEST}HTTP/1.1 100 Continue\r\n\r\n${RFC_RESPONSE}`, 'GET', 101],
    [RFC_REQUEST + RFC_REQUEST, 'GET', undefined],
    [RFC_REQUEST.slice(0, 50), 'GET', undefined],
  ])('%j', (text, method, status) => {
    const { request, response } = readHandshakeBytes(latin1Bytes(text));
    expect([request?.method, response?.status]).toEqual([method, status]);
  });
});
