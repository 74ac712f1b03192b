import { createHash } from 'node:crypto';
import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { acceptKey } from '../../src/codec/handshake/accept-key.js';
import { readHandshakeText } from '../../src/codec/handshake/text.js';
import { readHandshake } from '../../src/codec/handshake/handshake.js';
import { handshakeChecklist } from '../../src/rules/handshake/rules.js';

const KEY = 'q2pZdmtTdHJpbmdLZXkxNg==';
const REQUEST = [
  'GET /ws/chat?room=1 HTTP/1.1',
  'Host: 127.0.0.1:8080',
  'User-Agent: curl/7.88.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  `Sec-WebSocket-Key: ${KEY}`,
  'Sec-WebSocket-Protocol: chat, superchat',
  'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
  '',
];
const RESPONSE = [
  'HTTP/1.1 101 Switching Protocols',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Protocol: chat',
  `Sec-WebSocket-Accept: ${acceptKey(KEY)}`,
  '',
];

type Spelling = (request: readonly string[], response: readonly string[]) => string;

const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('');
const prefixed =
  (of: (side: number, index: number) => string, end = ''): Spelling =>
  (request, response) =>
    lines([request, response].flatMap((head, side) => head.map((line, i) => `${of(side, i)}${line}${end}`.trimEnd())));
const rows = (head: readonly string[]): string =>
  `  ${`${head.join('..')}..`.match(/.{1,74}/g)?.join('\n  ') ?? ''}`.padEnd(76);
const trace = (head: readonly string[]): string[] => {
  let at = 0;
  return head.flatMap((line) => {
    const parts = line.match(/.{1,64}/g) ?? [''];
    const from = at;
    at += line.length + 2;
    return parts.map((part, i) => `${(from + 64 * i).toString(16).padStart(4, '0')}: ${part}`);
  });
};
const inTree = (head: readonly string[]): string[] => [
  'Transmission Control Protocol, Src Port: 51000, Dst Port: 9001, Seq: 1, Ack: 1, Len: 155',
  '    Source Port: 51000',
  'Hypertext Transfer Protocol',
  `    ${head[0] ?? ''}\\r\\n`,
  `        [Expert Info (Chat/Sequence): ${head[0] ?? ''}\\r\\n]`,
  '        Request Method: GET',
  ...head.slice(1).map((line) => `    ${line}\\r\\n`),
];

/** `tshark -T json`, and Wireshark's export as JSON. `isList`: with --no-duplicate-keys. */
const asJson = (head: readonly string[], isList: boolean): string[] => {
  const [first = '', ...headers] = head.slice(0, -1);
  const name = `http.${first.startsWith('HTTP/') ? 'response' : 'request'}.line`;
  const values = headers.map((header) => JSON.stringify(`${header}\r\n`));
  return [
    '        "http": {',
    `          "${first}\\\\r\\\\n": {`,
    '            "_ws.expert": {',
    `              "_ws.expert.message": "${first}\\\\r\\\\n",`,
    '              "_ws.expert.severity": "2097152"',
    '            },',
    '            "http.request.version": "HTTP/1.1"',
    '          },',
    ...(isList
      ? [
          `          "${name}": [`,
          ...values.map((value, i) => `            ${value}${i < values.length - 1 ? ',' : ''}`),
          '          ],',
        ]
      : values.flatMap((value) => ['          "http.host": "127.0.0.1:8080",', `          "${name}": ${value},`])),
    '          "\\\\r\\\\n": "",',
    '          "http.request_number": "1"',
    '        }',
  ];
};
/** `tshark -T ek`: a line for each packet. */
const asEk = (head: readonly string[]): string => {
  const [first = '', ...headers] = head.slice(0, -1);
  const name = `http_http_${first.startsWith('HTTP/') ? 'response' : 'request'}_line`;
  const message = `${first}\\r\\n`;
  const http = {
    text: [message, '\\r\\n'],
    _ws_expert: { _ws_expert__ws_expert_message: message },
    http_http_host: 'x',
  };
  return JSON.stringify({ timestamp: '1', layers: { http: { ...http, [name]: headers.map((one) => `${one}\r\n`) } } });
};
/** `tshark -T pdml`. */
const asPdml = (head: readonly string[]): string[] => {
  const [first = '', ...headers] = head.slice(0, -1);
  const name = `http.${first.startsWith('HTTP/') ? 'response' : 'request'}.line`;
  const escaped = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return [
    '  <proto name="http" showname="Hypertext Transfer Protocol" size="155" pos="66">',
    `    <field name="" show="${escaped(first)}\\r\\n" size="19" pos="66" value="47">`,
    `      <field name="_ws.expert" showname="Expert Info (Chat/Sequence): ${escaped(first)}\\r\\n" size="0" pos="66">`,
    ...headers.flatMap((header) => [
      `    <field name="${name}" showname="${escaped(header)}\\r\\n" hide="yes" size="23" pos="85" show="${escaped(header)}`,
      '" value="48"/>',
    ]),
    '    <field name="" show="\\r\\n" size="2" pos="221" value="0d0a"/>',
    '  </proto>',
  ];
};

