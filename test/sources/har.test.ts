import { readFileSync } from 'node:fs';
import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import { acceptKey } from '../../src/codec/handshake/accept-key.js';
import { jsonRecords } from '../../src/index.js';
import { inspect } from '../../src/traffic/inspect.js';
import type { Inspected } from '../../src/traffic/plain-record.js';

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/recordings/${name}`, import.meta.url)));

/** What comes of an input, a line each. */
async function told(input: string | Uint8Array | object, size?: number): Promise<string[]> {
  const bytes =
    input instanceof Uint8Array ? input : Buffer.from(typeof input === 'string' ? input : JSON.stringify(input));
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size ?? bytes.length)
    chunks.push(bytes.slice(at, at + (size ?? bytes.length)));
  const out: string[] = [];
  for await (const record of inspect(chunks, { acceptOf: acceptKey, raw: nodeDeflate })) out.push(...wordsOf(record));
  return out;
}

function wordsOf(record: Inspected): string[] {
  const faults = 'diagnostics' in record ? record.diagnostics.map(({ code }) => `! ${code}`) : [];
  switch (record.type) {
    case 'handshake': {
      const { request, response } = record.handshake;
      return [`handshake ${request?.target ?? '-'} ${response?.status ?? '-'}`, ...faults];
    }
    case 'frame': {
      const { name, payload, message, whole } = record.frame;
      const shown = Buffer.from(message?.payload ?? payload);
      const text = name === 'text' && whole ? shown.toString() : shown.toString('hex');
      return [`${record.direction} ${name} ${text}${whole ? '' : ' cut'}`, ...faults];
    }
    case 'failure':
      return [`failure ${record.text}`, ...faults];
    case 'connection': {
      const { ended, failure, firstTime, lastTime } = record.summary;
      const span = firstTime === undefined ? 'undated' : (lastTime! - firstTime).toFixed(1);
      return [`end ${ended}${failure === undefined ? '' : ` ${failure}`} ${span}`];
    }
    case 'notice':
      return /^a HAR has messages/.test(record.message) ? [] : [`notice ${record.message}`];
    case 'damage':
    case 'problem':
      return [`${record.type} ${record.message}`];
    default:
      return [record.type, ...faults];
  }
}

const REQUEST = {
  method: 'GET',
  url: 'wss://example.com/ws',
  httpVersion: 'HTTP/1.1',
  headers: [
    { name: 'Host', value: 'example.com' },
    { name: 'Upgrade', value: 'websocket' },
    { name: 'Connection', value: 'Upgrade' },
    { name: 'Sec-WebSocket-Key', value: 'kJXuOKsrl3AR1KeFngRElQ==' },
    { name: 'Sec-WebSocket-Version', value: '13' },
  ],
};
const RESPONSE = { status: 101, statusText: '', httpVersion: '', headers: [], _error: null };
const START = '2026-01-02T03:04:05.000Z';
const HI = { type: 'send', time: 1767323045.5, opcode: 1, data: 'hi' };
const READY = { type: 'receive', time: 1767323046.5, opcode: 1, data: 'ready' };
const ENTRY = { startedDateTime: START, _resourceType: 'websocket', request: REQUEST, response: RESPONSE };
const har = (...entries: object[]): object => ({ log: { version: '1.2', creator: { name: 'x' }, entries } });
const BOTH = ['client text hi', 'server text ready'];
/** As Chrome writes the request of a WebSocket over HTTP/2, and what it sends then. */
const KEYLESS = { ...REQUEST, headers: REQUEST.headers.filter(({ name }) => name !== 'Sec-WebSocket-Key') };
const HTTP2_SENT = {
  request: {
    ...{ method: 'CONNECT', url: 'wss://example.com/ws', httpVersion: 'HTTP/2' },
    headers: [
      { name: ':method', value: 'CONNECT' },
      { name: ':protocol', value: 'websocket' },
      { name: ':scheme', value: 'https' },
      { name: ':path', value: '/ws' },
      { name: ':authority', value: 'example.com' },
      { name: 'sec-websocket-version', value: '13' },
    ],
  },
  response: { status: 200, httpVersion: 'HTTP/2', headers: [{ name: ':status', value: '200' }] },
};
const FAULT = { name: 'connection', value: 'upgrade' };
const REWRITTEN_2 = {
  request: { ...REQUEST, httpVersion: 'HTTP/2' },
  response: { status: 200, httpVersion: 'HTTP/2', headers: [] },
};
const REWRITTEN =
  'notice a WebSocket over HTTP/2 (RFC 8441), whose handshake the browser wrote in the form of HTTP/1.1: method, ' +
  ':protocol and what only HTTP/1.1 has are not judged';
const UNKNOWN =
  'notice a WebSocket over HTTP/2 or HTTP/3 (RFC 8441, RFC 9220), the file does not show which: its handshake is not judged';

describe('a HAR of Chrome with a WebSocket over HTTP/2', () => {
  const CHROME = { name: 'WebInspector', version: '537.36' };
  const headers = [...KEYLESS.headers, { name: 'Sec-WebSocket-Protocol', value: 'chat, graphql-ws' }];
  const response = (protocol: string): object => ({
    ...{ status: 200, statusText: '', httpVersion: 'HTTP/1.1' },
    headers: [{ name: 'sec-websocket-protocol', value: protocol }],
  });
  const file = (protocol: string, ...messages: object[]): string =>
    JSON.stringify({
      log: {
        version: '1.2',
        creator: CHROME,
        entries: [
          {
            ...{ ...ENTRY, request: { ...KEYLESS, headers }, response: response(protocol) },
            _webSocketMessages: messages,
          },
        ],
      },
    });

  it('was not refused, though the answer is no 101', async () => {
    const [notice, ...words] = await told(JSON.parse(file('chat')) as object);
    expect(notice).toBe(REWRITTEN);
    expect(words.slice(0, 1)).toEqual(['handshake /ws 200']);
  });

  it('shows no field that Chrome made up, and no number of a stream', async () => {
    for await (const record of inspect(file('chat', HI), { acceptOf: acceptKey, raw: nodeDeflate })) {
      if (record.type !== 'handshake') continue;
      const names = record.handshake.request!.headers.map(({ name }) => name);
      expect(names).toEqual([':scheme', ':authority', ':path', 'sec-websocket-version', 'sec-websocket-protocol']);
      expect([record.handshake.http2, record.handshake.upgraded]).toEqual([{ stream: undefined }, true]);
      const [json] = jsonRecords(record);
      expect(json).toMatchObject({ http: '2', subprotocol: 'chat', valid: true });
      expect(json).not.toHaveProperty('stream');
    }
  });
});

describe('a HAR', () => {
  const CLOSED = 'WebSocket is closed before the connection is established.';

  it.each<[string, object, string[]]>([
    [
      'of a failure in place of messages',
      {
        ...ENTRY,
        response: { ...RESPONSE, status: 0 },
        _webSocketMessages: [{ type: 'error', time: 1767323045.5, opcode: -1, data: CLOSED }],
      },
      ['handshake /ws -', `failure ${CLOSED}`, '! connection-failed', `end failed ${CLOSED} 0.5`],
    ],
    [
      'of a failure without a text after messages, and a 101 without headers',
      { ...ENTRY, _webSocketMessages: [HI, { type: 'error', time: 1767323046.5, opcode: -1, data: '' }] },
      ['handshake /ws 101', 'client text hi', 'failure ', '! connection-failed', 'end failed 1.5'],
    ],
    [
      'of Playwright, which writes the failure beside the response',
      { ...ENTRY, response: { status: -1, headers: [], _failureText: 'net::ERR_CONNECTION_REFUSED' } },
      [
        'handshake /ws -',
        'failure net::ERR_CONNECTION_REFUSED',
        '! connection-failed',
        'end failed net::ERR_CONNECTION_REFUSED 0.0',
      ],
    ],
    [
      'of Safari, which writes an error of its own',
      { startedDateTime: START, request: REQUEST, response: { status: 0, headers: [], _error: 'cancelled' } },
      ['handshake /ws -', 'failure cancelled', '! connection-failed', 'end failed cancelled 0.0'],
    ],
    [
      'of Charles',
      { startedDateTime: START, request: REQUEST, response: { status: 101, headers: [], _charlesStatus: 'EXCEPTION' } },
      ['handshake /ws 101', 'failure Charles: EXCEPTION', '! connection-failed', 'end failed Charles: EXCEPTION 0.0'],
    ],
    [
      'of HTTP Toolkit',
      { ...ENTRY, _webSocketMessages: [HI], _webSocketClose: 'aborted' },
      ['handshake /ws 101', 'client text hi', 'failure aborted', '! connection-failed', 'end failed aborted 0.5'],
    ],
  ])('%s', async (_, entry, expected) => {
    expect(await told(har(entry))).toEqual(expected);
    expect(await told(har(entry), 7)).toEqual(expected);
  });

  it.each<[string, object, string[]]>([
    ['Chrome', { ...ENTRY, _webSocketMessages: [HI, READY] }, ['handshake /ws 101', ...BOTH, 'end unrecorded 1.5']],
    [
      'Chrome, without an answer',
      { ...ENTRY, response: { ...RESPONSE, status: 0 }, _webSocketMessages: [READY, HI, READY] },
      ['handshake /ws -', 'server text ready', ...BOTH, 'end unrecorded 1.5'],
    ],
    [
      'Chrome, without either head',
      { ...ENTRY, request: undefined, response: undefined, _webSocketMessages: [HI, READY] },
      [...BOTH, 'end unrecorded 1.5'],
    ],
    [
      'Chrome, headers left out by who shared it',
      { ...ENTRY, request: { ...REQUEST, headers: REQUEST.headers.slice(0, 1) }, _webSocketMessages: [HI, READY] },
      ['handshake /ws 101', ...BOTH, 'end unrecorded 1.5'],
    ],
    [
      'a tool that does not encode URLs',
      {
        ...ENTRY,
        request: { ...REQUEST, url: 'wss://example.com/a b?c=1\u2028 2\n#d e' },
        _webSocketMessages: [HI, READY],
      },
      ['handshake /a%20b?c=1%E2%80%A8%202%0A 101', ...BOTH, 'end unrecorded 1.5'],
    ],
    [
      'a tool that has the fields of HTTP/2',
      { ...ENTRY, ...HTTP2_SENT, _webSocketMessages: [HI, READY] },
      ['handshake /ws 200', ...BOTH, 'end unrecorded 1.5'],
    ],
    [
      'a tool that has the fields of HTTP/2, with faults among them',
      {
        ...ENTRY,
        request: { method: 'CONNECT', url: REQUEST.url, headers: [...HTTP2_SENT.request.headers, FAULT] },
        response: HTTP2_SENT.response,
        _webSocketMessages: [HI, READY],
      },
      ['handshake /ws 200', '! h2-connection-field', ...BOTH, 'end unrecorded 1.5'],
    ],
    [
      'Firefox, over HTTP/2',
      { ...ENTRY, ...REWRITTEN_2, _webSocketMessages: [HI, READY] },
      [REWRITTEN, 'handshake /ws 200', ...BOTH, 'end unrecorded 1.5'],
    ],
    [
      'a refusal over HTTP/2',
      { ...ENTRY, request: REWRITTEN_2.request, response: { status: 403, httpVersion: 'HTTP/2', headers: [] } },
      [REWRITTEN, 'handshake /ws 403', '! h2-status', 'end unrecorded 0.0'],
    ],
    [
      'a tool, over HTTP/3',
      {
        ...ENTRY,
        response: { status: 200, httpVersion: 'h3', headers: [] },
        _webSocketMessages: [HI, READY],
      },
      [UNKNOWN, ...BOTH, 'end unrecorded 1.5'],
    ],
    [
      'a tool that writes of HTTP/2 what Chrome does',
      { ...ENTRY, request: KEYLESS, response: { status: 200, headers: [] }, _webSocketMessages: [HI, READY] },
      [UNKNOWN, ...BOTH, 'end unrecorded 1.5'],
    ],
    [
      'a tool that writes 200 for all',
      { ...ENTRY, response: { status: 200, headers: [] }, _webSocketMessages: [HI, READY] },
      [
        'notice an entry has messages and the status 200, which is not read as the answer to the handshake',
        'handshake /ws -',
        ...BOTH,
        'end unrecorded 1.5',
      ],
    ],
    [
      'Playwright, in milliseconds',
      {
        ...ENTRY,
        _webSocketMessages: [
          { ...HI, time: 1767323045500.25 },
          { ...READY, time: 1767323046500.5 },
        ],
      },
      ['handshake /ws 101', ...BOTH, 'end unrecorded 1.5'],
    ],
    [
      'Firefox, in microseconds and its own words',
      {
        ...ENTRY,
        _webSocketMessages: [
          { type: 'sent', timestamp: 1767323045500000, opCode: 1, payload: 'hi' },
          { type: 'received', timestamp: 1767323046500000, opCode: 1, payload: 'ready' },
        ],
      },
      ['handshake /ws 101', ...BOTH, 'end unrecorded 1.5'],
    ],
    [
      'a tool with ISO times, words for opcodes, and JSON that it has read',
      {
        ...ENTRY,
        _webSocketMessages: [
          { direction: 'client', time: '2026-01-02T03:04:05.500Z', opcode: 'text', data: { a: 1 } },
          { direction: 'server', time: '2026-01-02T03:04:06.500Z', opcode: 'binary', data: 'AAH/' },
        ],
      },
      ['handshake /ws 101', 'client text {"a":1}', 'server binary 0001ff', 'end unrecorded 1.5'],
    ],
    [
      'a tool without opcodes',
      {
        ...ENTRY,
        _webSocketMessages: [
          { type: 'send', data: 'hi' },
          { type: 'receive', data: 'AAH/', encoding: 'base64' },
          { type: 'receive', data: 'ready', opcode: null },
        ],
      },
      [
        'notice messages without an opcode are read as text',
        'handshake /ws 101',
        'client text hi',
        'server binary 0001ff',
        'server text ready',
        'end unrecorded 0.0',
      ],
    ],
    [
      'a proxy with control frames',
      {
        ...ENTRY,
        _webSocketMessages: [
          { type: 'send', opcode: 9, data: 'MQ==' },
          { type: 'receive', opcode: 10, data: '1' },
          { type: 'send', opcode: 8, data: '', code: 1000, reason: 'bye' },
          { type: 'receive', opcode: 8, data: 'A+g=' },
        ],
      },
      [
        'handshake /ws 101',
        'client ping 31',
        'server pong 31',
        'client close 03e8627965',
        'server close 03e8',
        'end unrecorded 0.0',
      ],
    ],
    [
      'mitmproxy',
      {
        startedDateTime: '2026-01-02T03:04:05.000000+00:00',
        request: REQUEST,
        response: { ...RESPONSE, headers: [{ name: 'Upgrade', value: 'websocket' }] },
        serverIPAddress: '192.0.2.7',
        _resourceType: 'websocket',
        _webSocketMessages: [HI, { ...READY, opcode: 2, data: 'AAE=' }],
      },
      ['handshake /ws 101', 'client text hi', 'server binary 0001', 'end unrecorded 1.5'],
    ],
  ])('of %s', async (_, entry, expected) => {
    expect(await told(har(entry))).toEqual(expected);
  });

  it('judges what it holds of a handshake', async () => {
    const headers = [{ name: 'Sec-WebSocket-Accept', value: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }];
    const out = await told(har({ ...ENTRY, response: { ...RESPONSE, headers }, _webSocketMessages: [HI] }));
    expect(out.slice(0, 2)).toEqual(['handshake /ws 101', '! response-accept-value']);
    const refused = await told(har({ ...ENTRY, response: { ...RESPONSE, status: 403 } }));
    expect(refused).toEqual(['handshake /ws 403', '! response-status', 'end unrecorded 0.0']);
  });

  it('has several headers of a name in one value', async () => {
    const headers = [...REQUEST.headers, { name: 'Cookie', value: 'a=1\nb=2' }];
    const out = await told(har({ ...ENTRY, request: { ...REQUEST, headers }, _webSocketMessages: [HI] }));
    expect(out).toEqual(['handshake /ws 101', 'client text hi', 'end unrecorded 0.5']);
  });

  it.each([
    ['Firefox', { _resourceType: undefined }],
    ['WebKit Web Inspector', { _resourceType: undefined, _fetchType: 'Network Load' }],
    ['Charles Proxy', { _resourceType: undefined, request: { ...REQUEST, url: 'https://example.com/ws' } }],
    ['x', { _webSocketMessages: [] }],
  ])('of %s without messages says so', async (name, fields) => {
    const log = {
      version: '1.2',
      creator: { name },
      entries: [
        { ...ENTRY, ...fields },
        { ...ENTRY, ...fields },
      ],
    };
    const out = await told({ log });
    expect(out.at(-1)).toMatch(new RegExp(`^notice this HAR by ${name} has 2 WebSockets without any messages`));
    expect(out.filter((each) => each.startsWith('!'))).toEqual([]);
  });

  it('has times that are no dates, which are left out', async () => {
    const monotonic = { ...ENTRY, startedDateTime: '1970-01-04T06:26:51.000Z' };
    const out = await told(
      har(
        { ...monotonic, _webSocketMessages: [{ ...HI, time: 282411.6 }] },
        { ...ENTRY, _webSocketMessages: [HI] },
        {
          ...ENTRY,
          _webSocketMessages: [
            { ...HI, time: 282411.6 },
            { ...READY, time: 282500 },
          ],
        },
      ),
    );
    expect(out.filter((each) => each.startsWith('end'))).toEqual([
      'end unrecorded undated',
      'end unrecorded 0.5',
      'end unrecorded 0.0',
    ]);
    expect(out).toContain('notice times that are not dates (they count from some start) are left out');
  });
});

describe('a piece of a HAR', () => {
  const entry = { ...ENTRY, _webSocketMessages: [HI, READY] };
  const list = JSON.stringify([HI, READY], undefined, 2);
  const whole = ['handshake /ws 101', ...BOTH, 'end unrecorded 1.5'];
  const alone = [...BOTH, 'end unrecorded 1.0'];

  it.each<[string, string, string[]]>([
    ['a list of messages', list, alone],
    ['a list that begins in a line of its own', `\n\n  ${list}\n`, alone],
    ['a list with a comma too many', list.replace(/\n\]$/, ',\n]'), alone],
    ['a list that is cut off between two messages', list.replace(/\n\]$/, ','), alone],
    ['messages without the brackets', list.slice(1, -1), alone],
    ['messages, one a line', `${JSON.stringify(HI)}\n${JSON.stringify(READY)}\n`, alone],
    ['one message', JSON.stringify(HI, undefined, 2), ['client text hi', 'end unrecorded 0.0']],
    ['a member', `"_webSocketMessages": ${list}`, alone],
    ['members, with a comma after them', `   "_resourceType": "websocket",\n "_webSocketMessages": ${list},\n`, alone],
    ['members, with dots around them', `...\n"_webSocketMessages": ${list}\n...\n`, alone],
    ['an object of a member', `{"_webSocketMessages": ${list}}`, alone],
    ['a member and the brackets after it', `"_webSocketMessages": ${list} } ] } }`, alone],
    ['an entry', JSON.stringify(entry, undefined, 2), whole],
    ['an entry with a comma after it', `${JSON.stringify(entry, undefined, 2)},\n`, whole],
    ['a list of entries', JSON.stringify([{ request: {}, response: { status: 200 } }, entry]), whole],
    ['entries, one a line', `${JSON.stringify(entry)}\n${JSON.stringify(entry)}\n`, [...whole, ...whole]],
    ['a log', JSON.stringify({ version: '1.2', creator: { name: 'x' }, entries: [entry] }), whole],
    ['the entries of a log', `"entries": [${JSON.stringify(entry)}]`, whole],
  ])('%s', async (_, text, expected) => {
    expect(await told(text)).toEqual(expected);
    for (const size of [1, 64]) expect(await told(text, size)).toEqual(expected);
  });

  it('that is cut off inside a message says so', async () => {
    const out = await told(list.slice(0, list.indexOf('ready')));
    expect(out.slice(0, 2)).toEqual(['client text hi', 'end unrecorded 0.0']);
    expect(out.at(-1)).toMatch(/^(?:problem|damage) offset \d+: it ends too early$/);
  });
});

describe('recordings of tools', () => {
  it.each([
    'playwright-embed.har',
    'netlog-everything.json',
    'netlog-default.json',
    'follow-tcp.yaml',
    'playwright-attach/f8db09eac86c872791960787ad3301a5.jsonl',
  ])('%s', async (name) => {
    const out = await told(fixture(name));
    await expect(out.join('\n')).toMatchFileSnapshot(`../../fixtures/recordings/told/${name.replaceAll('/', '-')}.txt`);
    expect(await told(fixture(name), 100)).toEqual(out);
  });

  it('Wireshark before 3.4 wrote YAML without peers', async () => {
    const data = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
    const yaml =
      `# Packet 4\npeer0_0: !!binary |\n  ${data('\x81\x82\0\0\0\0hi')}\n` +
      `# Packet 6\r\npeer1_0: !!binary |\r\n  ${data('\x81\x05ready')}\r\n`;
    expect(await told(yaml)).toEqual([BOTH[0], '! mask-key-zero', BOTH[1], 'end end undated']);
  });

  it.each(['made-up.mitm', 'mitmproxy-8.mitm'])('%s is named', async (name) => {
    const expected = [expect.stringMatching(/this is a mitmproxy flow file: mitmdump -nr FILE --set hardump=out\.har/)];
    for (const size of [undefined, 1, 50]) expect(await told(fixture(name), size)).toEqual(expected);
  });

  it('a network log that is cut off gives what came', async () => {
    const bytes = fixture('netlog-everything.json');
    const out = await told(bytes.slice(0, bytes.length >> 1));
    expect(out).toContain('client text hi');
    expect(out.at(-1)).toMatch(/it ends too early$/);
  });
});

