import { inspect } from 'node:util';
import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { acceptKey } from '../../src/codec/handshake/accept-key.js';
import { readHandshakeText } from '../../src/codec/handshake/text.js';
import { readHandshake } from '../../src/codec/handshake/handshake.js';
import { handshakeChecklist, isRefused } from '../../src/rules/handshake/rules.js';

const KEY = 'q2pZdmtTdHJpbmdLZXkxNg==';
const WRONG = acceptKey('AQIDBAUGBwgJCgsMDQ4PEA==');

type Pairs = readonly (readonly [name: string, value: string])[];
type Spelling = (request: Pairs, response: Pairs) => string;

const REQUEST: Pairs = [
  ['Host', '127.0.0.1:8080'],
  ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)'],
  ['Connection', 'keep-alive, Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', KEY],
  ['Sec-WebSocket-Extensions', 'permessage-deflate; client_max_window_bits'],
];
const responseWith = (accept: string): Pairs => [
  ['Upgrade', 'websocket'],
  ['Connection', 'Upgrade'],
  ['Sec-WebSocket-Accept', accept],
  ['Sec-WebSocket-Extensions', 'permessage-deflate'],
];

const lower = (pairs: Pairs): Pairs => pairs.map(([name, value]) => [name.toLowerCase(), value]);
const canonical = (pairs: Pairs): Pairs =>
  pairs.map(([name, value]) => [name.replace('WebSocket', 'Websocket'), value]);
const withoutHost = (pairs: Pairs): Pairs => pairs.filter(([name]) => name !== 'Host');
const entries = (pairs: Pairs, of: (name: string, value: string) => string, between = ', '): string =>
  pairs.map(([name, value]) => of(name, value)).join(between);
const records = (pairs: Pairs) => pairs.map(([name, value]) => ({ name, value }));
const each =
  (of: (pairs: Pairs, side: 'request' | 'response') => string): Spelling =>
  (request, response) =>
    `${of(request, 'request')}\n${of(response, 'response')}\n`;
const node = (value: unknown): string => inspect(value, { breakLength: 80 });
const python = (text: string): string => `'${text}'`;
const wire = (pairs: Pairs): string => entries(pairs, (name, value) => `${name}: ${value}`, '\\r\\n');