/**
 * How tools and logs show a handshake. The shapes are those of curl 7.88, ngrep 1.47, tcpdump 4.99, tshark 4 and socat 1.7;
 * the texts are made here, and none is a tool's own output. The logs of libraries follow their sources or documentation.
 */
const SPELLINGS: Readonly<Record<string, Spelling>> = {
  'the wire': (request, response) => [...request, ...response].map((line) => `${line}\r\n`).join(''),
  'curl -v': prefixed((side) => (side === 0 ? '> ' : '< ')),
  'curl -v --trace-time': prefixed((side, i) => `12:34:5${i}.789012 ${side === 0 ? '> ' : '< '}`),
  'curl -v with bold names': (request, response) =>
    lines(
      [...request.map((line) => `> ${line}`), ...response.map((line) => `< ${line}`)].map((line) =>
        line.replace(/^(. )([\w-]+):/, '$1\x1b[1m$2\x1b[0m:'),
      ),
    ),
  'curl --trace-ascii': (request, response) =>
    lines([
      '== Info:   Trying 127.0.0.1:8080...',
      '=> Send header, 192 bytes (0xc0)',
      ...trace(request),
      ...response.flatMap((line) => [`<= Recv header, ${line.length + 2} bytes (0x22)`, ...trace([line])]),
      '<= Recv data, 7 bytes (0x7)',
      '0000: ..Hello',
    ]),
  'ngrep -W byline': (request, response) =>
    lines([
      'T 127.0.0.1:51295 -> 127.0.0.1:8080 [AP] #4',
      ...request.map((line) => `${line}.`),
      '',
      'T 127.0.0.1:8080 -> 127.0.0.1:51295 [AP] #6',
      ...response.map((line) => `${line}.`),
    ]),
  ngrep: (request, response) =>
    lines([
      'T 127.0.0.1:51295 -> 127.0.0.1:8080 [AP] #4',
      rows(request),
      '##',
      'T 127.0.0.1:8080 -> 127.0.0.1:51295 [AP] #6',
      rows(response),
    ]),
  'ngrep -W single -t': (request, response) =>
    lines([
      `T 2026/11/29 02:18:25.868154 127.0.0.1:33136 -> 127.0.0.1:39077 [AP] ${request.join('..')}..`,
      `T 2026/11/29 02:18:25.875026 127.0.0.1:39077 -> 127.0.0.1:33136 [AP] ${response.join('..')}..`,
    ]),
  'tcpdump -A': (request, response) =>
    lines([
      '22:13:20.039999 IP 192.0.2.10.51000 > 192.0.2.20.9001: Flags [P.], seq 1:156, ack 1, win 64240, length 155',
      `E.....@.@......\n.....8#)........P....S..${request[0] ?? ''}`,
      ...request.slice(1),
      '',
      '22:13:20.049999 IP 192.0.2.20.9001 > 192.0.2.10.51000: Flags [P.], seq 1:130, ack 156, win 64240, length 129',
      `E.....@.@..+.......\n#).8........P....T..${response[0] ?? ''}`,
      ...response.slice(1),
    ]),
  'tcpdump -A of port 80': (request, response) =>
    lines([
      `22:13:20.039999 IP 192.0.2.10.51000 > 192.0.2.20.http: Flags [P.], seq 1:156, ack 1, win 64240, length 155: HTTP: ${request[0] ?? ''}`,
      `E.....@.@......\n.....8#)........P....S..${request[0] ?? ''}`,
      ...request.slice(1),
      '',
      `22:13:20.049999 IP 192.0.2.20.http > 192.0.2.10.51000: Flags [P.], seq 1:130, ack 156, win 64240, length 129: HTTP: ${response[0] ?? ''}`,
      `E.....@.@..+.......\n#).8........P....T..${response[0] ?? ''}`,
      ...response.slice(1),
    ]),
  'tcpdump -v': prefixed(() => '\t'),
  'tshark -V': (request, response) => lines([...inTree(request), '', ...inTree(response)]),
  'tshark -T json': (request, response) => lines([...asJson(request, false), ...asJson(response, false)]),
  'tshark -T json --no-duplicate-keys': (request, response) =>
    lines([...asJson(request, true), ...asJson(response, true)]),
  'tshark -T ek': (request, response) => lines(['{"index":{}}', asEk(request), '{"index":{}}', asEk(response)]),
  'tshark -T pdml': (request, response) => lines(['<packet>', ...asPdml(request), '</packet>', ...asPdml(response)]),
  'socat -v': (request, response) =>
    lines([
      '> 2024/01/01 12:00:00.123456  length=155 from=0 to=154',
      ...request.map((line) => `${line}\\r`),
      '< 2024/01/01 12:00:00.123999  length=129 from=0 to=128',
      ...response.map((line) => `${line}\\r`),
    ]),
  'a string of Python': (request, response) =>
    lines([`send: b'${request.join('\\r\\n')}\\r\\n'`, `recv: b'${response.join('\\r\\n')}\\r\\n'`]),
  'JSON logs': (request, response) =>
    lines([request, response].map((head) => JSON.stringify({ level: 'debug', data: `${head.join('\r\n')}\r\n` }))),
  'the wire log of Apache HttpClient': prefixed(
    (side) => `2024-05-06 07:08:09,123 DEBUG wire - http-outgoing-0 ${side === 0 ? '>>' : '<<'} "`,
    '[\\r][\\n]"',
  ),
  "Python's websockets": prefixed((side) => `DEBUG:websockets.client:${side === 0 ? '>' : '<'} `),
  'a log with times': prefixed((_, i) => `2024-05-06T07:08:${i + 10}.123Z [client ${i * 7}] DEBUG `),
  'a log with quotes': prefixed((_, i) => `[${i}] line: "`, '"'),
  arrows: prefixed((side) => (side === 0 ? '--> ' : '<-- ')),
  indented: prefixed(() => '        '),
  'websocket-client': (request, response) =>
    lines([
      '--- request header ---',
      ...request,
      '',
      '-'.repeat(23),
      '--- response header ---',
      ...response.slice(0, -1),
      '-'.repeat(23),
    ]),
  OkHttp: (request, response) =>
    lines([
      '--> GET http://127.0.0.1:8080/ws/chat?room=1',
      ...request.slice(1, -1),
      '--> END GET',
      `<-- 101 Switching Protocols http://127.0.0.1:8080/ws/chat?room=1 (12ms)`,
      ...response.slice(1, -1),
      '<-- END HTTP',
    ]),
  'first lines in a log': (request, response) =>
    lines([
      `[ws][tx] handshake ${request[0] ?? ''}`,
      ...request.slice(1),
      ...response.map((line) => `[ws][rx] RX: ${line}`),
    ]),
};