describe('what comes from outside', () => {
  const NAMES = [
    ...['TCP_CONNECT', 'SOCKET_BYTES_SENT', 'SOCKET_BYTES_RECEIVED', 'SOCKET_ALIVE', 'REQUEST_ALIVE'],
    ...['HTTP_TRANSACTION_SEND_REQUEST_HEADERS', 'HTTP_TRANSACTION_READ_RESPONSE_HEADERS'],
    ...['WEBSOCKET_SENT_FRAME_HEADER', 'WEBSOCKET_RECV_FRAME_HEADER', 'WEBSOCKET_UPGRADE_FAILURE'],
  ];
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('R0VUIC8gSFRUUC8xLjENClVwZ3JhZGU6IHdlYnNvY2tldA0KDQo=', 'gQVIZWxsbw==', 0, 5, -1, 8, true),
    fc.constant(['HTTP/1.1 101', 'Upgrade: websocket', ':', 'a', '\r\n\r\n']),
  );
  const params = fc.dictionary(
    fc.constantFrom(
      ...['bytes', 'byte_count', 'headers', 'line', 'opcode', 'payload_length', 'masked', 'final', 'message', 'url'],
    ),
    value,
  );

  it('as a network log never throws, however it is cut', async () => {
    const event = fc.record(
      {
        type: fc.oneof(fc.nat(NAMES.length), value),
        source: fc.oneof(fc.record({ id: fc.nat(2) }), value),
        phase: fc.nat(2),
        time: fc.oneof(fc.constant('5'), value),
        params: fc.oneof(params, value),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event), fc.boolean(), fc.nat(), async (events, isAll, cut) => {
        const logEventTypes = Object.fromEntries(NAMES.map((name, i) => [name, i]));
        const constants = { logEventTypes, logCaptureMode: isAll ? 'Everything' : 'Default', timeTickOffset: 1e12 };
        const text = JSON.stringify({ constants, events });
        const part = text.slice(0, cut % 3 === 0 ? cut % text.length : undefined);
        expect(await told(part, 50)).toEqual(await told(part));
      }),
    );
  });

  it('as a list of messages never throws', async () => {
    const message = fc.dictionary(
      fc.constantFrom('type', 'opcode', 'data', 'time', 'encoding', 'code', 'reason', '_bytes', 'request'),
      fc.oneof(value, fc.constantFrom('send', 'receive', 'error', 'AAA=', 1767323045.5)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(message), async (messages) => {
        const text = JSON.stringify([READY, ...messages]);
        expect(await told(text, 50)).toEqual(await told(text));
      }),
    );
  });

  it('nested too deep is reported', async () => {
    const deep = `[${JSON.stringify(READY)},{"type":"send","opcode":1,"data":${'['.repeat(50_000)}${']'.repeat(50_000)}}]`;
    expect((await told(deep)).length).toBeGreaterThan(1);
  });
});