/** The forms are those of Node.js 20, Python 3.11 and Firefox 128, as these print them; the others follow the tools' sources. */
const OBJECTS: Readonly<Record<string, Spelling>> = {
  'Firefox, all headers as JSON': (request, response) =>
    [
      { GET: { scheme: 'ws', host: '127.0.0.1:8080', filename: '/ws', remote: { Address: '127.0.0.1:8080' } } },
      { Status: '101Switching Protocols', Version: 'HTTP/1.1', Transferred: '129 B (0 B size)' },
      { 'Response Headers (129 B)': { headers: records(response) } },
      { 'Request Headers (475 B)': { headers: records(request) } },
    ]
      .map((part) => JSON.stringify(part, null, '\t'))
      .join('\n\n'),
  'Firefox, in one object': (request, response) =>
    JSON.stringify({
      'Request Headers (475 B)': { headers: records(request) },
      'Response Headers (129 B)': { headers: records(response) },
    }),
  'Firefox before 68, flat': (request, response) =>
    JSON.stringify(
      {
        'Response headers (129 B)': Object.fromEntries(response),
        'Request headers (475 B)': Object.fromEntries(request),
      },
      null,
      2,
    ),
  'an entry of a HAR': (request, response) =>
    JSON.stringify({ request: { headers: records(request) }, response: { status: 101, headers: records(response) } }),
  'Envoy, debug': (request, response) => {
    const rows = (pairs: Pairs): string => entries(pairs, (name, value) => `'${name}', '${value}'`, '\n');
    const at = '[2024-01-02 03:04:05.678][12][debug][http] [source/common/http/conn_manager_impl.cc';
    return `${at}:1088] [Tags: "ConnectionId":"0"] request headers complete (end_stream=false):
':authority', '127.0.0.1:8080'
':path', '/ws'
':method', 'GET'
${rows(lower(withoutHost(request)))}
'x-request-id', '0a1b2c3d-0000-4000-8000-000000000000'

${at}:1820] [Tags: "ConnectionId":"0"] encoding headers via codec (end_stream=false):
':status', '101'
${rows(lower(response))}
'server', 'envoy'

`;
  },
  'Netty, a message': (request, response) => {
    const rows = (pairs: Pairs): string => entries(pairs, (name, value) => `${name}: ${value}`, '\n');
    return `03:04:05.678 [nioEventLoop-1] INFO App - DefaultHttpRequest(decodeResult: success, version: HTTP/1.1)
GET /ws HTTP/1.1
${rows(request)}
03:04:05.679 [nioEventLoop-1] INFO App - DefaultFullHttpResponse(decodeResult: success, version: HTTP/1.1, content: UnpooledByteBufAllocator$InstrumentedUnpooledUnsafeHeapByteBuf(ridx: 0, widx: 0, cap: 0))
HTTP/1.1 101 Switching Protocols
${rows(response)}
03:04:05.680 [nioEventLoop-1] INFO App - done
`;
  },
  'Netty, its headers': each(
    (pairs) => `INFO got DefaultHttpHeaders[${entries(pairs, (name, value) => `${name}: ${value}`)}]`,
  ),
  'Spring, headers': each(
    (pairs) => `DEBUG o.s.web - headers=[${entries(pairs, (name, value) => `${name}:"${value}"`)}]`,
  ),
  'Spring, several values': each(
    (pairs) =>
      `[${entries(
        pairs,
        (name, value) =>
          `${name}:${value
            .split(', ')
            .map((one) => `"${one}"`)
            .join(', ')}`,
      )}]`,
  ),
  'Java, a map of lists': each((pairs) => `headers: {${entries(pairs, (name, value) => `${name}=[${value}]`)}}`),
  'Java, a map': each((pairs) => `headers {${entries(pairs, (name, value) => `${name}=${value}`)}}`),
  "Undertow's request dumper": each(
    (pairs, side) =>
      `-----------${side.toUpperCase()}----------\n${entries(pairs, (name, value) => `            header=${name}=${value}`, '\n')}`,
  ),
  'Node.js, headers': each((pairs) => node(Object.fromEntries(lower(pairs)))),
  'Node.js, rawHeaders': each((pairs) => node({ rawHeaders: pairs.flat(), rawTrailers: [] })),
  'Node.js, a message': each((pairs) =>
    node({
      headers: Object.fromEntries(lower(pairs)),
      rawHeaders: pairs.flat(),
      upgrade: true,
      connection: { host: 'x' },
      method: 'GET',
    }),
  ),
  'Node.js, a Headers object': each((pairs) => `Headers ${node(Object.fromEntries(lower(pairs)))}`),
  'Node.js, a logger of JSON': (request, response) =>
    `${JSON.stringify({ level: 20, req: { method: 'GET', url: '/ws', headers: Object.fromEntries(lower(request)) } })}\n` +
    `${JSON.stringify({ level: 20, res: { statusCode: 101, headers: Object.fromEntries(lower(response)) } })}\n`,
  'Python, a dict': each((pairs) => `{${entries(pairs, (name, value) => `${python(name)}: ${python(value)}`)}}`),
  'Python, pairs': each(
    (pairs) => `Headers([${entries(pairs, (name, value) => `(${python(name)}, ${python(value)})`)}])`,
  ),
  'Python, ASGI': each(
    (pairs) =>
      `INFO: scope {'type': 'websocket', 'headers': [${entries(lower(pairs), (name, value) => `(b'${name}', b'${value}')`)}]}`,
  ),
  'Python, aiohttp': each(
    (pairs) => `<CIMultiDictProxy(${entries(pairs, (name, value) => `${python(name)}: ${python(value)}`)})>`,
  ),
  'Python, http.client': (request, response) =>
    `send: b'GET /ws HTTP/1.1\\r\\n${wire(request)}\\r\\n\\r\\n'
reply: 'HTTP/1.1 101 Switching Protocols\\r\\n'
${entries(response, (name, value) => `header: ${name}: ${value}`, '\n')}
`,
  'Python, WSGI': each((pairs, side) =>
    side === 'response'
      ? `[${entries(pairs, (name, value) => `(${python(name)}, ${python(value)})`)}]`
      : `{'wsgi.version': (1, 0), 'REQUEST_METHOD': 'GET', ${entries(pairs, (name, value) => `'HTTP_${name.toUpperCase().replaceAll('-', '_')}': ${python(value)}`)}}`,
  ),
  'Ruby, Rack': each(
    (pairs, side) =>
      `{"rack.version"=>[1, 3], ${entries(pairs, (name, value) => `"${side === 'request' ? `HTTP_${name.toUpperCase().replaceAll('-', '_')}` : name}"=>"${value}"`)}}`,
  ),
  'Go, %v': each(
    (pairs) =>
      `2024/01/02 03:04:05 map[${entries(canonical(withoutHost(pairs)), (name, value) => `${name}:[${value}]`, ' ')}]`,
  ),
  'Go, %+v of a request': each(
    (pairs) =>
      `&{Method:GET URL:/ws Proto:HTTP/1.1 ProtoMajor:1 ProtoMinor:1 Header:map[${entries(canonical(withoutHost(pairs)), (name, value) => `${name}:[${value}]`, ' ')}] Body:{} GetBody:<nil> ContentLength:0 TransferEncoding:[] Close:false Host:127.0.0.1:8080}`,
  ),
  'Go, %#v': each(
    (pairs) =>
      `http.Header{${entries(canonical(withoutHost(pairs)), (name, value) => `"${name}":[]string{"${value}"}`)}}`,
  ),
  'Go, DumpRequest with %q': (request, response) =>
    `2024/01/02 03:04:05 "GET /ws HTTP/1.1\\r\\n${wire(request)}\\r\\n\\r\\n"
2024/01/02 03:04:05 "HTTP/1.1 101 Switching Protocols\\r\\n${wire(response)}\\r\\n\\r\\n"
`,
  'Rust, a HeaderMap': each(
    (pairs) => `DEBUG headers: {${entries(lower(pairs), (name, value) => `"${name}": "${value}"`)}}`,
  ),
  'Rust, {:#?} of a request': each(
    (pairs) => `Request {
    method: GET,
    uri: /ws,
    version: HTTP/1.1,
    headers: {
${entries(lower(pairs), (name, value) => `        "${name}": "${value}",`, '\n')}
    },
    body: (),
}`,
  ),
  'Elixir, a list': each((pairs) => `[${entries(lower(pairs), (name, value) => `{"${name}", "${value}"}`)}]`),
  'Erlang, a map': each((pairs) => `#{${entries(lower(pairs), (name, value) => `<<"${name}">> => <<"${value}">>`)}}`),
  'PHP, print_r': each((pairs) => `Array\n(\n${entries(pairs, (name, value) => `    [${name}] => ${value}`, '\n')}\n)`),
  '.NET, a message': (request, response) => {
    const rows = (pairs: Pairs): string => entries(pairs, (name, value) => `  ${name}: ${value}`, '\r\n');
    return `Method: GET, RequestUri: 'ws://127.0.0.1:8080/ws', Version: 1.1, Content: <null>, Headers:\r
{\r
${rows(request)}\r
}\r
\r
StatusCode: 101, ReasonPhrase: 'Switching Protocols', Version: 1.1, Content: System.Net.Http.EmptyContent, Headers:\r
{\r
${rows(response)}\r
}\r
`;
  },
  'HAProxy, debug': (request, response) =>
    `00000000:f.accept(0008)=000a from [127.0.0.1:51000] ALPN=<none>
00000000:f.clireq[000a:ffffffff]: GET /ws HTTP/1.1
${entries(lower(request), (name, value) => `00000000:f.clihdr[000a:ffffffff]: ${name}: ${value}`, '\n')}
00000000:b.srvrep[000a:000b]: HTTP/1.1 101 Switching Protocols
${entries(lower(response), (name, value) => `00000000:b.srvhdr[000a:000b]: ${name}: ${value}`, '\n')}
`,
  'nginx, debug': (request, response) =>
    `2024/01/02 03:04:05 [debug] 1#1: *1 http request line: "GET /ws HTTP/1.1"
2024/01/02 03:04:05 [debug] 1#1: *1 http uri: "/ws"
${entries(request, (name, value) => `2024/01/02 03:04:05 [debug] 1#1: *1 http header: "${name}: ${value}"`, '\n')}
2024/01/02 03:04:05 [debug] 1#1: *1 http header done
2024/01/02 03:04:05 [debug] 1#1: *1 HTTP/1.1 101 Switching Protocols
${entries(response, (name, value) => `${name}: ${value}`, '\n')}

`,
};

function judged(text: string) {
  const { request, response } = readHandshakeText(text);
  const handshake = readHandshake({ ...(request && { request }), ...(response && { response }), acceptOf: acceptKey });
  const rows = handshakeChecklist(handshake);
  const found = rows.filter(({ result, diagnostics }) => result === 'fail' || diagnostics.length > 0);
  return { fails: found.map(({ code }) => code), handshake, rows };
}

describe('headers as programs print them', () => {
  it.each(Object.entries(OBJECTS))('%s: both halves, and a wrong accept value is found', (_, spelling) => {
    const right = judged(spelling(REQUEST, responseWith(acceptKey(KEY))));
    expect(right.fails).toEqual([]);
    expect(right.handshake).toMatchObject({ key: KEY, accept: acceptKey(KEY), version: '13' });
    expect(right.handshake.extensions).toHaveLength(1);
    expect(judged(spelling(REQUEST, responseWith(WRONG))).fails).toEqual(['response-accept-value']);
  });

  it('says nothing about what is not there', () => {
    const { fails, rows, handshake } = judged("{ upgrade: 'websocket', connection: 'Upgrade', host: 'a' }");
    expect(fails).toEqual([]);
    expect(handshake.request).toMatchObject({ hasStartLine: false, complete: false });
    for (const code of ['request-key-missing', 'request-method', 'request-version-missing']) {
      expect(rows.find((row) => row.code === code)?.result).toBe('not-seen');
    }
    const answer = judged('{"response": {"headers": {"upgrade": "websocket", "connection": "Upgrade"}}}');
    expect(answer.fails).toEqual([]);
    expect(isRefused(answer.handshake)).toBe(false);
  });

  it('takes a status of a proxy for the answer that it is', () => {
    const answer = (status: string): string =>
      `':status', '${status}'\n'server', 'envoy'\n'upgrade', 'websocket'\n'connection', 'close'\n`;
    expect(isRefused(judged(answer('403')).handshake)).toBe(true);
    expect(isRefused(judged(answer('101')).handshake)).toBe(false);
  });

  it.each([
    ['hidden', "{ upgrade: 'websocket', connection: 'Upgrade', host: 'a', 'sec-websocket-key': '[REDACTED]' }"],
    ['cut', "{ upgrade: 'websocket', connection: 'Upgrade', host: 'a', 'sec-websocket-key': 'q2pZdm...' }"],
    ['stars', '[Upgrade:"websocket", Connection:"Upgrade", Host:"a", Sec-WebSocket-Key:"***"]'],
    ['an ellipsis', '{"upgrade":"websocket","connection":"Upgrade","host":"a","sec-websocket-key":"q2pZ…"}'],
    ['not a text', "{ upgrade: 'websocket', connection: 'Upgrade', host: 'a', 'sec-websocket-key': [Object] }"],
    ['on two lines', '{"upgrade":"websocket","connection":"Upgrade","host":"a","sec-websocket-key":"a\\r\\nb: c"}'],
  ])('leaves out a value that is %s', (_, text) => {
    const { fails, handshake } = judged(text);
    expect(fails).toEqual([]);
    expect(handshake.key).toBeUndefined();
    expect(handshake.request?.headers).toHaveLength(3);
  });

  it('reads a head where there is one, whatever objects are beside it', () => {
    const head = `GET /ws HTTP/1.1\n${entries(REQUEST, (name, value) => `${name}: ${value}`, '\n')}\n\n`;
    const object = "{ host: 'other', upgrade: 'websocket', connection: 'close' }\n";
    for (const text of [head + object, object + head]) {
      expect(judged(text).handshake.request).toMatchObject({ method: 'GET', complete: true });
      expect(judged(text).fails).toEqual([]);
    }
  });

  it('shows a message once that a program shows twice', () => {
    const twice = OBJECTS['Node.js, a message']!(REQUEST, responseWith(acceptKey(KEY)));
    expect(readHandshakeText(twice).notes.map(({ kind }) => kind)).toEqual(['no-start-line', 'no-start-line']);
  });

  it('leads from a value back to the text', () => {
    const text = JSON.stringify({ 'Request Headers': { headers: records(REQUEST) } }, null, 2);
    const { request, place } = readHandshakeText(text);
    const key = request?.headers.find(({ name }) => name === 'Sec-WebSocket-Key');
    const { line, column } = place('request', key?.valueSpan.start ?? 0) ?? { line: 0, column: 0 };
    expect(text.split('\n')[line - 1]?.slice(column - 1)).toBe(`${KEY}"`);
  });

  const NOISE = [
    '',
    "don't {stop",
    '{"level":"info","msg":"connected"}',
    "{ upgrade: 'now' }",
    '[ 1, 2, 3 ]',
    '2024-05-06 07:08:09 INFO connected: ok',
    'map[a:[b] c:[d]]',
    "'x', 'y'",
    '}])',
    '```js',
  ];

  it('invents no fault, whatever is around it and wherever it is cut', () => {
    const line = fc.array(fc.constantFrom(...NOISE), { maxLength: 4 });
    const spelling = fc.constantFrom(...Object.keys(OBJECTS));
    const at = fc.option(fc.nat(2000), { nil: undefined });
    fc.assert(
      fc.property(spelling, line, line, at, (name, before, after, cut) => {
        const text = OBJECTS[name]!(REQUEST, responseWith(acceptKey(KEY)));
        const whole = cut === undefined ? `${text}\n${after.join('\n')}` : text.slice(0, cut);
        expect(judged(`${before.join('\n')}\n${whole}`).fails).toEqual([]);
      }),
      { numRuns: 4000 },
    );
  });

  it('takes any text in one pass', () => {
    const marks = [
      '{',
      '[',
      '(',
      '{a=[',
      '{a=',
      'map[',
      '"',
      "'",
      '"\\',
      'request:{',
      '{upgrade:',
      '[a] => ',
      'Headers[a: ',
      "'a', '",
    ];
    for (const mark of marks) {
      for (const end of ['', 'upgrade', '\n']) readHandshakeText(`upgrade ${(mark + end).repeat(10_000)}`);
    }
  });
});