const NOISE = [
  '',
  '* Connection #0 to host 127.0.0.1 left intact',
  '[ws][rx] head read',
  "++Sent raw: b'\\x81\\x85\\x11\"3DyG_(~'",
  '{ [7 bytes data]',
  '2024-05-06 07:08:09 INFO connected to the server',
  '    at connect (client.js:10)',
  '-----------------------',
  'settings:',
  'DEBUG: state is open',
  '\x81\x05Hello',
  'done (337 us)',
];

function failures(text: string): { fails: string[]; isRead: boolean } {
  const { request, response } = readHandshakeText(text);
  const handshake = readHandshake({ ...(request && { request }), ...(response && { response }), acceptOf: acceptKey });
  const found = handshakeChecklist(handshake).filter(
    ({ result, diagnostics }) => result === 'fail' || diagnostics.length > 0,
  );
  return { fails: found.map(({ code }) => code), isRead: request !== undefined && response !== undefined };
}

describe('a handshake in what people paste', () => {
  it.each(Object.entries(SPELLINGS))('%s: valid, and a wrong accept value is found', (_, spelling) => {
    expect(failures(spelling(REQUEST, RESPONSE))).toEqual({ fails: [], isRead: true });
    const wrong = RESPONSE.map((line) => line.replace(acceptKey(KEY), createHash('sha1').update(KEY).digest('base64')));
    expect(failures(spelling(REQUEST, wrong)).fails).toEqual(['response-accept-value']);
    const { request, response } = readHandshakeText(spelling(REQUEST, RESPONSE));
    expect([request?.headers.length, response?.headers.length]).toEqual([8, 4]);
  });

  it.each([
    ['ngrep -W byline', 'settings:\n', 79],
    ['ngrep -W byline', 'settings:\n', 78],
  ])('%s after %j, cut after %i characters: no fault', (name, before, at) => {
    expect(failures(before + SPELLINGS[name]!(REQUEST, RESPONSE).slice(0, at)).fails).toEqual([]);
  });

  /** The text column of a dump is no head: the bytes of its rows are read instead. */
  it.each([
    [
      'tcpdump -XX',
      (head: string) =>
        `22:13:20.04 IP 192.0.2.20.http > 192.0.2.10.51000: Flags [P.], seq 1:130, ack 156, win 64240, length 129: HTTP: ${head}`,
      (offset: string, text: string) => `\t0x${offset}:  0200 0000 0002 0200 0000 0001 0800 4500  ${text}`,
    ],
    [
      'tshark -P -x',
      (head: string) => `    4   3.000000    192.0.2.5 → 192.0.2.6    HTTP 203 ${head} \n`,
      (offset: string, text: string) => `${offset}  02 00 00 00 00 02 02 00 00 00 00 01 08 00 45 00   ${text}`,
    ],
    [
      "Wireshark's export with bytes",
      (head: string) => `      4 3.000000       192.0.2.5             192.0.2.6             HTTP     203    ${head} \n`,
      (offset: string, text: string) => `${offset}   02 00 00 00 00 02 02 00 00 00 00 01 08 00 45 00   ${text}`,
    ],
  ])('%s: the line of a packet is no head of its own', (_name, summary, row) => {
    const packet = (head: string): string[] => [
      summary(head),
      row('0000', '..............E.'),
      row('0010', 'host: a..upgrade'),
      row('0020', ':.websocket......'),
      '',
    ];
    const { request, response, refusal } = readHandshakeText(
      lines([...packet(REQUEST[0]!), ...packet(RESPONSE[0]!), '']),
    );
    expect({ request, response, refusal }).toEqual({});
  });

  it('invents no fault, whatever is around it and wherever it is cut', () => {
    const line = fc.constantFrom(...NOISE);
    const cut = fc.option(fc.nat(2000), { nil: undefined });
    const spelling = fc.constantFrom(...Object.keys(SPELLINGS).filter((name) => name !== 'the wire'));
    fc.assert(
      fc.property(
        spelling,
        fc.array(line, { maxLength: 4 }),
        fc.array(line, { maxLength: 6 }),
        cut,
        (name, before, after, at) => {
          const text = SPELLINGS[name]!(REQUEST, RESPONSE);
          const whole = at === undefined ? `${text}${lines(after)}` : text.slice(0, at);
          expect(failures(lines(before) + whole).fails).toEqual([]);
        },
      ),
      { numRuns: 4000 },
    );
  });
});
